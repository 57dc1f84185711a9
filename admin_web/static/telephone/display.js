// What is heard, as text: sentences are paragraphs, the phrase that sounds now is lit, keys stand at the right.
const ENDS = /[.!?…:]\s*$/;
const KEPT = 60; // paragraphs

export class Display {
  #heard;
  #said;
  #sentence = null;
  #keys = null;
  #unsaid = "";

  // heard: the visible text; said: the live region, told whole sentences so that a reader does not stutter
  constructor(heard, said) {
    this.#heard = heard;
    this.#said = said;
  }

  clear() {
    this.#heard.replaceChildren();
    this.#sentence = this.#keys = null;
    this.#unsaid = "";
  }

  phrase(text) {
    this.dim();
    if (!text) return;
    if (!this.#sentence) this.#sentence = this.#paragraph("now");
    this.#keys = null;
    const lit = document.createElement("span");
    lit.className = "lit";
    lit.textContent = text;
    this.#sentence.append(this.#sentence.hasChildNodes() ? " " : "", lit);
    this.#unsaid += `${this.#unsaid && " "}${text}`;
    if (ENDS.test(text)) this.#tell();
    this.#scroll();
  }

  // Nothing sounds any more.
  dim() { this.#heard.querySelector(".lit")?.classList.remove("lit"); }

  // The clinic waits, or was interrupted: what comes next is a new paragraph.
  pause() {
    this.dim();
    this.#tell();
    this.#sentence = null;
  }

  key(key) {
    this.pause();
    this.#keys ??= this.#paragraph("typed");
    const shown = document.createElement("span");
    shown.textContent = key;
    this.#keys.append(shown);
    this.#scroll();
  }

  note(text) {
    this.pause();
    this.#keys = null;
    this.#paragraph("note").textContent = text;
    this.#unsaid = text;
    this.#tell();
    this.#scroll();
  }

  #paragraph(kind) {
    for (const old of this.#heard.querySelectorAll("p.now")) old.classList.remove("now");
    const made = document.createElement("p");
    made.className = kind;
    this.#heard.append(made);
    if (this.#heard.childElementCount > KEPT) this.#heard.firstElementChild.remove();
    return made;
  }

  #tell() {
    if (this.#unsaid) this.#said.textContent = this.#unsaid;
    this.#unsaid = "";
  }

  #scroll() { this.#heard.scrollTop = this.#heard.scrollHeight; }
}

// What is heard, as text: sentences are paragraphs, the phrase that sounds now is lit, keys stand at the right.
const ENDS = /[.!?…:]\s*$/;
const STOPS = /[.!?…:;,]\s*$/;
const KEY = /^tecle \S+$/;
const KEPT = 60; // paragraphs

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export class Display {
  #heard;
  #said;
  #sentence = null;
  #keys = null;
  #unsaid = "";
  #last = "";
  #paused = false;

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

  // A phrase begins to sound; without words it is a pause.
  phrase(text, isName) {
    this.dim();
    if (!text) {
      this.#paused = true;
      return;
    }
    if (!this.#sentence) this.#sentence = this.#paragraph("now");
    this.#keys = null;
    const joint = this.#joint(text, isName);
    const lit = document.createElement("span");
    lit.className = "lit";
    lit.textContent = !joint || /[.!?…] $/.test(this.#sentence.textContent + joint) ? capital(text) : text;
    this.#sentence.append(joint, lit);
    this.#unsaid += joint + lit.textContent;
    this.#last = text;
    if (ENDS.test(text)) this.#tell();
    this.#paused = false;
    this.#scroll();
  }

  // Recordings are pieces of sentences: what stands between two of them as one would write it.
  #joint(text, isName) {
    const before = this.#sentence.textContent;
    if (!before) return "";
    if (STOPS.test(before)) return " ";
    if (!isName && /^\p{Lu}/u.test(text)) return ". ";
    if (text.startsWith("tecle ")) return ", ";
    if (KEY.test(this.#last)) return "; "; // the next of several choices
    return this.#paused ? ", " : " ";
  }

  // Nothing sounds any more.
  dim() { this.#heard.querySelector(".lit")?.classList.remove("lit"); }

  // The clinic waits, or was interrupted: what comes next is a new paragraph.
  pause() {
    this.dim();
    this.#tell();
    this.#sentence = null;
    this.#paused = false;
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
    if (this.#unsaid) this.#said.textContent = this.#unsaid.replace(/^[.,] /, "");
    this.#unsaid = "";
  }

  #scroll() { this.#heard.scrollTop = this.#heard.scrollHeight; }
}

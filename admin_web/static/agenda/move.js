// Moving a visit: drag it to a free time, or M, then choose one. The server decides; ten seconds to take it back.
export class Mover {
  constructor(root, { send, say, after }) {
    this.root = root;
    this.send = send;
    this.say = say;
    this.after = after;
    this.lifted = null;
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => this.click(event), true);
    root.addEventListener("dragstart", (event) => this.drag(event));
    root.addEventListener("dragover", (event) => this.over(event));
    root.addEventListener("drop", (event) => this.drop(event));
    root.addEventListener("dragend", () => this.put());
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.lifted) this.put("Mudança desistida."); });
  }

  lift(link) {
    this.lifted = link.dataset.visit;
    this.root.classList.add("moving");
    link.parentElement.classList.add("lifted");
  }

  put(words = "") {
    if (this.lifted) setTimeout(this.after); // what changed meanwhile
    this.lifted = null;
    this.root.classList.remove("moving");
    for (const one of this.root.querySelectorAll(".lifted, .over")) one.classList.remove("lifted", "over");
    if (words) this.say(words);
  }

  key(event) {
    const link = event.target.closest("[data-movable]");
    if (event.key.toLowerCase() !== "m" || !link || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.lift(link);
    this.say(`Mudando ${link.dataset.name}: vá com as setas a um horário livre e tecle Enter. Esc desiste.`);
  }

  click(event) {
    const slot = event.target.closest("[data-slot]");
    if (!this.lifted || !slot) return;
    event.preventDefault();
    event.stopPropagation();
    this.to(slot);
  }

  drag(event) {
    const link = event.target.closest?.("[data-movable]");
    if (!link) return;
    event.dataTransfer.setData("text/plain", link.dataset.name);
    event.dataTransfer.effectAllowed = "move";
    this.lifted = link.dataset.visit;
    setTimeout(() => { if (this.lifted) this.lift(link); }); // the picture that is dragged is taken first
  }

  over(event) {
    const slot = this.lifted && event.target.closest("[data-slot]");
    for (const one of this.root.querySelectorAll(".over")) if (one !== slot?.parentElement) one.classList.remove("over");
    if (!slot) return;
    event.preventDefault();
    slot.parentElement.classList.add("over");
  }

  drop(event) {
    const slot = this.lifted && event.target.closest("[data-slot]");
    if (!slot) return;
    event.preventDefault();
    this.to(slot);
  }

  to(slot) {
    const visit = this.lifted;
    this.put();
    this.send(visit, slot.dataset.slot);
  }
}

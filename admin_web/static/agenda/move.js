// Moving a visit: drag it to a free time, or M, then choose one. The server decides; ten seconds to take it back.
// An encaixe may also go beside the times: a drop on any other place of a doctor's, or Enter on it, asks for that hour.
const ROW_MINUTES = 5;

export class Mover {
  constructor(root, { send, compose, say, after }) {
    this.root = root;
    this.send = send;
    this.compose = compose;
    this.say = say;
    this.after = after;
    this.lifted = null;
    this.extra = false;
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => this.click(event), true);
    root.addEventListener("dragstart", (event) => this.drag(event));
    root.addEventListener("dragover", (event) => this.over(event));
    root.addEventListener("drop", (event) => this.drop(event));
    root.addEventListener("dragend", () => this.put());
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.lifted) this.put("Mudança desistida."); });
  }

  take(link) {
    this.lifted = link.dataset.visit;
    this.extra = link.dataset.extra !== undefined;
  }

  lift(link) {
    this.put(); // of two one after the other the second is in the hand
    this.take(link);
    this.root.classList.add("moving");
    link.parentElement.classList.add("lifted");
  }

  put(words = "") {
    if (this.lifted) setTimeout(this.after); // what changed meanwhile
    this.lifted = null;
    this.root.classList.remove("moving");
    this.target()?.remove();
    for (const one of this.root.querySelectorAll(".lifted, .over")) one.classList.remove("lifted", "over");
    if (words) this.say(words);
  }

  key(event) {
    const link = event.target.closest("[data-movable]");
    if (event.key.toLowerCase() !== "m" || !link || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.lift(link);
    const where = this.extra ? "vá com as setas a um horário livre, ou a outra consulta para continuar encaixe nessa hora," : "vá com as setas a um horário livre";
    this.say(`Mudando ${link.dataset.name}: ${where} e tecle Enter. Esc desiste.`);
  }

  click(event) {
    const slot = this.lifted && event.target.closest("[data-slot]");
    const beside = !slot && this.lifted && this.extra && event.target.closest("[data-visit]");
    if (!slot && !beside) return;
    event.preventDefault();
    event.stopPropagation();
    if (slot) this.to(slot);
    else this.ask(beside.closest(".strip"), Number(beside.dataset.row));
  }

  drag(event) {
    const link = event.target.closest?.("[data-movable]");
    if (!link) return;
    event.dataTransfer.setData("text/plain", link.dataset.name);
    event.dataTransfer.effectAllowed = "move";
    this.take(link);
    setTimeout(() => { if (this.lifted) this.lift(link); }); // the picture that is dragged is taken first
  }

  over(event) {
    const slot = this.lifted && event.target.closest("[data-slot]");
    for (const one of this.root.querySelectorAll(".over")) if (one !== slot?.parentElement) one.classList.remove("over");
    const place = slot ? null : this.place(event);
    if (!place) this.target()?.remove();
    if (!slot && !place) return;
    event.preventDefault();
    if (slot) slot.parentElement.classList.add("over");
    else this.point(place);
  }

  drop(event) {
    const slot = this.lifted && event.target.closest("[data-slot]");
    const place = slot ? null : this.place(event);
    if (!slot && !place) return;
    event.preventDefault();
    if (slot) this.to(slot);
    else this.ask(place.strip, place.row);
  }

  // Where an encaixe in the hand would be beside the times: the strip, and the row under the pointer.
  place(event) {
    const strip = this.lifted && this.extra && event.target.closest(".strip");
    if (!strip || event.target.closest(".top-of")) return null;
    const end = strip.querySelector(":scope > .end");
    const rows = Number(/\br(\d+)\b/.exec(end.className)[1]);
    const head = Number.parseFloat(getComputedStyle(strip).gridTemplateRows);
    const row = Math.floor((event.clientY - strip.getBoundingClientRect().top - head) * rows / (end.offsetTop - head));
    return row >= 0 && row < rows ? { strip, row } : null;
  }

  point({ strip, row }) {
    const mark = this.target() ?? document.createElement("div");
    mark.className = `block target r${row} s6`;
    mark.textContent = `${this.clock(row)} encaixe`;
    if (mark.parentElement !== strip) strip.append(mark);
  }

  target() {
    return this.root.querySelector(".block.target");
  }

  clock(row) {
    const minutes = Number.parseInt(this.root.querySelector(".axis > .r0").textContent, 10) * 60 + row * ROW_MINUTES;
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  }

  to(slot) {
    const visit = this.lifted;
    this.put();
    this.send(visit, slot.dataset.slot);
  }

  ask(strip, row) {
    const visit = this.lifted;
    this.put();
    this.compose(visit, { medico: strip.dataset.doctor, dia: strip.dataset.day, hora: this.clock(row) });
  }
}

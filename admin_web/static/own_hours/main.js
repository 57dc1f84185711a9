// The week to paint on: what is painted becomes a row of the form below, and what is typed there is painted here.
import { token } from "../ui/ui.js";

const FIRST = 6, LAST = 22, STEP = 30; // hours shown, minutes a step
const DAYS = ["seg.", "ter.", "qua.", "qui.", "sex.", "sáb.", "dom."];
const form = document.getElementById("hours");
const week = document.getElementById("week");
const body = form.querySelector("tbody");
const fresh = body.querySelector("tr[data-row]:last-child").cloneNode(true); // a blank row, to copy

const rows = () => [...body.querySelectorAll("tr[data-row]")];
const field = (row, name) => row.querySelector(`[name="${name}"]`);
const minutes = (text) => { const [hour, minute] = text.split(":").map(Number); return hour * 60 + minute; };
const clock = (at) => `${String(Math.floor(at / 60) % 24).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
const share = (at) => `${((at - FIRST * 60) / ((LAST - FIRST) * 60)) * 100}%`;

function build() {
  week.append(document.createElement("span"));
  for (const name of DAYS) week.append(Object.assign(document.createElement("span"), { className: "day-name", textContent: name }));
  const hours = document.createElement("div");
  for (let hour = FIRST; hour < LAST; hour += 1) hours.append(Object.assign(document.createElement("div"), { className: "hour", textContent: `${hour}h` }));
  week.append(hours);
  for (let day = 0; day < 7; day += 1) week.append(Object.assign(document.createElement("div"), { className: "day" }));
  week.closest(".paint").hidden = false;
}

const columns = () => [...week.querySelectorAll(".day")];

function block(day, from, until, words, video) {
  const made = Object.assign(document.createElement("div"), { className: `block${video ? " video" : ""}`, textContent: words });
  made.style.top = share(Math.max(from, FIRST * 60));
  made.style.bottom = `${100 - parseFloat(share(Math.min(until, LAST * 60)))}%`;
  columns()[day].append(made);
  return made;
}

function paint() {
  for (const old of week.querySelectorAll(".block")) old.remove();
  for (const row of rows()) {
    const [starts, ends] = [field(row, "starts").value, field(row, "ends").value];
    if (!starts || !ends) continue;
    const unit = field(row, "unit").selectedOptions[0]?.textContent ?? "";
    const made = block(Number(field(row, "weekday").value), minutes(starts), minutes(ends) || 1440, `${starts}–${ends} ${unit}`, field(row, "modality").value === "video");
    made.addEventListener("pointerdown", (event) => { event.stopPropagation(); choose(row); });
  }
}

function choose(row) {
  for (const other of rows()) other.classList.toggle("chosen", other === row);
  field(row, "starts").focus();
}

function add(day, from, until) {
  const blank = rows().find((row) => !field(row, "starts").value && !field(row, "ends").value);
  const row = blank ?? body.appendChild(fresh.cloneNode(true));
  const values = { weekday: day, starts: clock(from), ends: clock(until), unit: document.getElementById("paint-unit").value, modality: document.getElementById("paint-modality").value };
  for (const [name, value] of Object.entries(values)) field(row, name).value = value;
  changed();
}

// Dragging down a day opens a time from where it began to where it ends.
week.addEventListener("pointerdown", (event) => {
  const column = event.target.closest(".day");
  if (!column || event.button) return;
  const place = (y) => {
    const box = column.getBoundingClientRect();
    const at = FIRST * 60 + ((y - box.top) / box.height) * (LAST - FIRST) * 60;
    return Math.min(LAST * 60, Math.max(FIRST * 60, at));
  };
  const day = columns().indexOf(column);
  const from = Math.floor(place(event.clientY) / STEP) * STEP;
  let until = from + STEP;
  const shown = block(day, from, until, clock(from));
  shown.classList.add("new");
  const move = (moved) => {
    until = Math.max(from + STEP, Math.ceil(place(moved.clientY) / STEP) * STEP);
    shown.style.bottom = `${100 - parseFloat(share(until))}%`;
    shown.textContent = `${clock(from)}–${clock(until)}`;
  };
  const stop = (ended) => {
    week.removeEventListener("pointermove", move);
    shown.remove();
    if (ended.type === "pointerup") add(day, from, until);
  };
  week.setPointerCapture(event.pointerId);
  week.addEventListener("pointermove", move);
  week.addEventListener("pointerup", stop, { once: true });
  week.addEventListener("pointercancel", stop, { once: true });
});

body.addEventListener("click", (event) => {
  const row = event.target.closest("[data-remove]") && event.target.closest("tr[data-row]");
  if (!row) return;
  for (const name of ["starts", "ends"]) field(row, name).value = "";
  changed();
  field(row, "weekday").focus();
});

// Whom a change would hit is told while it is made.
let waiting = null;
async function tell() {
  const asked = await fetch(form.dataset.effect, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-CSRF-Token": token() } });
  if (!asked.ok) return;
  const told = new DOMParser().parseFromString(await asked.text(), "text/html").getElementById("effect");
  const old = document.getElementById("effect");
  if (!old.isEqualNode(told)) old.replaceWith(told);
}

function changed() {
  paint();
  clearTimeout(waiting);
  waiting = setTimeout(() => tell().catch(() => {}), 400);
}

form.addEventListener("change", changed);
build();
paint();

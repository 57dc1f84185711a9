// The day changes under the doctor's eyes when somebody books, cancels, arrives or notes a delay.
import { live } from "../frame/live.js";

const day = document.getElementById("day");
let waiting = null;

async function refresh() {
  const reply = await fetch(day.dataset.from);
  if (!reply.ok || day.querySelector("details[open], form[data-sent]")) return; // somebody writes a reason
  const fresh = await reply.text();
  const focused = document.activeElement?.closest("#day form")?.getAttribute("action");
  day.innerHTML = fresh;
  if (focused) day.querySelector(`form[action="${CSS.escape(focused)}"] button`)?.focus();
}

live(["appointment", "delay"], {
  changed: () => { clearTimeout(waiting); waiting = setTimeout(() => refresh().catch(() => {}), 100); },
  anew: () => refresh().catch(() => {}),
});

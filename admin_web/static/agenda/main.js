// The agenda's page: live grid, drawer, moving, taking back.
import { live } from "../frame/live.js";
import { token } from "../ui/ui.js";
import { Drawer } from "./drawer.js";
import { Grid } from "./grid.js";
import { Mover } from "./move.js";
import { Team } from "./team.js";

const UNDO_MS = 10000;
const root = document.getElementById("agenda");
const toast = document.getElementById("toast");
const undo = toast.querySelector("[data-undo]");
const grid = root.classList.contains("team-frame") ? new Team(root) : new Grid(root);
let hiding = null;
let opener = null;
let awaited = null;
let kept = false;

function post(address, given) {
  const body = new URLSearchParams(given);
  return fetch(address, { method: "POST", body, headers: { "X-CSRF-Token": token(), "X-Drawer": "1" }, keepalive: true });
}

function say(words, takeBack = null) {
  toast.querySelector("[data-said]").textContent = words;
  undo.hidden = !takeBack;
  if (takeBack) undo.action = takeBack;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, takeBack ? UNDO_MS : 6000);
}

function done({ said, undo: takeBack }) {
  kept = false;
  say(said, takeBack);
  grid.refresh();
}

function closed() {
  const back = opener && root.querySelector(opener);
  back?.focus();
  awaited = kept && !back ? opener : null;
  if (kept) post("/agenda/soltar", {}).catch(() => {});
  kept = false;
}

// What waits for the desk is counted in the page's head: it comes with the grid.
function count() {
  const part = root.querySelector("#waits");
  part?.remove();
  for (const fresh of part?.content.querySelectorAll("[data-waits]") ?? []) {
    const old = document.querySelector(`[data-waits="${fresh.dataset.waits}"]`);
    if (!old || old.textContent === fresh.textContent) continue;
    const held = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : undefined;
    old.replaceWith(fresh);
    if (held !== undefined) (held && fresh.querySelector(`[href="${held}"]`) || fresh).focus();
  }
}

root.addEventListener("swapped", count);

// A time that was let go is free again in the next grid: who stands nowhere meanwhile is led back to it.
root.addEventListener("swapped", () => {
  if (document.activeElement !== document.body) awaited = null;
  const back = awaited && root.querySelector(awaited);
  if (!back) return;
  awaited = null;
  back.focus({ preventScroll: true });
});

addEventListener("pagehide", () => { if (kept) post("/agenda/soltar", {}).catch(() => {}); });

const drawer = new Drawer(document.getElementById("drawer"), { done, closed });

// The time is kept for us while the drawer is open; who loses it is told by the page itself.
async function book(link) {
  kept = true;
  await post("/agenda/reservar", { horario: link.dataset.slot }).catch(() => {});
  await drawer.show(link.href);
}

root.addEventListener("click", (event) => {
  const link = event.target.closest(".block > a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  opener = link.dataset.slot ? `[data-slot="${link.dataset.slot}"]` : `[data-visit="${link.dataset.visit}"]`;
  if (link.dataset.slot) book(link);
  else drawer.show(link.href);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-drawer]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  opener = null;
  drawer.show(link.href);
});

new Mover(root, {
  say,
  after: () => grid.refresh(),
  send: async (visit, slot) => {
    try {
      await drawer.take(await post(`/agenda/consultas/${visit}/mover`, { horario: slot }));
    } catch {
      say("Sem conexão: a consulta continua onde estava.");
    }
  },
  compose: (visit, given) => {
    opener = `[data-visit="${visit}"]`;
    drawer.show(`/agenda/consultas/${visit}/mover/encaixe?${new URLSearchParams(given)}`);
  },
});

undo.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopPropagation();
  const reply = await post(undo.action, {}).catch(() => null);
  if (reply?.ok) done(await reply.json());
  else say("Não foi possível desfazer.");
});

const filters = document.querySelector("[data-filters]");
filters.classList.add("live");
filters.addEventListener("change", () => {
  filters.elements.filtros.disabled = !document.querySelector(".fold").open; // the address says it only where it tells something
  if (filters.reportValidity()) filters.requestSubmit();
});

const chooser = document.querySelector(".chooser");
chooser?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-column]");
  if (!link) return;
  event.preventDefault();
  grid.choose(link.dataset.column);
  for (const other of chooser.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  history.replaceState(null, "", link.href);
});

document.getElementById("keys").classList.add("on");
if (!toast.hidden) hiding = setTimeout(() => { toast.hidden = true; }, UNDO_MS);
grid.begin();

let waiting = null;
function soon() {
  waiting ??= setTimeout(() => { waiting = null; grid.refresh(); }, 60);
}
live(["appointment", "delay", "slot", "schedule", "patient", "waiting", "notice", "pre_registration"], {
  changed: soon,
  anew: () => { root.dataset.live = "on"; soon(); },
});

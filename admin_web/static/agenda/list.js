// /avisar and /espera: fetched anew when something changes, unless somebody is in the middle of it.
import { live } from "../frame/live.js";

const list = document.getElementById("list");
let waiting = null;

async function refresh() {
  const reply = await fetch(list.dataset.from);
  if (!reply.ok) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("list");
  if (fresh && !list.contains(document.activeElement)) list.replaceChildren(...fresh.childNodes);
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => refresh().catch(() => {}), 150);
}

live((list.dataset.topics || "appointment delay").split(" "), { changed: soon });

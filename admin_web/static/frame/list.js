// A list that changes under one's eyes: <div id="…" data-live="topic topic" data-from="/address" tabindex="-1">.
import { live, sameReader } from "./live.js";
import { take } from "./merge.js";

const SOON = 100; // of several changes at once one look is enough
const LATER = 3000; // what a change brings about, a message that goes out, tells nobody
const list = document.querySelector("[data-live]");
let asked = 0;
let soon = null;
let later = null;

async function look() {
  soon = null;
  const mine = ++asked;
  const reply = await fetch(list.dataset.from);
  if (!reply.ok) return;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  if (mine !== asked) return;
  const theirs = page.querySelector("meta[name=csrf-token]")?.content ?? page.querySelector("[data-of]")?.dataset.of;
  if (sameReader(theirs)) take(list, page.getElementById(list.id) ?? page.body);
}

function changed() {
  soon ??= setTimeout(() => look().catch(() => {}), SOON);
  clearTimeout(later);
  later = setTimeout(() => look().catch(() => {}), LATER);
}

live(list.dataset.live.split(" "), {
  changed,
  anew: () => { list.dataset.hears = "1"; look().catch(() => {}); },
});

// Times others take go from the list while somebody still chooses.
import { refresh, say } from "./fresh.js";

const EVERY = 15000;
const times = document.getElementById("times");

const shown = () => new Map([...times.querySelectorAll(".day a")].map((one) => [one.href, name(one)]));
const name = (one) => `${one.querySelector(".numbers").textContent}, ${one.closest(".day").querySelector("h2").textContent}`;

async function look() {
  if (document.hidden) return;
  const before = shown();
  const changed = await refresh("[data-times]");
  if (!changed?.length) return;
  const now = shown();
  const gone = [...before].filter(([at]) => !now.has(at)).map(([, words]) => words);
  if (gone.length) say(`Acabou de ser reservado: ${gone.slice(0, 3).join("; ")}.`);
}

setInterval(() => look().catch(() => {}), EVERY);
document.addEventListener("visibilitychange", () => look().catch(() => {}));

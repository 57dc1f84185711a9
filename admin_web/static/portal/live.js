// The portal: what the clinic changes shows at once; what somebody is doing meanwhile stays in their hands.
import { live } from "../frame/live.js";
import { refresh, say } from "./fresh.js";

const SOON = 100;
let waiting = null;

async function look() {
  const changed = await refresh("[data-live]");
  const gone = document.getElementById("changed");
  if (changed === null && gone) say(gone.content.cloneNode(true));
  for (const part of changed ?? []) if (part.dataset.words) say(part.dataset.words);
}

live(["appointment", "waiting"], {
  changed: () => { clearTimeout(waiting); waiting = setTimeout(() => look().catch(() => {}), SOON); },
  anew: () => { document.documentElement.dataset.hears = "1"; look().catch(() => {}); },
});

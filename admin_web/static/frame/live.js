// Live events for a page:  import { live } from "../frame/live.js";
//   live(["appointment"], { changed: (event) => …, anew: () => … })
// `changed` gets { topic, id, unit }; `anew` is called whenever something may have been missed (also at the start).
// While the connection is lost the page's bar says so; typing goes on.
import { token } from "../ui/ui.js";
import { LiveStream } from "./live-stream.js";

const ADDRESS = new URL("/live", location.href).href;
const PATIENCE = 1500;
const bar = document.getElementById("offline");
let waiting = null;

function lost() {
  waiting ??= setTimeout(() => { if (bar) bar.hidden = false; }, PATIENCE);
}

function found() {
  clearTimeout(waiting);
  waiting = null;
  if (bar) bar.hidden = true;
}

// What was typed stays on the page: one logs in elsewhere and goes on here.
export function ended() {
  found();
  if (document.getElementById("session-ended")) return;
  const told = document.createElement("div");
  told.id = "session-ended";
  told.className = "bar";
  told.role = "alert";
  const way = Object.assign(document.createElement("a"), { href: "/entrar", target: "_blank", textContent: "Entre de novo em outra aba" });
  const words = document.createElement("p");
  words.append("Sua sessão terminou. ", way, " e continue aqui: o que você digitou não se perdeu.");
  told.append(words);
  (document.querySelector("dialog[open] .dialog-body") ?? document.querySelector("main")).prepend(told);
}

// Whether what was fetched was drawn, by its token, for whom this page was. Else somebody else is logged in here now: what
// is theirs is not for this page. A page of nobody's has no session that could have ended.
export function sameReader(theirs) {
  const same = theirs === token();
  if (same) document.getElementById("session-ended")?.remove();
  else if (document.querySelector(".own-menu")) ended();
  return same;
}

export function live(topics, { changed = () => {}, anew = () => {} }) {
  const hear = (message) => {
    if (message.kind === "event") changed(message);
    else if (message.kind === "open") { found(); anew(); }
    else if (message.kind === "lost") lost();
    else ended();
  };
  // The worker hears of a lost network late; the window at once.
  addEventListener("offline", lost);
  addEventListener("online", () => hear({ kind: "open" }));
  if (typeof SharedWorker === "undefined") return alone(topics, hear);
  const worker = new SharedWorker(new URL("live-worker.js", import.meta.url), { type: "module", name: "alo-live" });
  worker.onerror = () => alone(topics, hear);
  worker.port.onmessage = ({ data }) => hear(data);
  worker.port.postMessage({ address: ADDRESS, topics });
  addEventListener("pagehide", () => worker.port.postMessage({ gone: true }));
  addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
  return undefined;
}

function alone(topics, hear) {
  new LiveStream(ADDRESS, hear).want(topics);
}

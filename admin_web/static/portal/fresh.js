import { sameReader } from "../frame/live.js";

// Parts of a page anew, as the clinic has it now: [data-live] when something changes, [data-times] every now and then.
// Whoever is at a link or button stays there; a form that is on its way is left alone.
const key = (element) => element.getAttribute("href") ?? element.closest("form")?.getAttribute("action");

// What it says, where it leads and what it sends; what a browser's helpers write into it is none of the clinic's.
const LEADS = { a: "href", form: "action", "input[type=hidden]": "value" };
const told = (part) => [
  part.textContent.replace(/\s+/g, " ").trim(),
  ...Object.entries(LEADS).flatMap(([what, where]) => [...part.querySelectorAll(what)].map((one) => one.getAttribute(where))),
].join("\n");

function put(part, fresh) {
  if (!fresh || told(part) === told(fresh) || part.querySelector("form[data-sent]")) return false;
  const held = part.contains(document.activeElement) ? key(document.activeElement) : null;
  part.replaceChildren(...fresh.childNodes);
  if (held) ([...part.querySelectorAll("a, button")].find((one) => key(one) === held) ?? part).focus();
  return true;
}

// What changed; null when the page is not to be had any more as it stands here.
export async function refresh(what) {
  const reply = await fetch(location.href, { headers: { "X-Alo-Fresh": "1" } });
  if (reply.status === 401 || reply.status >= 500) return [];
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  if (!sameReader(page.querySelector("meta[name=csrf-token]")?.content)) return [];
  if (!reply.ok || reply.redirected) return null;
  return [...document.querySelectorAll(what)].filter((part) => put(part, page.getElementById(part.id)));
}

// Said aloud, and shown above what changed.
export function say(...said) {
  const bar = document.createElement("div");
  bar.className = "bar news";
  bar.append(...said);
  document.getElementById("told")?.replaceChildren(bar);
}

// A part of a page takes over what a fresh one says, in place: what is the same stays, with whoever stands at it. Rows are
// known by data-row. A row somebody has opened or writes in is left alone; if it is gone meanwhile, it says so.
const GONE = "Isto mudou agora e não espera mais. O que você digitou continua aqui.";
const ROW = "[data-row]";
const TYPED = "textarea, input:not([type])";
const NAMED_BY = ["data-row", "id", "action", "href", "value"]; // what leads elsewhere is another, wherever it stands

const inUse = (row) => row.querySelector("details[open], form[data-sent]") !== null
  || [...row.querySelectorAll(TYPED)].some((one) => one.value);
const hasText = (part) => [...part.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
const isStatus = (part) => part.getAttribute("role") === "status" && hasText(part);

function named(parent) {
  const count = {};
  return [...parent.children].map((one) => {
    const name = NAMED_BY.map((how) => one.getAttribute(how)).find((found) => found !== null) ?? one.nodeName;
    count[name] = (count[name] ?? 0) + 1;
    return [`${name} ${count[name]}`, one];
  });
}

function leave(row) {
  if (row.querySelector(":scope > .gone")) return;
  const said = Object.assign(document.createElement("p"), { className: "fault gone", role: "alert", textContent: GONE });
  row.prepend(said);
}

// Whether something of it stays, because somebody is at it.
function stays(part) {
  const rows = part.matches(ROW) ? [part] : [...part.querySelectorAll(ROW)];
  const used = new Set(rows.filter(inUse));
  if (used.size) for (const row of rows) used.has(row) ? leave(row) : row.remove();
  else part.remove();
  return used.size > 0;
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
}

function merge(old, fresh) {
  if (old.matches(ROW) && inUse(old)) old.querySelector(":scope > .gone")?.remove();
  else if (isStatus(old) && isStatus(fresh)) {
    attributes(old, fresh);
    old.replaceChildren(...fresh.childNodes); // what is read out is what changes in there
  } else if (hasText(old) || hasText(fresh) || old.nodeName !== fresh.nodeName) old.replaceWith(fresh);
  else {
    attributes(old, fresh);
    children(old, fresh);
  }
}

function children(old, fresh) {
  const wanted = named(fresh);
  const known = new Map(named(old));
  const names = new Set(wanted.map(([name]) => name));
  const staying = new Set([...known].filter(([name, one]) => !names.has(name) && stays(one)).map(([, one]) => one));
  let at = old.firstElementChild;
  for (const [name, one] of wanted) {
    while (staying.has(at)) at = at.nextElementSibling;
    const had = known.get(name);
    if (had && had === at) at = at.nextElementSibling;
    else old.insertBefore(had ?? one, at);
    if (!had) one.before(" ");
    else if (!had.isEqualNode(one)) merge(had, one);
  }
}

// Whose place is gone goes on at the same row, or at the one that took its place.
export function take(part, fresh) {
  const held = part.contains(document.activeElement) ? document.activeElement : null;
  const row = held?.closest(ROW);
  const place = [...part.querySelectorAll(ROW)].indexOf(row);
  children(part, fresh);
  if (!held || held === document.activeElement) return;
  const rows = [...part.querySelectorAll(ROW)];
  const next = row?.isConnected ? row : rows[Math.min(place, rows.length - 1)];
  (held.isConnected ? held : next?.querySelector("a, button, summary") ?? part).focus({ preventScroll: held.isConnected });
}

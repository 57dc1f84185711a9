// Fetches the list every second and changes only what differs; the seconds since each call began tick here.
const EVERY = 1000;
const calls = document.getElementById("calls");
const offline = document.getElementById("offline");
let seen = null; // the ETag of what is shown

function lasted(from) {
  const seconds = Math.max(0, Math.floor((Date.now() - from) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return [hours && `${hours} h`, (hours || minutes) && `${minutes} min`, !hours && `${seconds % 60} s`].filter(Boolean).join(" ");
}

function tick() {
  for (const cell of calls.querySelectorAll("[data-since]")) {
    const since = cell.parentElement.querySelector("time").dateTime;
    const stale = cell.closest("tr").classList.contains("stale"); // nobody knows whether it still goes on
    cell.textContent = stale ? "" : `há ${lasted(new Date(since))}`;
  }
}

// Put the fetched rows in place of the old ones, keeping every row that did not change.
function merge(old, fresh) {
  const known = new Map([...old.children].map((row) => [row.dataset.key, row]));
  [...fresh.children].forEach((row, place) => {
    const had = known.get(row.dataset.key);
    known.delete(row.dataset.key);
    if (had && same(had, row)) row = had;
    else had?.remove();
    if (old.children[place] !== row) old.insertBefore(row, old.children[place] ?? null);
  });
  for (const gone of known.values()) gone.remove();
}

function same(old, fresh) {
  const bare = (row) => {
    const copy = row.cloneNode(true);
    for (const cell of copy.querySelectorAll("[data-since]")) cell.textContent = "";
    return copy;
  };
  return bare(old).isEqualNode(bare(fresh));
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  merge(calls.querySelector("[data-part=rows]"), fresh.querySelector("[data-part=rows]"));
  for (const part of ["lost", "count", "empty"]) {
    const [old, now] = [calls, fresh].map((root) => root.querySelector(`[data-part=${part}]`));
    if (!old.isEqualNode(now)) old.replaceWith(now);
  }
  const [heading, newer] = [calls, fresh].map((root) => root.querySelector("thead"));
  if (!heading.isEqualNode(newer)) heading.replaceWith(newer);
  calls.querySelector("[data-part=table]").hidden = fresh.querySelector("[data-part=table]").hidden;
}

async function refresh() {
  const reply = await fetch(calls.dataset.from, { headers: seen ? { "If-None-Match": seen } : {} });
  if (reply.status === 200) {
    show(await reply.text());
    seen = reply.headers.get("ETag");
  } else if (reply.status !== 304) throw new Error(reply.status);
}

async function live() {
  if (!document.hidden) await refresh().then(() => { offline.hidden = true; }, () => { offline.hidden = false; });
  tick();
  setTimeout(live, EVERY);
}

tick();
live();

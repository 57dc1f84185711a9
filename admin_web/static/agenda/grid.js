// The grid under one's eyes: fetched anew when something changes, walked with the arrow keys.
import { ended } from "../frame/live.js";

const EVERY = 20000;

export class Grid {
  constructor(root) {
    this.root = root;
    this.seen = null;
    this.busy = false;
    this.again = false;
    this.kept = null;
    this.place = null;
    this.pressed = false;
    this.roam();
    root.addEventListener("pointerdown", () => { this.pressed = true; });
    for (const end of ["pointerup", "pointercancel", "dragend", "blur"]) addEventListener(end, () => this.release());
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("focusin", (event) => this.remember(event.target));
    setInterval(() => { if (!document.hidden) this.refresh(); }, EVERY);
  }

  links() {
    return [...this.root.querySelectorAll(".block > a")].filter((link) => link.offsetParent !== null);
  }

  // One stop for Tab; arrows go on from there.
  roam() {
    const links = [...this.root.querySelectorAll(".block > a")];
    const first = links.find((link) => name(link) === this.kept) ?? links.find((link) => place(link) === this.place)
      ?? links.find((link) => link.dataset.slot) ?? links[0];
    for (const link of links) link.tabIndex = link === first ? 0 : -1;
  }

  remember(link) {
    if (!link.matches(".block > a")) return;
    for (const other of this.root.querySelectorAll('.block > a[tabindex="0"]')) other.tabIndex = -1;
    link.tabIndex = 0;
    this.kept = name(link);
    this.place = place(link); // where it was, what is there then has the focus: a free time that became a visit
  }

  key(event) {
    const link = event.target.closest(".block > a");
    const to = link && this.next(link, event.key);
    if (!to || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  next(link, key) {
    const strip = link.closest(".strip");
    const column = links(strip);
    const place = column.indexOf(link);
    if (key === "ArrowDown") return column[place + 1];
    if (key === "ArrowUp") return column[place - 1];
    if (key === "Home") return column[0];
    if (key === "End") return column.at(-1);
    if (key === "ArrowRight") return this.beside(strip, link, "nextElementSibling");
    if (key === "ArrowLeft") return this.beside(strip, link, "previousElementSibling");
    return null;
  }

  // The block of the neighbouring strip that is nearest in time.
  beside(strip, link, way) {
    const row = Number(link.dataset.row);
    for (let other = strip[way]; other; other = other[way]) {
      const near = links(other).sort((a, b) => Math.abs(a.dataset.row - row) - Math.abs(b.dataset.row - row))[0];
      if (near) return near;
    }
    return null;
  }

  // What somebody has in hand stays where it is; what changed meanwhile is shown once it is let go.
  get held() {
    return this.pressed || this.root.classList.contains("moving");
  }

  release() {
    const pressed = this.pressed;
    this.pressed = false;
    if (pressed && this.again && !this.busy) setTimeout(() => this.refresh());
  }

  async refresh() {
    if (this.busy || this.held) { this.again = true; return; }
    if (!this.root.dataset.from) return;
    this.again = false;
    this.busy = true;
    try {
      const reply = await fetch(this.root.dataset.from, { headers: this.seen ? { "If-None-Match": this.seen } : {} });
      if (reply.status === 401) ended();
      if (reply.status === 200) {
        document.getElementById("session-ended")?.remove();
        const html = await reply.text();
        if (this.held) this.again = true;
        else {
          this.show(html);
          this.seen = reply.headers.get("ETag");
          this.root.dispatchEvent(new Event("swapped"));
        }
      }
    } catch { /* the bar says that the connection is lost */ } finally {
      this.busy = false;
    }
    if (this.again && !this.held) await this.refresh();
  }

  // Put the new grid in the old one's place; focus, scrolling and the chosen column stay where they were.
  show(html) {
    const before = new Map(this.links().map((link) => [name(link), link.textContent]));
    const focused = this.root.contains(document.activeElement);
    const shown = this.root.querySelector(".strip.shown")?.dataset.key;
    const { scrollLeft, scrollTop } = this.root;
    const fresh = new DOMParser().parseFromString(html, "text/html");
    this.root.replaceChildren(...fresh.body.childNodes);
    if (shown !== undefined) this.choose(shown);
    this.root.scrollTo(scrollLeft, scrollTop);
    this.roam();
    for (const link of this.root.querySelectorAll("[data-visit]")) {
      if (before.size && before.get(name(link)) !== link.textContent) link.parentElement.classList.add("changed");
    }
    if (focused) this.root.querySelector('.block > a[tabindex="0"]')?.focus({ preventScroll: true });
  }

  choose(key) {
    const strips = [...this.root.querySelectorAll(".strip")];
    const chosen = strips.find((strip) => strip.dataset.key === key) ?? strips[0];
    for (const strip of strips) strip.classList.toggle("shown", strip === chosen);
  }

  // To the present moment, or to the first thing of the day.
  begin() {
    const at = this.root.querySelector(".now") ?? this.root.querySelector(".block");
    if (at && this.root.scrollHeight > this.root.clientHeight) {
      const top = at.getBoundingClientRect().top - this.root.getBoundingClientRect().top;
      this.root.scrollTop = Math.max(0, top - this.root.clientHeight / 3);
    }
  }
}

const links = (strip) => [...strip.querySelectorAll(".block > a")].sort((a, b) => a.dataset.row - b.dataset.row);

const name = (link) => (link.dataset.visit ? `v${link.dataset.visit}` : `s${link.dataset.slot}`);

const place = (link) => `${link.closest(".strip").dataset.key} ${link.dataset.row}`;

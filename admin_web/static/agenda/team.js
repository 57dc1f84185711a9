// The week of several doctors: the same as the grid, with a cell for each doctor and day.
import { Grid } from "./grid.js";

export class Team extends Grid {
  roam() {} // a table of links: each is a stop for Tab, and arrows go on from there

  remember() {}

  key(event) {
    const link = event.target.closest("[data-cell]");
    const to = link && !event.ctrlKey && !event.metaKey && !event.altKey && this.next(link, event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  next(link, key) {
    const cell = link.closest("td");
    const row = [...cell.parentElement.querySelectorAll("[data-cell]")];
    const column = [...this.root.querySelectorAll(`td[data-key="${cell.dataset.key}"] > [data-cell]`)];
    if (key === "ArrowRight") return row[row.indexOf(link) + 1];
    if (key === "ArrowLeft") return row[row.indexOf(link) - 1];
    if (key === "ArrowDown") return column[column.indexOf(link) + 1];
    if (key === "ArrowUp") return column[column.indexOf(link) - 1];
    if (key === "Home") return row[0];
    if (key === "End") return row.at(-1);
    return null;
  }

  show(html) {
    const cells = () => [...this.root.querySelectorAll("[data-cell]")];
    const before = new Map(cells().map((link) => [link.dataset.cell, link.textContent]));
    const focused = this.root.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const shown = this.root.querySelector("td.shown")?.dataset.key;
    const { scrollLeft, scrollTop } = this.root;
    this.root.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    if (shown !== undefined) this.choose(shown);
    this.root.scrollTo(scrollLeft, scrollTop);
    for (const link of cells()) {
      if (before.get(link.dataset.cell) !== link.textContent) link.parentElement.classList.add("changed");
    }
    if (focused) this.root.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  choose(key) {
    const keys = [...this.root.querySelectorAll("[data-key]")];
    const known = keys.some((one) => one.dataset.key === key) ? key : keys[0]?.dataset.key;
    for (const one of keys) one.classList.toggle("shown", one.dataset.key === known);
  }

  begin() {}
}

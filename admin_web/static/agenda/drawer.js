// Pages that open at the side: links and forms in it stay in it, until something is done.
import { ended } from "../frame/live.js";
import { token } from "../ui/ui.js";
import { follow } from "./found.js";

const AS_PART = { "X-Drawer": "1" };

export class Drawer {
  constructor(dialog, { done, closed }) {
    this.dialog = dialog;
    this.body = dialog.querySelector("#drawer-body");
    this.title = dialog.querySelector("h2");
    this.done = done;
    this.busy = false;
    dialog.addEventListener("click", (event) => this.click(event));
    dialog.addEventListener("submit", (event) => this.submit(event));
    dialog.addEventListener("change", (event) => this.change(event));
    dialog.addEventListener("close", () => closed());
  }

  get open() {
    return this.dialog.open;
  }

  close() {
    this.dialog.close();
  }

  async show(address, back = null) {
    if (back) this.back = back;
    if (!this.dialog.open) {
      this.body.setAttribute("aria-busy", "true");
      this.dialog.showModal();
    }
    return this.fetch(address);
  }

  async fetch(address, options = {}) {
    let reply;
    try {
      reply = await fetch(address, { ...options, headers: { ...AS_PART, ...options.headers } });
    } catch {
      return this.say("Sem conexão com a clínica. O que você digitou continua aqui; tente de novo.");
    }
    return this.take(reply);
  }

  async take(reply) {
    this.body.removeAttribute("aria-busy");
    if (reply.status === 401) { this.again(); return ended(); }
    const text = await reply.text();
    if (reply.headers.get("Content-Type")?.includes("json")) {
      const told = JSON.parse(text);
      if (!reply.ok) return this.say(told.said ?? `${told.title}. ${told.what_to_do}`);
      this.close();
      return this.done(told);
    }
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".dialog-body");
    if (!fresh) return this.say("Algo deu errado. Recarregue a página e tente de novo.");
    if (!this.dialog.open) this.dialog.showModal();
    this.title.textContent = fresh.dataset.title;
    this.body.replaceChildren(fresh);
    this.ready();
    return undefined;
  }

  ready() {
    const finder = this.body.querySelector("[data-finder]");
    if (finder) follow(finder, (html) => this.found(html), AS_PART);
    const first = this.body.querySelector("[role=alert][tabindex]") ?? this.body.querySelector("[data-first]");
    (first ?? this.dialog.querySelector("[data-close]"))?.focus();
  }

  found(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("found");
    if (fresh) this.body.querySelector("#found")?.replaceWith(fresh);
  }

  say(words) {
    const bar = document.createElement("div");
    bar.className = "bar error";
    bar.role = "alert";
    bar.textContent = words;
    this.body.querySelector(".bar.said")?.remove();
    bar.classList.add("said");
    (this.body.querySelector(".stack") ?? this.body).prepend(bar);
    this.again();
  }

  // What was not done can be sent once more.
  again() {
    for (const form of this.body.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of this.body.querySelectorAll(".busy")) button.classList.remove("busy");
  }

  click(event) {
    const link = event.target.closest("a");
    if (!link || link.dataset.leave !== undefined || link.protocol !== location.protocol || event.ctrlKey || event.metaKey) return;
    if (!link.pathname.startsWith("/agenda/")) return;
    event.preventDefault();
    this.fetch(link.href);
  }

  submit(event) {
    const form = event.target;
    event.preventDefault();
    const given = new FormData(form, event.submitter);
    const action = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
    const method = event.submitter?.getAttribute("formmethod") ?? form.method;
    if (method === "get") return this.fetch(`${new URL(action, location.href).pathname}?${new URLSearchParams(given)}`);
    return this.fetch(action, { method: "POST", body: new URLSearchParams(given), headers: { "X-CSRF-Token": token() } });
  }

  // What is chosen changes the price, the length and what stands in the way.
  change(event) {
    const form = event.target.closest("form[data-terms]");
    if (!form || !event.target.matches("select, input[type=radio], input[name=minutos]")) return;
    const given = new URLSearchParams(new FormData(form));
    given.delete("csrf_token");
    const id = event.target.id;
    this.fetch(`${form.dataset.terms}?${given}`).then(() => id && this.body.querySelector(`#${id}`)?.focus());
  }
}

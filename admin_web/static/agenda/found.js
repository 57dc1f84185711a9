// Fetches while somebody types, a moment after the last key; an answer that comes late is dropped.
const PAUSE = 180;

export function follow(form, take, headers = {}) {
  let waiting = null;
  let asked = 0;
  const input = form.querySelector("input[type=search]");

  async function ask() {
    const mine = ++asked;
    const query = new URLSearchParams(new FormData(form));
    try {
      const reply = await fetch(`${form.action}?${query}`, { headers });
      if (mine === asked && reply.ok) take(await reply.text(), query);
    } catch { /* the bar says that the connection is lost; the button still works later */ }
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  return ask;
}

export function put(html, into) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  into.replaceChildren(...fresh.body.childNodes);
}

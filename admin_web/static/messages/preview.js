// While somebody writes, how the message would look is asked for; without this script a button shows it.
const form = document.querySelector("[data-preview]");
const place = document.getElementById("preview");
let waiting;
let latest = 0;

async function look() {
  const mine = ++latest;
  try {
    const reply = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
    const text = await reply.text();
    if (reply.ok && mine === latest) {
      const part = document.createElement("template");
      part.innerHTML = text;
      place.replaceChildren(part.content);
    }
  } catch {
    // no connection just now: what is shown stays
  }
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, 300);
});

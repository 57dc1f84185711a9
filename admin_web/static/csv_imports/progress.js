// While an import goes on, its state is asked for every two seconds; when it has ended, the page is shown anew.
const state = document.getElementById("state");

async function look() {
  try {
    const reply = await fetch(state.dataset.from, { headers: { Accept: "text/html" } });
    if (!reply.ok) return window.location.reload();
    const part = document.createElement("template");
    part.innerHTML = await reply.text();
    const status = part.content.querySelector("[data-status]")?.dataset.status;
    if (status !== "running" && status !== "undoing") return window.location.reload();
    state.replaceChildren(part.content);
  } catch {
    // no connection just now: the next look may have one
  }
  setTimeout(look, 2000);
}

setTimeout(look, 1000);

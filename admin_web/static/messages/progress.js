// While messages are sent again, how far it has come is asked for every two seconds; at the end the page is shown anew.
const place = document.getElementById("progress");

async function look() {
  try {
    const reply = await fetch(place.dataset.from, { headers: { Accept: "text/html" } });
    if (!reply.ok) return window.location.reload();
    const part = document.createElement("template");
    part.innerHTML = await reply.text();
    if (part.content.querySelector("[data-open]")?.dataset.open !== "1") return window.location.reload();
    place.replaceChildren(part.content);
  } catch {
    // no connection just now: the next look may have one
  }
  setTimeout(look, 2000);
}

setTimeout(look, 1000);

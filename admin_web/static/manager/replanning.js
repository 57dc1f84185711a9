// While agendas are being made anew, how far they are is asked for every two seconds; the last answer says it is done.
async function look() {
  const notice = document.getElementById("replanning");
  if (!notice?.dataset.from) return;
  try {
    const reply = await fetch(notice.dataset.from, { headers: { Accept: "text/html" } });
    if (!reply.ok) return;
    const part = document.createElement("template");
    part.innerHTML = await reply.text();
    const fresh = part.content.getElementById("replanning");
    if (fresh?.dataset.from) {
      notice.dataset.from = fresh.dataset.from;
      notice.replaceChildren(...fresh.childNodes);
    } else {
      delete notice.dataset.from;
      notice.replaceChildren(...(fresh?.childNodes ?? []));
    }
  } catch {
    // no connection just now: the next look may have one
  }
  setTimeout(look, 2000);
}

setTimeout(look, 1000);

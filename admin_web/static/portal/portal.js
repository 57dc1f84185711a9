// A time is kept for some minutes: say when they are over, and when somebody else then takes it. An undo bar goes when
// undoing is over.
const EVERY = 4000;

for (const kept of document.querySelectorAll("[data-until]")) {
  const left = new Date(kept.dataset.until) - Date.now();
  setTimeout(() => {
    kept.hidden = true;
    const lapsed = kept.parentElement.querySelector("[data-lapsed]");
    if (!lapsed) return kept.closest(".bar")?.remove();
    lapsed.hidden = false;
    return watch(kept);
  }, Math.max(0, left));
}

// The time is anybody's now: whoever still reads is told as soon as it is gone, with the nearest others.
function watch(kept) {
  const again = setInterval(() => look().catch(() => {}), EVERY);
  const bar = kept.closest(".bar");

  async function look() {
    if (document.hidden) return;
    const reply = await fetch(kept.dataset.check);
    if (reply.status !== 409) return;
    clearInterval(again);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const told = [...page.body.childNodes];
    bar.replaceWith(...told);
    told.find((one) => one.scrollIntoView)?.scrollIntoView({ block: "nearest" });
    for (const button of document.querySelectorAll("form .button.primary:not(a)")) button.disabled = true;
  }
  look().catch(() => {});
}

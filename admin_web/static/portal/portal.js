// A time is kept for some minutes: say when they are over. An undo bar goes when undoing is over.
for (const kept of document.querySelectorAll("[data-until]")) {
  const left = new Date(kept.dataset.until) - Date.now();
  setTimeout(() => {
    kept.hidden = true;
    const lapsed = kept.parentElement.querySelector("[data-lapsed]");
    if (lapsed) lapsed.hidden = false;
    else kept.closest(".bar")?.remove();
  }, Math.max(0, left));
}

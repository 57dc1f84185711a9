// A button that copies what stands in a field, and says what it was; without script there is none, and the field can be
// marked by hand.
const button = document.querySelector("[data-copy]");

async function copied(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch { // a page without encryption has no clipboard
    return document.execCommand("copy");
  }
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copied(document.getElementById(button.dataset.copy));
    document.getElementById("copied").textContent = done ? `${button.dataset.copied}.` : "Copie com Ctrl+C.";
    if (!done) return;
    button.querySelector("span").textContent = button.dataset.done;
    button.querySelector("use").setAttribute("href", button.querySelector("use").getAttribute("href").replace(/#.*/, "#check"));
  });
}

// Changes the colours at once and lets the server remember; without script a page in another tab says so.
const form = document.querySelector(".themes");
const { dataset } = document.documentElement;

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  event.preventDefault();
  if (button.value === "system") delete dataset.theme;
  else dataset.theme = button.value;
  for (const other of form.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
  const body = new URLSearchParams(new FormData(form));
  body.set("theme", button.value);
  fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => {});
});

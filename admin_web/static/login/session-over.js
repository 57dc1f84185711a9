// A part of a page could not be sent because the session has ended: say so, and leave what was typed where it is.
const WORDS = "Sua sessão terminou. Entre de novo em outra aba e depois repita: o que você digitou continua aqui.";

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401 || document.getElementById("session-over")) return;
  const bar = document.createElement("div");
  bar.id = "session-over";
  bar.className = "bar error";
  bar.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = `${WORDS} `;
  const link = document.createElement("a");
  link.href = "/entrar";
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Entrar";
  text.append(link);
  bar.append(text);
  document.getElementById("content").prepend(bar);
  bar.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.getElementById("session-over")?.remove();
});

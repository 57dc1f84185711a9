// A part of a page could not be sent because the session has ended, or the page's token is gone: say so, and leave what
// was typed where it is.
const WORDS = "Sua sessão terminou. Entre de novo em outra aba e depois repita: o que você digitou continua aqui.";

function refused(xhr) {
  if (xhr.status !== 403 || !xhr.getResponseHeader("Content-Type")?.includes("json")) return "";
  const { title, what_to_do } = JSON.parse(xhr.responseText);
  return `${title}. ${what_to_do}`;
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const over = xhr.status === 401;
  const words = over ? `${WORDS} ` : refused(xhr);
  if (!words) return;
  document.getElementById("session-over")?.remove();
  const bar = document.createElement("div");
  bar.id = "session-over";
  bar.className = "bar error";
  bar.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = words;
  if (over) {
    const link = document.createElement("a");
    link.href = "/entrar";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "Entrar";
    text.append(link);
  }
  bar.append(text);
  document.getElementById("content").prepend(bar);
  bar.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.getElementById("session-over")?.remove();
});

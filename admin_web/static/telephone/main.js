// The telephone: buttons, keys and events together. States: idle, ringing, talking, waiting, recording, moved, ended.
import { Sound } from "./audio.js";
import { Display } from "./display.js";
import { dial } from "./line.js";

const $ = (id) => document.getElementById(id);
const phone = $("phone");
const sound = new Sound();
const display = new Display($("heard"), $("said"));
const KEYS = "0123456789*#";
const WORDS = {
  idle: "Pronto para ligar", ringing: "Chamando…", talking: "Em ligação", waiting: "Sua vez: tecle",
  recording: "Gravando", moved: "Transferida", ended: "Ligação encerrada",
};
const ENDINGS = {
  clinic: "A clínica encerrou a ligação.",
  caller: "Você desligou.",
  lost: "A ligação caiu: o atendimento saiu do ar. Ligue de novo.",
};

let line = null;
let state = "idle";
let answered = 0; // performance.now() when the call was answered
let opened = 0; // performance.now() that belongs to the line's second 0
let asked = false; // hang-up was asked for while dialling
let pressed = "";
let typing = 0; // counts up to stop "digitar por mim"

const inCall = () => line !== null || state === "ringing";

function become(next) {
  state = next;
  phone.dataset.state = next;
  $("state").textContent = WORDS[next];
  $("call").setAttribute("aria-disabled", String(inCall()));
  $("end").setAttribute("aria-disabled", String(!inCall()));
  for (const button of document.querySelectorAll("[data-type]")) button.setAttribute("aria-disabled", String(!line));
}

function trouble(title, remedy) {
  $("trouble-title").textContent = title;
  $("trouble-remedy").textContent = remedy;
  $("trouble").hidden = !title;
}

function tick() {
  const seconds = answered && inCall() ? Math.floor((performance.now() - answered) / 1000) : null;
  if (seconds === null) return;
  const two = (number) => String(number).padStart(2, "0");
  $("timer").textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

async function call() {
  if (inCall()) return;
  trouble("", "");
  display.clear();
  $("timer").textContent = "00:00";
  $("pressed").value = "–";
  answered = opened = 0;
  pressed = "";
  asked = false;
  sound.unlock();
  sound.ring(true);
  become("ringing");
  phone.focus({ preventScroll: true });
  phone.scrollIntoView({ block: "nearest" });
  try {
    line = await dial(phone.dataset.dial, { event: heed, lost: () => offline(true), back: () => offline(false), gone: () => over("lost") });
    become("ringing");
    if (asked) hangUp();
  } catch (failed) {
    sound.ring(false);
    sound.busy();
    become("idle");
    display.note("A ligação não foi completada.");
    trouble(failed.message, failed.remedy ?? "");
    $("trouble").scrollIntoView({ block: "nearest" });
  }
}

function hangUp() {
  if (!inCall()) return;
  asked = true;
  if (!line) return;
  line.hangUp();
  over("caller");
}

function over(by) {
  if (!line) return;
  line.close();
  line = null;
  typing += 1;
  offline(false);
  sound.ring(false);
  if (by !== "caller") sound.busy();
  if (state !== "moved") display.note(ENDINGS[by] ?? ENDINGS.clinic);
  become("ended");
}

function offline(yes) { $("offline").hidden = !yes; }

const HEED = {
  ringing: () => become("ringing"),
  answered: () => { sound.ring(false); answered = performance.now(); become("talking"); },
  heard: (told, late) => {
    become("talking");
    display.phrase(told.text, told.prompt.startsWith("name/"));
    if (late < Math.max(told.seconds, 1)) sound.play(told.sound, late);
  },
  cut: () => { sound.stop(); display.pause(); },
  waiting: () => { display.pause(); become("waiting"); },
  recording: () => { sound.beep(); display.note("Gravando. O telefone de teste grava um tom no lugar da sua voz; tecle # para terminar."); become("recording"); },
  recorded: () => become("talking"),
  transferred: () => { display.note("Transferindo para uma pessoa… Aqui a demonstração termina."); become("moved"); },
  ended: (told) => over(told.detail),
};

function heed(told) {
  const now = performance.now();
  if (!opened || now - told.at * 1000 < opened) opened = now - told.at * 1000; // the fastest event tells the clock best
  HEED[told.kind]?.(told, (now - opened) / 1000 - told.at);
}

function press(key) {
  const button = phone.querySelector(`[data-key="${CSS.escape(key)}"]`);
  button.classList.add("down");
  setTimeout(() => button.classList.remove("down"), 120);
  sound.unlock();
  if (line) sound.stop();
  sound.key(key);
  if (!line) return;
  pressed = (pressed + key).slice(-16);
  $("pressed").value = pressed;
  display.key(key);
  line.press(key);
}

async function type(keys) {
  phone.scrollIntoView({ block: "nearest" });
  const turn = ++typing;
  for (const key of keys) {
    if (!line || turn !== typing) return;
    press(key);
    await new Promise((resolve) => setTimeout(resolve, 140));
  }
}

async function copy(button) {
  await navigator.clipboard?.writeText(button.dataset.copy);
  const use = button.querySelector("use");
  const before = use.getAttribute("href");
  use.setAttribute("href", before.replace(/#.*/, "#check"));
  $("said").textContent = "Copiado.";
  setTimeout(() => use.setAttribute("href", before), 1500);
}

// A mouse leaves the focus where it was, so that Enter goes on to mean the call and not the last key clicked.
phone.addEventListener("pointerdown", (event) => { if (event.target.closest(".key")) event.preventDefault(); });

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { key, type: keys, copy: text } = button.dataset;
  if (key) press(key);
  else if (keys && line) type(keys);
  else if (keys) $("said").textContent = "Ligue primeiro.";
  else if (text) copy(button);
});
$("call").addEventListener("click", call);
$("end").addEventListener("click", hangUp);

$("mute").addEventListener("click", () => {
  const muted = $("mute").getAttribute("aria-pressed") !== "true";
  $("mute").setAttribute("aria-pressed", String(muted));
  sound.muted = muted;
});
$("volume").addEventListener("input", () => { sound.volume = $("volume").value / 100; });

const CONTROLS = "a, button, input, select, textarea, summary";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const inPhone = phone.contains(event.target);
  if (event.target.matches("input:not([type=checkbox]):not([type=range]), textarea")) return;
  if (!inPhone && !$("keyboard").checked) return;
  if (KEYS.includes(event.key)) {
    event.preventDefault();
    if (!event.repeat) press(event.key);
  } else if (event.key === "Escape") {
    hangUp();
  } else if (event.key === "Enter" && !event.repeat && !event.target.closest(CONTROLS)) {
    event.preventDefault();
    if (inCall()) hangUp();
    else call();
  }
});

addEventListener("pagehide", () => { if (line) line.hangUp(); });
setInterval(tick, 250);
become("idle");

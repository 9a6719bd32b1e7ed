// The registration form with a keyboard: digits answer, Ctrl+Enter sends, and nothing typed is lost
// when the line is. Without this file the form is a plain one and works the same.
import { newKey } from "./api.js";

const RETRY_MS = 2000;
const SLOW_S = 60; // a registration should be over within a minute
const started = Date.now();
const form = () => document.querySelector("#form");

function begin() {
  const made = form();
  drill();
  if (!made) return;
  made.classList.add("digits");
  if (!made.elements.key.value) made.elements.key.value = newKey();
  made.addEventListener("submit", send);
  made.elements.kind?.addEventListener("change", drill);
  (document.querySelector("#errors") ?? made.elements.building)?.focus();
}

function drill() {
  // What was registered as a drill stays one on the page that says so.
  const chosen = form() ? form().elements.kind?.value === "drill" : Boolean(document.querySelector(".opened-drill"));
  document.body.classList.toggle("drill-frame", chosen);
  const line = document.querySelector("#drill-line");
  if (line) line.hidden = !chosen;
  for (const field of document.querySelectorAll(".of-drill")) field.hidden = !chosen;
}

function say(text) {
  const box = document.createElement("p");
  box.className = "notice bad";
  box.textContent = text;
  document.querySelector("#trouble").replaceChildren(...(text ? [box] : []));
}

async function send(event) {
  event.preventDefault();
  const button = event.target.querySelector("button[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  const body = new URLSearchParams(new FormData(event.target));
  for (let attempt = 1; ; ++attempt) {
    try {
      const response = await fetch("/new", { method: "POST", body, credentials: "same-origin", headers: { Accept: "text/html" } });
      if (response.redirected && new URL(response.url).pathname === "/login") {
        button.disabled = false;
        say("登录已过期。请在另一个标签页重新登录，再按一次登记；内容都在。");
        return;
      }
      const text = await response.text();
      if (response.status >= 500) throw new Error(`HTTP ${response.status}`);
      const page = new DOMParser().parseFromString(text, "text/html").querySelector("#main");
      if (!page) throw new Error(`HTTP ${response.status}`);
      document.querySelector("#main").replaceWith(document.adoptNode(page));
      if (response.redirected) history.replaceState({}, "", response.url);
      scrollTo(0, 0);
      begin();
      return;
    } catch (error) {
      say(`没有送达（${error.message}）。内容都在，正在第 ${attempt} 次重试；紧急时直接拨打 110、120。`);
      await new Promise((resume) => setTimeout(resume, RETRY_MS));
    }
  }
}

// Digits answer the row that has the focus and go on to the next.
function digit(event) {
  const row = event.target.closest(".ask");
  if (!row) return;
  const inputs = [...row.querySelectorAll("input")];
  const chosen = event.key === "0" ? inputs.find((input) => input.value === "unknown") : inputs[Number(event.key) - 1];
  if (!chosen) return;
  event.preventDefault();
  if (chosen.type === "checkbox") {
    chosen.checked = !chosen.checked;
    return;
  }
  chosen.checked = true;
  const rows = [...document.querySelectorAll(".ask")];
  const next = rows[rows.indexOf(row) + 1];
  (next?.querySelector("input:checked") ?? next?.querySelector("input") ?? form().elements.callback).focus();
}

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") form()?.requestSubmit();
  else if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && event.target.matches?.(".ask input")) digit(event);
});

setInterval(() => {
  const seconds = Math.floor((Date.now() - started) / 1000);
  const timer = document.querySelector("#timer");
  timer.textContent = `已用 ${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  timer.classList.toggle("late", seconds > SLOW_S);
}, 1000);
begin();

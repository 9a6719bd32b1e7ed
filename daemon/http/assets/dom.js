// Elements, times and countdowns. Text always goes in as text: nothing here parses HTML.

/** Makes an element. `props`: attributes, or functions as listeners; null and false are left out. */
export function el(tag, props, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const $ = (selector, root = document) => root.querySelector(selector);

let offset = 0; // the server's clock minus ours, in milliseconds
let zone = 8 * 60; // minutes east of UTC that the protocol's local times are in

export function setServerTime(rfc3339) { offset = Date.parse(rfc3339) - Date.now(); }
export function setZone(minutes) { zone = minutes; }
export function now() { return Date.now() + offset; }

const millis = (at) => (typeof at === "number" ? at : Date.parse(at));
const shifted = (at) => new Date(millis(at) + zone * 60000).toISOString();

/** "02:17:40" */
export function time(at) { return at ? shifted(at).slice(11, 19) : "—"; }
/** "10-10 02:17:40" when it is not today, else "02:17:40" */
export function moment(at) {
  if (!at) return "—";
  const text = shifted(at);
  return text.slice(0, 10) === shifted(now()).slice(0, 10) ? text.slice(11, 19) : text.slice(5, 19).replace("T", " ");
}

function span(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const part = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  if (hours >= 48) return `${Math.floor(hours / 24)}天${hours % 24}时`;
  const rest = `${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** A live countdown to `until`; past it, it turns negative and white on red. */
export function countdown(until, className = "") {
  if (!until) return el("span", { class: `countdown none ${className}` }, "—");
  const made = el("time", {
    class: `countdown ${className}`, datetime: until, "data-until": millis(until), title: moment(until),
  });
  paint(made);
  return made;
}
/** How long something has lasted, counted up. */
export function elapsed(since) {
  const made = el("time", { class: "elapsed", datetime: since, "data-since": millis(since), title: moment(since) });
  paint(made);
  return made;
}

function paint(element) {
  if (element.dataset.since) {
    element.textContent = span(now() - Number(element.dataset.since));
    return;
  }
  const left = Number(element.dataset.until) - now();
  const text = left < 0 ? `−${span(left)}` : span(left + 999);
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle("over", left < 0);
  element.classList.toggle("soon", left >= 0 && left < 60000);
}

/** Repaints every countdown once a second, and calls `also`. */
export function everySecond(also) {
  const beat = () => {
    for (const element of document.querySelectorAll("[data-until],[data-since]")) paint(element);
    also?.();
    setTimeout(beat, 1000 - (now() % 1000) + 5);
  };
  beat();
}

/** Calls `run` once, `wait` ms after the first of many calls. */
export function debounce(run, wait) {
  let timer = null;
  return () => {
    if (timer !== null) return;
    timer = setTimeout(() => { timer = null; run(); }, wait);
  };
}

// The handset wall of a demonstration: one phone a person, newest message on top. Its keys answer
// the way a real reply does.
import { $, el, debounce, everySecond, moment, time } from "./dom.js";
import { get, newKey, Problem } from "./api.js";
import { Live } from "./live.js";
import { channelLabel, events, severity } from "./vocabulary.js";

const READ_MS = 200;
let phones = [];
const drawn = new Map(); // by staff: what the phone was drawn from
const sent = new Map();  // by message and answer: the key of a reply under way, kept for its retries

const waiting = (phone) => phone.messages.some((message) => message.asks.some((ask) => ask.open && !ask.answer));

const read = debounce(async () => {
  try {
    phones = (await get("/wall/phones")).phones;
    say("");
    paint();
  } catch (error) {
    say(`读取失败：${error.message}`);
  }
}, READ_MS);

function say(text) {
  $("#alert").replaceChildren(...(text ? [el("p", { class: "notice bad" }, text)] : []));
}

// ---- replies: the same door as the responder page's plain forms --------------------------------------

async function reply(message, ask, answer, button) {
  const id = `${message.serial} ${ask.id} ${answer.word}`;
  const key = sent.get(id) ?? newKey();
  sent.set(id, key);
  button.disabled = true;
  try {
    const response = await fetch(`${message.reply_url}/${encodeURIComponent(answer.word)}`, {
      method: "POST", credentials: "same-origin",
      body: new URLSearchParams({ ask: ask.id, key }),
    });
    if (!response.ok) throw new Problem(response.status, null);
    sent.delete(id);
    say("");
  } catch (error) {
    say(`没有送达：${error.message}`);
  } finally {
    button.disabled = false;
    read();
  }
}

function asks(message, spoken) {
  if (!message.asks.length) return null;
  return el("div", { class: "asks" }, message.asks.map((ask) => {
    const about = el("span", { class: "about" }, spoken ? `按键应答 · ${ask.label}` : ask.label);
    if (ask.answer) return el("div", { class: "ask" }, about, el("span", { class: "tag good" }, `已答：${ask.answer}`));
    if (!ask.open) return el("div", { class: "ask" }, about, el("span", { class: "tag" }, "已不需要"));
    if (!message.reply_url) return el("div", { class: "ask" }, about);
    return el("div", { class: "ask" }, about, el("div", { class: "replies" }, ask.answers.map((answer) => {
      const button = el("button", { type: "button", class: "reply", click: () => reply(message, ask, answer, button) },
        answer.key ? el("kbd", {}, answer.key) : null, answer.label);
      return button;
    })));
  }));
}

// ---- what each channel looks like --------------------------------------------------------------------

function meta(message) {
  return el("div", { class: "meta" },
    el("span", {}, channelLabel(message.channel)),
    message.kind === "drill" ? el("span", { class: "tag drill" }, "【守望演练】") : null,
    message.kind === "test" ? el("span", { class: "tag test" }, "测试") : null,
    message.possible_repeat ? el("span", { class: "tag wait" }, "可能重复") : null,
    message.arrivals > 1 ? el("span", { class: "tag wait" }, `到达 ${message.arrivals} 次`) : null,
    message.repeat ? el("span", { class: "tag info" }, `第 ${message.repeat} 次重呼`) : null,
    el("time", { datetime: message.at, title: moment(message.at) }, time(message.at)));
}

const bodies = {
  sms: (message) => [meta(message), el("p", {}, message.text), asks(message, false)],
  voice: (message) => [meta(message), el("q", {}, message.text), asks(message, true)],
  wecom: (message) => [
    meta(message),
    el("div", { class: "card" },
      el("p", { class: "title" }, el("span", { class: `level s${severity(message.level)}` }, message.level_label), ` 警情 ${message.code}`),
      el("dl", {},
        message.place ? [el("dt", {}, "地点"), el("dd", {}, message.place)] : null,
        message.role ? [el("dt", {}, "岗位"), el("dd", {}, message.role)] : null),
      el("p", {}, message.text)),
    asks(message, false),
  ],
};

function draw(message) {
  const over = message.asks.length > 0 && message.asks.every((ask) => ask.answer || !ask.open);
  const body = bodies[message.channel] ?? bodies.sms;
  const shape = bodies[message.channel] ? message.channel : "sms";
  return el("article", { class: `message ${shape}${over ? " over" : ""}` }, body(message));
}

function draw_phone(phone) {
  const open = waiting(phone);
  const drill = phone.messages.length > 0 && phone.messages.every((message) => message.kind === "drill");
  return el("section", { class: `phone${open ? " unanswered" : ""}${drill ? " drill" : ""}`, "aria-label": phone.name },
    el("header", {}, el("h2", {}, phone.name, drill ? [" ", el("span", { class: "tag drill" }, "【守望演练】")] : null), open ? el("span", { class: "tag bad" }, "未应答") : el("span", { class: "tag good" }, "无待答"),
      el("span", { class: "role" }, phone.role), el("span", { class: "role" }, `${phone.messages.length} 条`)),
    el("div", { class: "messages", tabindex: "0" }, phone.messages.map(draw)));
}

function paint() {
  const only = $("#unanswered").checked;
  const text = $("#search").value.trim();
  const newest = (phone) => phone.messages[0]?.serial ?? 0;
  const list = phones
    .filter((phone) => (!only || waiting(phone)) && (!text || `${phone.name} ${phone.role}`.includes(text)))
    .sort((a, b) => waiting(b) - waiting(a) || newest(b) - newest(a));
  // A phone that did not change keeps its element, and with it the place it was scrolled to.
  $("#phones").replaceChildren(...list.map((phone) => {
    const from = JSON.stringify(phone);
    const old = drawn.get(phone.staff);
    if (old?.from === from) return old.element;
    const element = draw_phone(phone);
    drawn.set(phone.staff, { from, element });
    return element;
  }));
  const messages = phones.reduce((sum, phone) => sum + phone.messages.length, 0);
  $("#counts").textContent = phones.length
    ? `${phones.length} 人收到 ${messages} 条 · 未应答 ${phones.filter(waiting).length} 人` : "还没有人收到通知";
  $("#empty").hidden = list.length > 0;
  if (phones.length) $("#empty").textContent = "没有符合条件的手机。";
}

$("#unanswered").addEventListener("change", paint);
$("#search").addEventListener("input", paint);

const live = new Live(events, {
  onReset: read,
  onEvent: read,
  onState: (text, kind) => {
    const element = $("#link");
    if (element.textContent !== text) element.textContent = text;
    element.className = `link ${kind}`;
  },
});
everySecond(() => live.state());

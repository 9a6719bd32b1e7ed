// Who was reached how: the table of an incident's pages.
import { el, time } from "./dom.js";
import { channelLabel, wordLabel } from "./vocabulary.js";

const send_marks = { queued: "… 排队", sending: "→ 发送中", accepted: "✓ 已送出", failed: "✗ 失败", unknown: "? 结果不明", dropped: "— 已撤销" };

export function person(name, role) {
  return el("span", {}, name, role && role !== name ? el("span", { class: "sub" }, ` ${role}`) : null);
}

/** The pages of an incident, by person: what went out by which channel, and what came of it. */
export function deliveries(pages) {
  const people = new Map();
  const channels = new Set();
  for (const page of pages) {
    const one = people.get(page.staff) ?? { name: page.name, role: page.role_label, pages: 0, answer: null, last: new Map() };
    one.pages += 1;
    one.answer = page.answer ?? one.answer;
    for (const channel of page.channels) {
      channels.add(channel.name);
      const old = one.last.get(channel.name);
      if (!old || old.at <= channel.at) one.last.set(channel.name, channel);
    }
    people.set(page.staff, one);
  }
  const cell = (channel) => channel
    ? el("span", { class: `send ${channel.state}`, title: channel.detail || null }, send_marks[channel.state] ?? channel.state,
      channel.attempts > 1 ? ` ×${channel.attempts}` : "", el("span", { class: "sub" }, time(channel.at)))
    : "";
  return el("section", {}, el("h3", {}, `通知送达（${people.size} 人）`), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "通知送达" }, el("table", { class: "grid" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "人员"), [...channels].map((name) => el("th", { scope: "col" }, channelLabel(name))),
      el("th", { scope: "col" }, "次数"), el("th", { scope: "col" }, "应答"))),
    el("tbody", {}, [...people.values()].map((one) => el("tr", {},
      el("td", {}, person(one.name, one.role)),
      [...channels].map((name) => el("td", {}, cell(one.last.get(name)))),
      el("td", {}, String(one.pages)),
      el("td", {}, one.answer ? el("span", { class: "tag info" }, wordLabel(one.answer)) : el("span", { class: "tag wait" }, "未应答"))))))));
}

// One incident: what is owed by whom, who was reached how, what is known, what happened.
import { el, countdown, debounce, elapsed, moment, time } from "./dom.js";
import { get } from "./api.js";
import { gone, kindTag, level, state, summary } from "./parts.js";
import { channelLabel, ends, factLabel, may, registerLabel, severity, sourceLabel, valueLabel, wordLabel } from "./vocabulary.js";
import { answerFor, end, record, setFacts, decide, judge } from "./actions.js";
import { entry, isNotice } from "./timeline.js";

const duty_words = { open: "进行中", done: "已落实", lapsed: "已逾时", moot: "不再需要" };
const send_marks = { queued: "… 排队", sending: "→ 发送中", accepted: "✓ 已送出", failed: "✗ 失败", unknown: "? 结果不明", dropped: "— 已撤销" };
const duty_order = { open: 0, lapsed: 1, done: 2, moot: 3 };

export class Detail {
  constructor(root, dialog, { onClose, onShown }) {
    this.root = root;
    this.dialog = dialog;
    this.onClose = onClose;
    this.onShown = onShown;
    this.id = null;
    this.kind = null;
    this.view = null;
    this.events = [];
    this.wanted = "all";
    this.tell = debounce(() => this.readTimeline(), 250);
  }

  show(id) {
    if (this.id === id) return;
    this.id = id;
    this.view = null;
    this.events = [];
    this.root.hidden = false;
    this.root.replaceChildren(el("p", { class: "empty" }, "读取中…"));
    this.refresh();
  }

  hide() {
    this.id = null;
    this.view = null;
    this.kind = null;
    this.root.hidden = true;
  }

  async refresh() {
    const id = this.id;
    try {
      const view = await get(`/api/v1/incidents/${encodeURIComponent(id)}`);
      if (this.id !== id) return;
      this.take(view);
      this.readTimeline();
    } catch (error) {
      if (this.id !== id) return;
      this.root.replaceChildren(el("div", { class: "top line" },
        el("p", {}, error.status === 404 || error.status === 403 ? "没有这条警情，或无权查看。" : `读取失败：${error.message}`),
        this.closeButton()));
    }
  }

  async readTimeline() {
    const id = this.id;
    if (!id) return;
    const after = this.events.at(-1)?.seq ?? 0;
    const body = await get(`/api/v1/incidents/${encodeURIComponent(id)}/timeline?after=${after}`).catch(() => null);
    if (!body || this.id !== id || (this.events.at(-1)?.seq ?? 0) !== after) return;
    this.events.push(...body.events);
    this.paintTimeline();
    // The server gives a part at a time; an empty one is the end.
    if (body.events.length) this.readTimeline();
  }

  take(view) {
    this.view = view;
    this.kind = view.kind;
    this.paint();
    this.onShown();
  }

  // ---- painting ----------------------------------------------------------------------------------

  closeButton() {
    return el("button", { type: "button", class: "button quiet", click: this.onClose, "aria-label": "关闭详情" }, "关闭 ✕");
  }

  paint() {
    const opened = new Set([...this.root.querySelectorAll("details[open]")].map((part) => part.dataset.part));
    const view = this.view;
    const list = el("ol", { class: "timeline", id: "timeline" });
    this.root.replaceChildren(...[
      view.kind === "drill" ? el("div", { class: "drill-line" }, "演练 · 不是真实警情") : null,
      this.head(), this.actions(), this.decisions(), this.suggestions(), this.people(), this.duties(), this.deliveries(), this.facts(), this.records(),
      el("section", {}, el("h3", {}, "经过（最新在上）", this.chips()), list),
    ].filter(Boolean));
    for (const part of this.root.querySelectorAll("details")) part.open = opened.has(part.dataset.part);
    this.paintTimeline();
  }

  head() {
    const view = this.view;
    const brief = summary(view);
    return el("div", { class: `top s${severity(view.level)}` },
      el("div", { class: "line" }, level(view.level), el("h2", { class: "code" }, view.code), kindTag(view.kind),
        gone.has(view.phase) ? el("span", { class: "state" }, view.phase_label) : state(brief),
        brief.next_at ? el("span", { class: "push" }, "下次升级 ", countdown(brief.next_at)) : null,
        this.closeButton()),
      el("div", { class: "line" },
        el("span", { class: "place" }, view.place?.label || "地点待核实"),
        el("span", {}, brief.colleges.join("、") || "身份待核实"),
        el("span", { class: "sub" }, `${moment(brief.opened_at)} 启动，已 `, elapsed(brief.opened_at)),
        el("span", { class: "sub" }, "现场指挥 ", view.commander ? view.commander.name : "未明确")),
      (view.holes ?? []).map((hole) => el("span", { class: "tag bad" }, `岗位空缺：${hole.role_label}`)));
  }

  actions() {
    if (!may("act") || gone.has(this.view.phase)) return null;
    const open = this.view.duties.filter((duty) => duty.state === "open");
    const reports = open.filter((duty) => duty.record.length);
    const button = (text, click, kind = "") => el("button", { type: "button", class: `button ${kind}`, click }, text);
    // Endings of another stage, of drills, of a level that is lower already: not now, whatever is signed.
    const elsewhere = new Set(["not_open", "not_a_drill", "not_higher", "not_stood_down"]);
    const now = ends.filter((ending) => !(this.view.missing_for_end?.[ending.name] ?? []).some((one) => elsewhere.has(one.code)));
    return el("div", { class: "actions row-buttons" },
      button("代为确认…", () => answerFor(this.dialog(), this.view), "primary"),
      button("补充事实…", () => setFacts(this.dialog(), this.view)),
      reports.map((duty) => button(`${duty.label}…`, () => record(this.dialog(), this.view, duty))),
      now.map((ending) => button(`${ending.label}…`, () => end(this.dialog(), this.view, ending), "danger")));
  }

  decisions() {
    const list = (this.view.decisions ?? []).filter((one) => one.state === "open" || one.value);
    if (!list.length) return null;
    return el("section", {}, el("h3", {}, "需人决定"), el("dl", { class: "people" }, list.map((one) => el("div", {},
      el("dt", {}, `${one.label} `), el("dd", {},
        one.value ? `${wordLabel(one.value)}（${time(one.at)}）` : ["待决定 ", one.due ? countdown(one.due) : null],
        one.dial && !one.value ? [" ", el("a", { class: "button quiet", href: `tel:${one.dial}` }, `拨打 ${one.dial}`), " 由人拨打 "] : null,
        one.state === "open" && may("act") && !gone.has(this.view.phase)
          ? el("button", { type: "button", class: "button", click: () => decide(this.dialog(), this.view, one) }, "登记决定…") : null)))));
  }

  suggestions() {
    const list = (this.view.suggestions ?? []).filter((one) => !one.dropped);
    if (!list.length) return null;
    return el("section", {}, el("h3", {}, "可能是同一事件"), list.map((one) => el("div", { class: "row-buttons" },
      el("span", {}, `${one.because === "place" ? "同一地点" : "同一回拨电话"}，${time(one.at)} 提示；未合并前两边都在处置 `),
      el("a", { href: `/i/${encodeURIComponent(one.incident)}` }, "查看另一件"),
      may("act") ? el("button", { type: "button", class: "button", click: () => judge(this.dialog(), this.view, one) }, "判断…") : null)));
  }

  people() {
    const view = this.view;
    const registers = Object.entries(view.registers ?? {}).filter(([, list]) => list.length);
    const subjects = (view.subjects ?? []).map((subject, index) => {
      const known = [subject.name, subject.student_id, subject.class].filter(Boolean).join(" · ");
      return el("div", {}, el("dt", {}, `对象 ${index + 1} `), el("dd", {},
        subject.college_name ?? "身份待核实", subject.minor ? el("span", { class: "tag bad" }, "未成年") : null,
        known || subject.description
          ? el("details", { class: "more", "data-part": `subject ${subject.id}` }, el("summary", {}, "显示身份"), [known, subject.description].filter(Boolean).join(" · "))
          : null));
    });
    const told = [view.place?.room ? `房间 ${view.place.room}` : "", view.place?.detail, view.callback ? `回拨 ${view.callback}` : "", view.text].filter(Boolean);
    return el("section", {}, el("h3", {}, "人员"), el("dl", { class: "people" },
      registers.map(([name, list]) => el("div", {}, el("dt", {}, `${registerLabel(name)} `),
        el("dd", {}, list.map((one) => `${one.name}（${one.role_label}，${time(one.since)}）`).join("、")))),
      registers.length ? null : el("div", {}, el("dd", {}, "尚无人前往")),
      subjects,
      told.length ? el("div", {}, el("dt", {}, "来电内容 "), el("dd", {},
        el("details", { class: "more", "data-part": "told" }, el("summary", {}, "显示"), told.join(" · ")))) : null));
  }

  duties() {
    const list = [...this.view.duties].sort((a, b) => duty_order[a.state] - duty_order[b.state]
      || (a.next_at ?? "9").localeCompare(b.next_at ?? "9") || a.opened_at.localeCompare(b.opened_at));
    const active = list.filter((duty) => duty.state === "open" || duty.state === "lapsed");
    const ended = list.filter((duty) => !active.includes(duty));
    return el("section", {}, el("h3", {}, "环节"),
      el("div", { class: "duties" }, active.map((duty) => this.duty(duty))),
      ended.length ? el("details", { class: "ended", "data-part": "ended" },
        el("summary", {}, `已结束的环节（${ended.length}）`), el("div", { class: "duties" }, ended.map((duty) => this.duty(duty)))) : null);
  }

  duty(duty) {
    const unmet = duty.state === "open" && duty.life && duty.asked.length > 0;
    const reached = duty.asked.length || duty.state !== "open" ? duty.rung : -1;
    const rungs = Array.from({ length: duty.rungs }, (_, index) => el("i", {
      class: index < reached ? "reached" : index === reached ? "current" : "",
    }));
    const tone = { open: unmet ? "bad" : "wait", done: "good", lapsed: "bad", moot: "" }[duty.state];
    return el("div", { class: `duty ${duty.state}${unmet ? " unmet" : ""}` },
      el("div", { class: "line" },
        el("span", { class: `tag ${tone}` }, unmet ? "未落实" : duty_words[duty.state]),
        el("span", { class: "name" }, duty.label),
        duty.scope ? el("span", { class: "sub" }, this.scopeLabel(duty)) : null,
        el("span", { class: "sub" }, duty.clause),
        duty.rungs ? el("span", { class: "rungs", role: "img", "aria-label": `共 ${duty.rungs} 级，现第 ${reached + 1} 级` }, rungs) : null,
        duty.repeats ? el("span", { class: "tag bad" }, `已重复 ${duty.repeats} 次`) : null,
        duty.state === "open" && duty.next_at ? el("span", { class: "push" }, countdown(duty.next_at, "small")) : null,
        duty.ended_at ? el("span", { class: "push sub" }, `${moment(duty.ended_at)} ${this.nameOf(duty.ended_by) ?? ""}`) : null),
      el("ul", { class: "asks" }, duty.asked.map((ask) => this.ask(duty, ask))));
  }

  ask(duty, ask) {
    const said = ask.answer
      ? el("span", {}, el("span", { class: `tag ${this.tone(duty, ask)}` }, wordLabel(ask.answer)), ` ${time(ask.answered_at)}`, ask.eta ? ` · 预计 ${time(ask.eta)} 到` : "")
      : ask.unreachable ? el("span", { class: "tag bad" }, "联系方式均不通") : el("span", { class: "tag wait" }, `未应答 · ${time(ask.asked_at)} 起`);
    const button = may("act") && duty.state === "open" && !ask.answer
      ? el("button", { type: "button", class: "button", click: () => answerFor(this.dialog(), this.view, duty, ask) }, "代为确认") : el("span");
    return el("li", {}, this.person(ask.name, ask.role_label), said, button);
  }

  // What an answer means for the duty, as far as the view says it.
  tone(duty, ask) {
    if (ask.cannot) return "bad";
    return ask.satisfies || duty.ended_by === ask.staff ? "good" : "info";
  }

  person(name, role) {
    return el("span", {}, name, role && role !== name ? el("span", { class: "sub" }, ` ${role}`) : null);
  }

  scopeLabel(duty) {
    const subject = (this.view.subjects ?? []).find((one) => one.college === duty.scope || one.id === duty.scope);
    if (subject) return subject.college_name ?? "身份待核实";
    const asked = duty.asked.find((ask) => ask.role === duty.scope);
    return asked?.role_label ?? this.nameOf(duty.scope) ?? duty.scope;
  }

  nameOf(staff) {
    if (!staff) return null;
    for (const list of [this.view.pages, ...this.view.duties.map((duty) => duty.asked), ...Object.values(this.view.registers ?? {})]) {
      const found = list.find((one) => one.staff === staff);
      if (found) return found.name;
    }
    return null;
  }

  deliveries() {
    const people = new Map();
    const channels = new Set();
    for (const page of this.view.pages) {
      const person = people.get(page.staff) ?? { name: page.name, role: page.role_label, pages: 0, answer: null, last: new Map() };
      person.pages += 1;
      person.answer = page.answer ?? person.answer;
      for (const channel of page.channels) {
        channels.add(channel.name);
        const old = person.last.get(channel.name);
        if (!old || old.at <= channel.at) person.last.set(channel.name, channel);
      }
      people.set(page.staff, person);
    }
    const cell = (channel) => channel
      ? el("span", { class: `send ${channel.state}`, title: channel.detail || null }, send_marks[channel.state] ?? channel.state,
        channel.attempts > 1 ? ` ×${channel.attempts}` : "", el("span", { class: "sub" }, time(channel.at)))
      : "";
    return el("section", {}, el("h3", {}, `通知送达（${people.size} 人）`), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "通知送达" }, el("table", { class: "grid" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "人员"), [...channels].map((name) => el("th", { scope: "col" }, channelLabel(name))),
        el("th", { scope: "col" }, "次数"), el("th", { scope: "col" }, "应答"))),
      el("tbody", {}, [...people.values()].map((person) => el("tr", {},
        el("td", {}, this.person(person.name, person.role)),
        [...channels].map((name) => el("td", {}, cell(person.last.get(name)))),
        el("td", {}, String(person.pages)),
        el("td", {}, person.answer ? el("span", { class: "tag info" }, wordLabel(person.answer)) : el("span", { class: "tag wait" }, "未应答"))))))));
  }

  facts() {
    const rows = (this.view.facts ?? []).map((fact) => el("div", {},
      el("dt", {}, fact.label ?? factLabel(fact.name)),
      el("dd", { class: fact.value === "unknown" ? "unknown" : "", title: `${time(fact.reported_at)} ${sourceLabel(fact.source)}` }, valueLabel(fact.name, fact.value))));
    return el("section", {}, el("h3", {}, "已知事实"), rows.length ? el("dl", { class: "facts" }, rows) : el("p", { class: "sub" }, "尚无"));
  }

  records() {
    const list = this.view.records ?? [];
    if (!list.length) return null;
    return el("section", {}, el("h3", {}, "记录"), el("ul", {}, list.map((one) => {
      const duty = this.view.duties.find((other) => other.key === one.duty);
      const label = (name) => duty?.record.find((field) => field.name === name)?.label ?? name;
      const fields = Object.entries(one.fields ?? {}).map(([name, value]) => `${label(name)}：${valueLabel(name, value)}`);
      return el("li", {}, `${moment(one.at)} ${duty?.label ?? one.duty}`, " — ", fields.join("；"));
    })));
  }

  chips() {
    const chip = (key, text) => el("button", {
      type: "button", class: "chip", "aria-pressed": String(this.wanted === key),
      click: () => { this.wanted = key; this.paint(); },
    }, text);
    return el("span", { class: "chips" }, chip("all", "全部"), chip("human", "人工"), chip("notice", "通知"));
  }

  paintTimeline() {
    const list = this.root.querySelector("#timeline");
    if (!list || !this.view) return;
    const context = { name: (staff) => this.nameOf(staff) ?? staff, pages: this.view.pages };
    const made = [];
    for (const event of this.events) {
      const line = entry(event, context);
      if (!line) continue;
      if (this.wanted === "human" && line.who !== "人工") continue;
      if (this.wanted === "notice" && !isNotice(event.type)) continue;
      made.push(el("li", { class: line.tone ?? "" },
        el("time", { datetime: event.at, title: moment(event.at) }, time(event.at)), el("span", { class: "kind" }, line.who), el("span", {}, line.text)));
    }
    list.replaceChildren(...made.reverse());
  }
}

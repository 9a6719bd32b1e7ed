// One incident: what is owed by whom, who was reached how, what is known, what happened.
import { el, countdown, debounce, elapsed, moment, time } from "./dom.js";
import { get } from "./api.js";
import { dial, gone, kindTag, level, state, summary } from "./parts.js";
import { allRegisters, endLabel, ends, factLabel, may, registerLabel, severity, sourceLabel, valueLabel, viewer, wordLabel } from "./vocabulary.js";
import { answerFor, begun, end, record, setFacts, decide, judge } from "./actions.js";
import { addSubject, identify, note, reopen, setPlace, split, takeOver, waive } from "./deeds.js";
import { subjectLabel } from "./form.js";
import { deliveries, person } from "./deliveries.js";
import { entry, isNotice } from "./timeline.js";

const duty_words = { open: "进行中", done: "已落实", lapsed: "已逾时", moot: "不再需要", waived: "已免除" };
const duty_order = { open: 0, lapsed: 1, done: 2, waived: 3, moot: 4 };
const part_of = new Set(["attached", "merged"]);
const may_reopen = new Set(["aftercare", "closed", "false_alarm"]);

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

  // Something that may be done to this incident: for the desk, and not when all is over.
  deed(text, click, kind = "") {
    return may("act") ? el("button", { type: "button", class: `button ${kind}`, click: () => click(this.dialog(), this.view) }, text) : null;
  }

  deedNow(text, click, kind = "quiet") {
    return gone.has(this.view.phase) ? null : this.deed(text, click, kind);
  }

  paint() {
    const opened = new Set([...this.root.querySelectorAll("details[open]")].map((part) => part.dataset.part));
    const view = this.view;
    const list = el("ol", { class: "timeline", id: "timeline" });
    this.root.replaceChildren(...[
      view.kind === "drill" ? el("div", { class: "drill-line" }, "【守望演练】不是真实警情，演练勿拨打 110、119、120") : null,
      this.head(), this.actions(), this.decisions(), this.signatures(), this.suggestions(), this.joined(),
      this.people(), this.duties(), this.facts(), this.records(), this.notes(), deliveries(view.pages),
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
        state(brief), view.paused ? el("span", { class: "tag bad" }, "演练已暂停：同处有真实警情") : null,
        brief.next_at ? el("span", { class: "push" }, "下次升级 ", countdown(brief.next_at)) : null,
        this.closeButton()),
      el("div", { class: "line" },
        el("span", { class: "together" }, el("span", { class: "place" }, view.place?.label || "地点待核实"),
          this.deedNow(view.place?.label ? "更正地点…" : "填写地点…", setPlace)),
        el("span", {}, brief.colleges.join("、") || "身份待核实"),
        el("span", { class: "sub" }, `${moment(brief.opened_at)} ${gone.has(view.phase) ? "启动" : "启动，已 "}`, gone.has(view.phase) ? null : elapsed(brief.opened_at)),
        view.ended_at ? el("span", { class: "sub" }, `${moment(view.ended_at)} 结束`) : null,
        view.cycle > 1 ? el("span", { class: "tag info" }, `第 ${view.cycle} 次启动`) : null,
        el("span", { class: "together" }, el("span", { class: "sub" }, "现场指挥 ", view.commander ? view.commander.name : "未明确"),
          allRegisters.some((register) => register.one) ? this.deedNow(view.commander ? "交接…" : "指定…", takeOver) : null)),
      view.goes_on_in ? el("p", {}, "这一件已并入另一件，处置在那里继续：", el("a", { href: `/i/${encodeURIComponent(view.goes_on_in)}` }, "打开那一件")) : null,
      (view.holes ?? []).map((hole) => el("span", { class: "tag bad" }, `岗位空缺：${hole.role_label}`)));
  }

  actions() {
    if (!may("act")) return null;
    const again = may_reopen.has(this.view.stage) ? this.deed("重新启动…", reopen, "danger") : null;
    if (gone.has(this.view.phase)) {
      const apart = part_of.has(this.view.stage) && this.view.goes_on_in
        ? this.deed("拆分为单独的警情…", (dialog, view) => split(dialog, view, view.id, view.stage === "attached"), "danger") : null;
      return again || apart ? el("div", { class: "actions row-buttons" }, again, apart) : null;
    }
    const open = this.view.duties.filter((duty) => duty.state === "open");
    // What is to be written down next; the rest is by its duty.
    const reports = open.filter((duty) => duty.record.length).sort((x, y) => (x.next_at ?? "9").localeCompare(y.next_at ?? "9")).slice(0, 2);
    const button = (text, click, kind = "") => el("button", { type: "button", class: `button ${kind}`, click }, text);
    // Endings of another stage, of drills, of a level that is lower already: not now, whatever is signed.
    const elsewhere = new Set(["not_open", "not_a_drill", "not_higher", "not_stood_down"]);
    const now = ends.filter((ending) => (this.view.endings ?? []).some((row) =>
      row.end === ending.name && !row.missing.some((one) => elsewhere.has(one.code))));
    return el("div", { class: "actions row-buttons" },
      button("代为确认…", () => answerFor(this.dialog(), this.view), "primary"),
      button("补充事实…", () => setFacts(this.dialog(), this.view)),
      reports.map((duty) => button(`${duty.label}${duty.scope ? `（${this.scopeLabel(duty)}）` : ""}…`, () => record(this.dialog(), this.view, duty))),
      this.deed("记一笔…", note), again,
      now.length ? el("details", { class: "more endings", "data-part": "endings" }, el("summary", {}, `签署：结束、降级、暂缓等（${now.length} 种）`),
        el("div", { class: "row-buttons" }, now.map((ending) => button(`${ending.label}…`, () => end(this.dialog(), this.view, ending), "danger")))) : null);
  }

  decisions() {
    const list = (this.view.decisions ?? []).filter((one) => one.state === "open" || one.value);
    if (!list.length) return null;
    return el("section", {}, el("h3", {}, "需人决定"), el("dl", { class: "people" }, list.map((one) => el("div", {},
      el("dt", {}, `${one.label} `), el("dd", {},
        one.value ? `${wordLabel(one.value)}（${[time(one.at), one.said_at && `${one.said_at} 拨打`, one.reason, one.note].filter(Boolean).join("，")}）` : ["待决定 ", one.due ? countdown(one.due) : null],
        one.value || (!one.dial && this.view.kind !== "drill") ? null : dial(this.view.kind, one.dial),
        one.state === "open" && may("act") && !gone.has(this.view.phase)
          ? el("button", { type: "button", class: "button", click: () => decide(this.dialog(), this.view, one) }, "登记决定…") : null)))));
  }

  signatures() {
    const list = begun(this.view, endLabel, (row) => {
      const ending = ends.find((one) => one.name === row.end);
      return ending ? this.deedNow("签署…", (dialog, view) => end(dialog, view, ending, row.subject)) : null;
    });
    return list.length ? el("section", {}, el("h3", {}, "签署中"), el("dl", { class: "people" }, list)) : null;
  }

  suggestions() {
    const list = gone.has(this.view.phase) ? [] : (this.view.suggestions ?? []).filter((one) => !one.dropped);
    if (!list.length) return null;
    return el("section", {}, el("h3", {}, "可能是同一事件"), list.map((one) => el("div", { class: "row-buttons" },
      el("span", {}, `${{ place: "同一地点", callback: "同一回拨电话" }[one.because] ?? "相近的情况"}，${time(one.at)} 提示；未合并前两边都在处置 `),
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
        subject.closed ? el("span", { class: "tag" }, "已结束") : null,
        known || subject.description
          ? el("details", { class: "more", "data-part": `subject ${subject.id}` }, el("summary", {}, "显示身份"), [known, subject.description].filter(Boolean).join(" · "))
          : null,
        subject.closed ? null : this.deedNow(subject.identified ? "更正身份…" : "补认身份…", (dialog, view_) => identify(dialog, view_, subject, index))));
    });
    const told = [view.place?.room ? `房间 ${view.place.room}` : null, view.place?.detail, view.text,
      view.callback ? el("span", {}, "回拨 ", dial(view.kind, view.callback)) : null].filter(Boolean);
    return el("section", {}, el("h3", {}, "人员", el("span", { class: "chips" }, this.deedNow("加一名学生…", addSubject))), el("dl", { class: "people" },
      registers.map(([name, list]) => el("div", {}, el("dt", {}, `${registerLabel(name)} `),
        el("dd", {}, list.map((one) => `${one.name}（${[one.role_label, time(one.since)].filter(Boolean).join("，")}）`).join("、")))),
      registers.length ? null : el("div", {}, el("dd", {}, "尚无人前往")),
      subjects,
      told.length ? el("div", {}, el("dt", {}, "来电内容 "), el("dd", {},
        el("details", { class: "more", "data-part": "told" }, el("summary", {}, "显示"), told.map((one) => el("div", {}, one))))) : null));
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
    // What is over asks nobody, whatever it left open.
    const over = gone.has(this.view.phase);
    const going_on = duty.state === "open" && !over;
    const unmet = going_on && duty.life && duty.asked.length > 0;
    const reached = duty.asked.length || duty.state !== "open" ? duty.rung : -1;
    const rungs = Array.from({ length: duty.rungs }, (_, index) => el("i", {
      class: index < reached ? "reached" : index === reached ? "current" : "",
    }));
    const tone = { open: unmet ? "bad" : over ? "" : "wait", done: "good", lapsed: "bad", moot: "", waived: "" }[duty.state];
    return el("div", { class: `duty ${duty.state === "open" && over ? "" : duty.state}${unmet ? " unmet" : ""}` },
      el("div", { class: "line" },
        el("span", { class: `tag ${tone}` }, unmet ? "未落实" : duty.state === "open" && over ? "随之结束" : duty_words[duty.state]),
        el("span", { class: "name" }, duty.label),
        duty.scope ? el("span", { class: "sub" }, this.scopeLabel(duty)) : null,
        el("span", { class: "sub" }, duty.clause ? `通知 ${duty.clause.replace(/N(?=\d)/g, "")}` : ""),
        duty.rungs ? el("span", { class: "rungs", role: "img", "aria-label": `共 ${duty.rungs} 级，现第 ${reached + 1} 级` }, rungs) : null,
        duty.repeats ? el("span", { class: "tag bad" }, `已重复 ${duty.repeats} 次`) : null,
        going_on && duty.dial ? el("span", { class: "sub" }, "由人拨打") : null,
        going_on && duty.record.length ? this.deedNow("填写…", (dialog, view) => record(dialog, view, duty)) : null,
        going_on && duty.waive_by ? this.deedNow("免除…", (dialog, view) => waive(dialog, view, duty)) : null,
        going_on && duty.next_at ? el("span", { class: "push" }, countdown(duty.next_at, "small")) : null,
        duty.ended_at ? el("span", { class: "push sub" }, `${moment(duty.ended_at)} ${this.nameOf(duty.ended_by) ?? ""}`) : null),
      el("ul", { class: "asks" }, duty.asked.map((ask) => this.ask(duty, ask))));
  }

  ask(duty, ask) {
    const said = ask.answer
      ? el("span", {}, el("span", { class: `tag ${this.tone(duty, ask)}` }, wordLabel(ask.answer)), ` ${time(ask.answered_at)}`, ask.eta ? ` · 预计 ${time(ask.eta)} 到` : "")
      : ask.unreachable ? el("span", { class: "tag bad" }, "联系方式均不通") : el("span", { class: `tag${duty.state === "open" && !gone.has(this.view.phase) ? " wait" : ""}` }, `未应答 · ${time(ask.asked_at)} 起`);
    const button = may("act") && duty.state === "open" && !gone.has(this.view.phase) && !ask.answer
      ? el("button", { type: "button", class: "button", click: () => answerFor(this.dialog(), this.view, duty, ask) }, "代为确认") : el("span");
    return el("li", {}, person(ask.name, ask.role_label), said, button);
  }

  // What an answer means for the duty, as far as the view says it.
  tone(duty, ask) {
    if (ask.cannot) return "bad";
    return ask.satisfies || duty.ended_by === ask.staff ? "good" : "info";
  }

  scopeLabel(duty) {
    const one = subjectLabel(this.view, duty.scope);
    if (one) return one;
    const subject = (this.view.subjects ?? []).find((other) => other.college === duty.scope);
    if (subject) return subject.college_name ?? "身份待核实";
    if (duty.scope === "-") return "身份待核实";
    const asked = duty.asked.find((ask) => ask.role === duty.scope);
    return asked?.role_label ?? this.nameOf(duty.scope) ?? duty.scope;
  }

  nameOf(staff) {
    if (!staff) return null;
    for (const list of [this.view.pages, ...this.view.duties.map((duty) => duty.asked), ...Object.values(this.view.registers ?? {})]) {
      const found = list.find((one) => one.staff === staff);
      if (found) return found.name;
    }
    return staff === viewer.staff ? viewer.name : null;
  }

  facts() {
    const many = (this.view.subjects ?? []).length > 1;
    const rows = (this.view.facts ?? []).map((fact) => el("div", {},
      el("dt", {}, fact.label ?? factLabel(fact.name), many && fact.subject ? el("span", { class: "sub" }, ` ${subjectLabel(this.view, fact.subject)}`) : null),
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

  notes() {
    const list = this.view.notes ?? [];
    if (!list.length) return null;
    return el("section", {}, el("h3", {}, "备注"), el("ul", {}, list.map((one) =>
      el("li", {}, `${moment(one.at)} ${this.nameOf(one.by) ?? one.by} — ${one.text}`))));
  }

  // Reports that were attached, incidents that were merged: each may be split off again.
  joined() {
    const list = this.view.joined ?? [];
    if (!list.length) return null;
    return el("section", {}, el("h3", {}, "并入本件的"), list.map((one) => el("div", { class: "row-buttons" },
      el("span", {}, one.at ? `${moment(one.at)} 并入${one.report ? "上报" : "警情"} ` : "", el("a", { class: "code", href: `/i/${encodeURIComponent(one.incident)}` }, one.code)),
      this.deedNow("拆分…", (dialog, view) => split(dialog, view, one.incident, one.report)))));
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
    const context = {
      name: (staff) => this.nameOf(staff) ?? staff, pages: this.view.pages, id: this.view.id, subject: (id) => subjectLabel(this.view, id) || "一名学生",
    };
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

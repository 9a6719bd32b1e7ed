// The live board: open incidents, unanswered first, and the reports that wait for a person.
import { $, el, countdown, debounce, elapsed, everySecond, moment, now, time } from "./dom.js";
import { all, get, Problem } from "./api.js";
import { Live } from "./live.js";
import { dial, gone, kindTag, level, order, state, summary, unanswered } from "./parts.js";
import { allRegisters, events, may, phases, registerLabel } from "./vocabulary.js";
import { Detail } from "./detail.js";
import { triage } from "./actions.js";
import { Siren } from "./siren.js";

const CHANGES_MS = 200; // a burst of events about one incident is one question
const REPORT_EVENTS = new Set(["reported", "opened", "dismissed", "attached"]);

const incidents = new Map();
const rows = new Map();
let reports = [];
let ended = null; // the latest that are over, once somebody asked for them
let filter = "";
const changed = new Set();

const detail = new Detail($("#detail"), () => $("#dialog"), { onClose: () => show(null, true), onShown: frame });
const siren = new Siren($("#sound"));

// ---- reading -------------------------------------------------------------------------------------

async function guarded(read) {
  try {
    await read();
    say("");
  } catch (error) {
    say(`读取失败：${error.message}`);
  }
}

const readAll = debounce(() => guarded(async () => {
  const list = await all("/api/v1/incidents?phase=open", "incidents");
  incidents.clear();
  for (const view of list) if (!gone.has(view.phase)) incidents.set(view.id, summary(view));
  await readReports();
  paintAll();
  if (detail.view) detail.refresh();
}), 50);

async function readReports() {
  reports = may("triage") ? await all("/api/v1/reports", "reports") : [];
}

const readChanged = debounce(() => guarded(async () => {
  const ids = [...changed];
  changed.clear();
  await Promise.all(ids.map(async (id) => {
    try {
      const view = await get(`/api/v1/incidents/${encodeURIComponent(id)}`);
      if (gone.has(view.phase)) incidents.delete(id);
      else incidents.set(id, summary(view));
      if (detail.id === id) detail.take(view);
    } catch (error) {
      if (!(error instanceof Problem) || (error.status !== 404 && error.status !== 403)) throw error;
      incidents.delete(id);
    }
  }));
  paintAll();
}), CHANGES_MS);

const readReportsSoon = debounce(() => guarded(async () => { await readReports(); paintAll(); }), CHANGES_MS);

// ---- painting ------------------------------------------------------------------------------------

function say(text) {
  $("#alert").replaceChildren(...(text ? [el("p", { class: "notice bad" }, text)] : []));
}

function current(incident) {
  const duty = incident.leading;
  if (gone.has(incident.phase)) return el("span", { class: "sub" }, incident.ended_at ? `${moment(incident.ended_at)} 结束` : "已结束");
  if (!duty) return el("span", { class: "sub" }, "各环节均已落实");
  const rest = incident.waiting.filter((other) => other.key !== duty.key).length;
  const step = `第 ${duty.rung + 1} 级${duty.repeats ? ` · 已重复 ${duty.repeats} 次` : ""}`;
  return [
    el("div", {}, duty.label),
    el("div", { class: "sub" }, duty.dial ? "由人拨打 · " : "", step, rest ? ` · 另有 ${rest} 项未落实` : ""),
  ];
}

function people(incident) {
  const held = allRegisters.map((register) => register.name).filter((name) => incident.registers[name]?.length);
  if (!held.length) return el("span", { class: "sub" }, gone.has(incident.phase) ? "" : "尚无人前往");
  return el("dl", { class: "people" }, held.map((name) => {
    const names = incident.registers[name].map((entry) => entry.name);
    const shown = names.slice(0, 3).join("、") + (names.length > 3 ? ` 等 ${names.length} 人` : "");
    return el("div", {}, el("dt", {}, `${registerLabel(name)} `), el("dd", {}, shown));
  }));
}

function ratio(duty) {
  if (!duty || !duty.asked) return el("span", { class: "sub" }, "未呼叫");
  return [el("span", { class: "ratio" }, `${duty.answered}/${duty.asked}`), el("div", { class: "sub" }, "已答 / 已呼")];
}

function row(incident) {
  const open = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(incident.id);
  };
  const classes = [`s${incident.severity}`, unanswered(incident) ? "unmet" : "", incident.kind === "drill" ? "drill" : "",
    detail.id === incident.id ? "chosen" : ""];
  return el("tr", { class: classes.join(" "), "data-id": incident.id, click: open },
    el("td", {}, level(incident.level)),
    el("td", {}, el("a", { class: "code", href: `/i/${incident.id}` }, incident.code), " ", kindTag(incident.kind),
      el("div", { class: "sub" }, `${moment(incident.opened_at)} `, gone.has(incident.phase) ? null : el("span", { class: "lasting" }, "已 ", elapsed(incident.opened_at)))),
    el("td", {}, el("div", { class: "place" }, incident.place || "地点待核实"),
      el("div", { class: "sub" }, incident.colleges.join("、") || "身份待核实")),
    el("td", {}, state(incident), incident.holes ? el("div", {}, el("span", { class: "tag bad" }, `${incident.holes} 个岗位空缺`)) : null),
    el("td", {}, current(incident)),
    el("td", {}, gone.has(incident.phase) ? "" : ratio(incident.leading)),
    el("td", {}, people(incident)),
    el("td", {}, gone.has(incident.phase) ? "" : countdown(incident.next_at)));
}

function paintAll() {
  const list = [...incidents.values()].sort(order);
  const shown = filter === "ended" ? ended ?? [] : list.filter((incident) => !filter || (filter === "!" ? incident.waiting.length : incident.phase === filter));
  rows.clear();
  $("#rows").replaceChildren(...shown.map((incident) => {
    const made = row(incident);
    rows.set(incident.id, made);
    return made;
  }));
  $("#empty").hidden = shown.length > 0;
  $("#empty").textContent = filter === "ended" ? (ended ? "还没有结束的警情。" : "读取中…") : list.length ? "没有符合筛选的警情。" : "目前没有进行中的警情。";
  $("#incidents").hidden = shown.length === 0;
  paintFilters(list);
  paintReports();
  frame();
  const hot = list.filter((incident) => incident.severity === 0 && unanswered(incident));
  siren.sound(hot.length > 0);
  document.title = `${hot.length ? `▲${hot.length} ` : ""}实时处置台 · 守望`;
}

function paintFilters(list) {
  const button = (key, label, count, hot) => el("button", {
    type: "button", class: `filter${hot && count ? " hot" : ""}`, "aria-pressed": String(filter === key),
    click: () => { filter = filter === key ? "" : key; paintAll(); },
  }, el("b", {}, String(count)), label);
  $("#filters").replaceChildren(
    button("", "全部", list.length),
    button("!", "有环节未落实", list.filter((incident) => incident.waiting.length).length, true),
    ...phases.map((phase) => button(phase.name, phase.label, list.filter((incident) => incident.phase === phase.name).length)),
    el("button", { type: "button", class: "filter", "aria-pressed": String(filter === "ended"), click: showEnded }, "近期已结束"));
}

// Where something is taken up again, or split off: the newest hundred of all, without those that go on.
function showEnded() {
  filter = filter === "ended" ? "" : "ended";
  ended = null;
  paintAll();
  if (filter) guarded(async () => {
    ended = (await get("/api/v1/incidents")).incidents.filter((view) => gone.has(view.phase)).map(summary);
    paintAll();
  });
}

function paintReports() {
  $("#triage").hidden = reports.length === 0;
  $("#triage-count").textContent = String(reports.length);
  $("#reports").replaceChildren(...reports.map((report) => el("li", { class: "report" },
    el("span", { class: "code" }, report.code),
    el("div", { class: "what" },
      el("strong", {}, report.place?.label || "地点待核实"), " ", kindTag(report.kind),
      el("p", {}, [report.text, `${moment(report.reported_at)} 上报`].filter(Boolean).join(" · "), report.callback ? [" · 回拨 ", dial(report.kind, report.callback)] : null)),
    el("span", {}, "自动启动 ", countdown(report.opens_at, "small")),
    el("div", { class: "row-buttons" },
      ["open", "attach", "dismiss"].map((verdict) => el("button", {
        type: "button", class: `button${verdict === "open" ? " primary" : ""}`,
        click: () => triage($("#dialog"), report, verdict, [...incidents.values()].sort(order)),
      }, { open: "立即启动", attach: "并入…", dismiss: "不予受理…" }[verdict]))))));
}

// The frame of a drill: around a board that shows nothing but drills. With real ones beside it, the
// drill that is open has the frame for itself.
function frame() {
  const list = [...incidents.values()];
  const shown = detail.id && detail.kind ? [...list, detail] : list;
  const alone = shown.length > 0 && shown.every((incident) => incident.kind === "drill");
  document.body.classList.toggle("drill-frame", alone);
  $("#detail").classList.toggle("drill", !alone && detail.kind === "drill");
}

// ---- moving around -------------------------------------------------------------------------------

function show(id, push = true) {
  if (push && (id ?? "") !== (detail.id ?? "")) history.pushState({}, "", id ? `/i/${id}` : "/");
  for (const [key, element] of rows) element.classList.toggle("chosen", key === id);
  $(".work").classList.toggle("split", Boolean(id));
  if (id) detail.show(id);
  else detail.hide();
  frame();
}

function fromAddress() {
  const match = location.pathname.match(/^\/i\/([^/]+)$/);
  show(match ? decodeURIComponent(match[1]) : null, false);
}

function step(by) {
  const ids = [...rows.keys()];
  if (ids.length) show(ids[(ids.indexOf(detail.id) + by + ids.length) % ids.length]);
}

addEventListener("popstate", fromAddress);
addEventListener("keydown", (event) => {
  if (event.target.closest("input,select,textarea,dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "Escape" && detail.id) show(null);
  else if (event.key === "n" && may("open")) location.assign("/new");
});

// ---- start ---------------------------------------------------------------------------------------

const live = new Live(events, {
  onReset: readAll,
  onEvent: (type, data) => {
    if (REPORT_EVENTS.has(type)) readReportsSoon();
    if (!data.incident) return;
    changed.add(data.incident);
    if (data.body?.into) changed.add(data.body.into);
    if (detail.id === data.incident) detail.tell();
    readChanged();
  },
  onState: (text, kind) => {
    const element = $("#link");
    if (element.textContent !== text) element.textContent = text;
    element.className = `link ${kind}`;
  },
});

let beats = 0;
everySecond(() => {
  $("#clock").textContent = time(now());
  live.state();
  // Without a live line the board asks by itself: an old board that looks fresh is the worst of all.
  if (++beats % 5 === 0 && $("#link").classList.contains("lost")) readAll();
});
fromAddress();

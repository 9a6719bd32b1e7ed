// What the list and the detail of an incident have in common.
import { el } from "./dom.js";
import { levelLabel, severity } from "./vocabulary.js";

// What is over, or was never one of its own, in the words of the list: a protocol has none for it.
const over = {
  received: "待核实", dismissed: "不予受理", attached: "已并入", merged: "已并入", closed: "已办结", false_alarm: "虚惊", drill_ended: "演练结束",
};
export const gone = new Set(Object.keys(over));
export const phaseLabel = (view) => over[view.phase] ?? view.phase_label;

/** An open duty that somebody was asked and nobody has satisfied. */
export const unmet = (duty) => duty.life && duty.asked > 0;

/** One shape for a row of the list and for the whole view of an incident. */
export function summary(view) {
  const whole = Array.isArray(view.duties);
  const duties = gone.has(view.phase) ? [] : whole
    ? view.duties.filter((duty) => duty.state === "open").map((duty) => ({
      ...duty,
      asked: duty.asked.length,
      answered: duty.asked.filter((ask) => ask.answer).length,
    }))
    : view.open_duties ?? [];
  const colleges = whole
    ? [...new Set((view.subjects ?? []).map((subject) => subject.college_name).filter(Boolean))]
    : view.colleges ?? [];
  const waiting = duties.filter(unmet);
  const soonest = (list) => list.filter((duty) => duty.next_at).sort((a, b) => a.next_at.localeCompare(b.next_at))[0];
  const leading = soonest(waiting) ?? waiting[0] ?? soonest(duties) ?? duties[0];
  return {
    id: view.id, code: view.code, kind: view.kind, level: view.level, phase: view.phase, stage: view.stage,
    phase_label: phaseLabel(view), ended_at: view.ended_at, opened_at: view.opened_at ?? view.reported_at,
    place: whole ? view.place?.label : view.place,
    colleges, duties, waiting, leading, registers: view.registers ?? {},
    holes: whole ? (view.holes ?? []).length : view.holes ?? 0,
    next_at: gone.has(view.phase) ? null : leading?.next_at ?? view.next_at,
    severity: severity(view.level),
  };
}

/** Somebody was asked, and nobody is on the way or there. What comes after an emergency is no alarm. */
export function unanswered(incident) {
  return incident.stage !== "aftercare" && incident.waiting.length > 0 && Object.values(incident.registers).every((list) => list.length === 0);
}

/** Unanswered first, then what still waits, each by what happens next, then by level. */
export function order(a, b) {
  return unanswered(b) - unanswered(a)
    || (a.stage === "aftercare") - (b.stage === "aftercare")
    || (b.waiting.length > 0) - (a.waiting.length > 0)
    || (a.next_at ?? "9").localeCompare(b.next_at ?? "9")
    || a.severity - b.severity
    || a.id.localeCompare(b.id);
}

export function level(name) {
  return el("span", { class: `level s${severity(name)}` }, levelLabel(name));
}

export function kindTag(kind) {
  if (kind === "drill") return el("span", { class: "tag drill" }, "【守望演练】");
  if (kind === "test") return el("span", { class: "tag test" }, "测试");
  return null;
}

/** A number that somebody may have to dial: a person does it, and in a drill nobody. */
export function dial(kind, number) {
  if (kind === "drill") return el("span", { class: "tag drill" }, "演练勿拨打");
  return number ? [el("a", { class: "button quiet", href: `tel:${number.replace(/[^0-9+*#]/g, "")}` }, `拨打 ${number}`), el("span", { class: "sub" }, "由人拨打")] : null;
}

/** The state in a glyph and a word: colour alone says nothing. */
export function state(incident) {
  if (gone.has(incident.phase)) return el("span", { class: "state quiet" }, incident.phase_label);
  if (unanswered(incident)) {
    return el("span", { class: "state unmet" }, el("span", { class: "mark", "aria-hidden": "true" }, "▲"), "无人响应");
  }
  const held = Object.values(incident.registers).some((list) => list.length > 0);
  const kind = incident.waiting.length ? "moving" : held ? "calm" : "quiet";
  const mark = { moving: "◐", calm: "●", quiet: "○" }[kind];
  return el("span", { class: `state ${kind}` }, el("span", { class: "mark", "aria-hidden": "true" }, mark), incident.phase_label);
}

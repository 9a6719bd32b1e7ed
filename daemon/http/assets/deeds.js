// What the duty desk does to an incident as a whole: where and who it is, who commands, what is let
// go, and what is taken up again. The everyday ones are in actions.js.
import { el } from "./dom.js";
import { post } from "./api.js";
import { ask, field, filled, line, onBehalf, path, staffLine, typed } from "./form.js";
import { allRegisters, places, registerLabel } from "./vocabulary.js";

const reason = (needed) => field("理由", line("reason", { required: needed }), needed ? "必填" : "可不填");

// ---- where -----------------------------------------------------------------------------------------

function placeFields(place) {
  const campuses = places.campuses ?? [];
  return [
    field("校区", el("select", { name: "campus" }, el("option", { value: "" }, "不知道"),
      campuses.map((one) => el("option", { value: one.id, selected: one.id === place?.campus }, one.name)))),
    field("楼栋或地点", line("building", { maxlength: 64, value: (places.buildings ?? []).find((one) => one.id === place?.building)?.name ?? "", list: "known-buildings", placeholder: "如 7号楼" })),
    el("datalist", { id: "known-buildings" }, (places.buildings ?? []).map((one) => el("option", { value: one.name }, one.campus))),
    field("楼层", line("floor", { maxlength: 16, value: place?.floor ?? "", placeholder: "如 4层" })),
    field("房间", line("room", { maxlength: 32, value: place?.room ?? "" })),
    field("怎么找到", line("detail", { value: place?.detail ?? "", placeholder: "如 东侧楼梯" })),
  ];
}
const placeOf = (data) => filled(Object.fromEntries(["campus", "building", "floor", "room", "detail"].map((name) => [name, typed(data, name)])));

export function setPlace(dialog, view) {
  ask(dialog, `${view.place?.label ? "更正" : "填写"}地点 · ${view.code}`, [
    el("p", { class: "hint" }, "按填写的整体替换；已在路上的人会在新的呼叫里看到新地点，请另行电话告知。"),
    placeFields(view.place),
  ], "提交", (data, key) => post(path(view, "place"), { place: placeOf(data) }, key));
}

// ---- who -------------------------------------------------------------------------------------------

export function identify(dialog, view, subject, index) {
  const known = subject.identified;
  ask(dialog, `${known ? "更正" : "补认"}身份 · 对象 ${index + 1} · ${view.code}`, [
    known ? el("p", { class: "notice wait" }, "更正后：原学院的呼叫撤下，已被告知的人会收到更正；新学院的班主任、辅导员、领导从现在起呼叫。")
      : el("p", { class: "hint" }, "从现在起呼叫其班主任、辅导员和学院领导。"),
    field("学号", line("student_id", { maxlength: 32, required: true })),
  ], known ? "更正" : "提交", (data, key) => post(
    path(view, `subjects/${encodeURIComponent(subject.id)}/identify`), { student_id: typed(data, "student_id") }, key));
}

export function addSubject(dialog, view) {
  ask(dialog, `加一名学生 · ${view.code}`, [
    field("学号", line("student_id", { maxlength: 32 }), "不知道就留空"),
    field("样子、衣着、班级", line("description"), "没有学号时必填"),
  ], "加入", (data, key) => post(path(view, "subjects"), filled({
    student_id: typed(data, "student_id"), description: typed(data, "description"),
  }), key));
}

// ---- who commands ----------------------------------------------------------------------------------

export function takeOver(dialog, view) {
  const held = allRegisters.filter((register) => register.one);
  const now = (name) => (view.registers?.[name] ?? []).map((one) => one.name).join("、") || "无人";
  ask(dialog, `指挥与牵头的交接 · ${view.code}`, [
    field("哪一个岗位", el("select", { name: "register" }, held.map((one) =>
      el("option", { value: one.name, selected: one.command }, `${registerLabel(one.name)}（现：${now(one.name)}）`)))),
    field("由谁担任（工号）", staffLine("to", { required: true })),
    onBehalf(view, "谁这样说", "接任的人、现任的人，或有权指定的领导", { own: false }),
    reason(false),
  ], "交接", (data, key) => post(path(view, "command"), filled({
    register: data.get("register"), to: typed(data, "to"), staff: typed(data, "staff"), heard_by: typed(data, "heard_by"), reason: typed(data, "reason"),
  }), key));
}

// ---- what is let go, and what is written down -------------------------------------------------------

export function waive(dialog, view, duty) {
  ask(dialog, `免除 · ${duty.label} · ${view.code}`, [
    el("p", { class: "notice wait" }, "免除后不再呼叫任何人去做。可由：", duty.waive_by),
    reason(true),
    onBehalf(view, "谁决定免除", "", { own: false }),
  ], "免除", (data, key) => post(path(view, `duties/${encodeURIComponent(duty.key)}/waive`), filled({
    reason: typed(data, "reason"), staff: typed(data, "staff"), heard_by: typed(data, "heard_by"),
  }), key));
}

export function note(dialog, view) {
  ask(dialog, `记一笔 · ${view.code}`, [
    el("p", { class: "hint" }, "只是记下来，不会通知任何人，也不会改变级别；事实请用“补充事实”。"),
    field("内容", el("textarea", { name: "text", required: true, maxlength: 1000 })),
  ], "记下", (data, key) => post(path(view, "notes"), { text: typed(data, "text") }, key));
}

// ---- taken up again --------------------------------------------------------------------------------

export function reopen(dialog, view) {
  ask(dialog, `重新启动 · ${view.code}`, [
    el("p", { class: "notice wait" }, "重新计时、重新呼叫；原来的经过都留着。"),
    reason(true),
  ], "重新启动", (data, key) => post(path(view, "reopen"), { reason: typed(data, "reason") }, key));
}

/** `id`: what was merged or attached, which may be this incident or one that came into it. */
export function split(dialog, view, id, report) {
  const move = el("div", { hidden: true }, placeFields(null));
  const other = el("input", { type: "checkbox", name: "moved", change: () => { move.hidden = !other.checked; } });
  ask(dialog, `拆分 · ${view.code}`, [
    el("p", { class: "notice wait" }, report ? "这条上报会立即作为单独的警情启动并呼叫。" : "拆出的警情会单独继续，还没有落实的环节随它走。"),
    reason(true),
    el("label", { class: "check" }, other, "拆出的一件在别的地点"), move,
  ], "拆分", (data, key) => post(`/api/v1/incidents/${encodeURIComponent(id)}/split`, filled({
    reason: typed(data, "reason"), place: data.get("moved") ? placeOf(data) : null,
  }), key));
}

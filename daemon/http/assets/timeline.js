// Events of the journal as sentences. An event without a sentence is bookkeeping and is left out.
import { time } from "./dom.js";
import { channelLabel, dutyLabel, endLabel, factLabel, levelLabel, registerLabel, roleLabel, ruleLabel, valueLabel, wordLabel } from "./vocabulary.js";

const notices = new Set(["asked", "paged", "send_started", "send_finished", "channel_added", "unreachable"]);
export const isNotice = (type) => notices.has(type);

const why = { due: "", cannot: "（有人去不了，立即升级）", empty: "（上一级无人）", unreachable: "（上一级联系不上）", reopened: "（重新呼叫）" };
const late = (ms) => (ms >= 1000 ? `（迟 ${Math.round(ms / 1000)} 秒）` : "");
const page = (context, id) => context.pages.find((one) => one.id === id);
const by = (body, context) => (body.by?.staff ? context.name(body.by.staff) : "值守台");

const system = (text, tone) => ({ who: "系统", text, tone });
const human = (text) => ({ who: "人工", text, tone: "human" });
const because = (body) => (body.reason ? `：${body.reason}` : "");

const sentences = {
  reported: (body, context) => human(`${by(body, context)} 登记上报，编号 ${body.code}`),
  opened: (body, context) => (body.because === "trusted" ? system(`启动，${levelLabel(body.level)}`)
    : body.because === "triage" ? human(`${by(body, context)} 核实后启动，${levelLabel(body.level)}`)
      : system(`逾时无人核实，自动启动，${levelLabel(body.level)}`, "alarm")),
  dismissed: (body, context) => human(`${by(body, context)} 不予受理${body.reason ? `：${body.reason}` : ""}`),
  attached: (body, context) => human(body.incident === context.id ? `${by(body, context)} 把这条上报并入另一件` : `${by(body, context)} 并入一条上报`),
  facts_set: (body, context) => human(`${by(body, context)} 更新事实：${Object.entries(body.facts ?? {})
    .map(([name, value]) => `${factLabel(name)} ${valueLabel(name, value)}`).join("，")}`),
  level_raised: (body) => system(`级别${body.from ? `由${levelLabel(body.from)}` : ""}升为${levelLabel(body.to)}：${(body.because ?? []).map(ruleLabel).join("、")}`, "alarm"),
  duty_opened: (body) => system(`启动环节：${dutyLabel(body.duty)}`),
  duty_raised: (body) => system(`${dutyLabel(body.duty)}：按${levelLabel(body.level)}加快`),
  rung_reached: (body) => (body.skipped ? null : system(
    `${dutyLabel(body.duty)}：第 ${body.rung + 1} 级${body.empty ? "无人可呼" : ""}${why[body.because] ?? ""}${late(body.late_by)}`,
    body.empty ? "alarm" : undefined)),
  repeat_reached: (body) => system(`${dutyLabel(body.duty)}：仍无人落实，第 ${body.repeat} 次重复呼叫${late(body.late_by)}`, "alarm"),
  asked: (body, context) => system(`${dutyLabel(body.duty)}：呼叫 ${context.name(body.staff)}（${roleLabel(body.role)}）`),
  paged: (body, context) => system(`通知 ${context.name(body.staff)}：${(body.channels ?? []).map(channelLabel).join("、")}${late(body.late_by)}`),
  answered: (body, context) => human(`${context.name(body.staff)}：${wordLabel(body.answer)}（${dutyLabel(body.duty)}）`
    + `${body.eta ? `，预计 ${time(body.eta)} 到` : ""}${body.reason ? `，${body.reason}` : ""}`
    + `${body.by?.staff && body.by.staff !== body.staff ? `，${context.name(body.by.staff)} 代为确认` : ""}${body.late ? "（环节已结束）" : ""}`),
  duty_done: (body, context) => system(`已落实：${dutyLabel(body.duty)}${body.by ? `（${context.name(body.by)}）` : ""}`),
  duty_reopened: (body, context) => system(`重新启动：${dutyLabel(body.duty)}${body.by ? `（${context.name(body.by)} 撤回或逾时未到）` : ""}`, "alarm"),
  duty_lapsed: (body) => system(`逾时：${dutyLabel(body.duty)}${body.final ? "" : "（再次催促）"}`, "alarm"),
  duty_waived: (body, context) => human(`${context.name(body.staff)} 免除：${dutyLabel(body.duty)}${because(body)}`),
  duty_moot: (body) => system(`不再需要：${dutyLabel(body.duty)}`),
  register_entered: (body, context) => (body.by?.account
    ? human(`${by(body, context)} 登记 ${registerLabel(body.name)}由 ${context.name(body.staff)} 担任${because(body)}`)
    : system(`${registerLabel(body.name)}：${context.name(body.staff)}`)),
  register_left: (body, context) => system(`离开${registerLabel(body.name)}：${context.name(body.staff)}`),
  hole_found: (body) => system(`岗位空缺：${roleLabel(body.role)}`, "alarm"),
  recorded: (body, context) => human(`${by(body, context)} 提交记录：${dutyLabel(body.duty)}`),
  end_signed: (body, context) => human(`${context.name(body.staff)} 签署：${endLabel(body.end)}${body.subject ? `（${context.subject(body.subject)}）` : ""}`),
  ended: (body, context) => human(`签署齐全：${endLabel(body.end)}${body.subject ? `（${context.subject(body.subject)}）` : ""}`),
  level_lowered: (body) => human(`级别由${levelLabel(body.from)}降为${levelLabel(body.to)}`),
  subject_added: (body, context) => human(`${by(body, context)} 加入${context.subject(body.subject?.id)}`),
  subject_identified: (body, context) => human(`${by(body, context)} ${body.corrected ? "更正" : "认定"}${context.subject(body.subject?.id)}的身份`),
  subject_closed: (body, context) => human(`${context.subject(body.subject)}的部分结束`),
  place_set: (body, context) => human(`${by(body, context)} 更正地点：${body.place?.label || "见来电内容"}`),
  noted: (body, context) => human(`${by(body, context)} 记：${body.text ?? "（内容不公开）"}`),
  reopened: (body, context) => (body.by?.account
    ? human(`${by(body, context)} 重新启动（第 ${body.cycle} 次），${levelLabel(body.level)}${because(body)}`)
    : system(`情况变坏，重新启动（第 ${body.cycle} 次），${levelLabel(body.level)}`, "alarm")),
  protocol_switched: (body, context) => human(`${by(body, context)} 换用另一版预案${because(body)}`),
  suggested: () => system("可能与另一件警情是同一件，请判断"),
  suggestion_dropped: (body, context) => human(`${by(body, context)} 判断：不是同一件`),
  drill_paused: (body) => system(body.paused ? "演练暂停：同处有真实警情" : "演练继续", "alarm"),
  merged: (body, context) => human(body.incident === context.id ? `${by(body, context)} 把这一件并入另一件${because(body)}` : `${by(body, context)} 并入另一件警情${because(body)}`),
  split_off: (body, context) => human(body.incident === context.id ? `${by(body, context)} 拆出，单独继续${because(body)}` : `${by(body, context)} 拆出并入的一件${because(body)}`),
  duty_carried: (body) => system(`环节随合并或拆分转来：${dutyLabel(body.was)}`),
  send_finished: (body, context) => {
    const to = page(context, body.page);
    const who = to ? to.name : "";
    const channel = channelLabel(body.channel);
    if (body.state === "accepted") return system(`${channel}已送出 ${who}`);
    if (body.state === "dropped") return system(`${channel}未发 ${who}：已不需要`);
    return system(`${channel}${body.state === "queued" ? "暂未送出，将重试" : body.state === "unknown" ? "结果不明" : "失败"} ${who}${body.detail ? `：${body.detail}` : ""}`, "alarm");
  },
  channel_added: (body, context) => system(`${page(context, body.page)?.name ?? ""} 改用${channelLabel(body.channel)}`),
  unreachable: (body, context) => system(`联系方式均不通：${context.name(body.staff)}`, "alarm"),
};

/** {who, text, tone} or null. */
export function entry(event, context) {
  return sentences[event.type]?.(event.body ?? {}, context) ?? null;
}

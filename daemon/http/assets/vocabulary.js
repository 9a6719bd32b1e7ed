// The words of the protocol in force, put into the page by the server: labels, never logic.
import { setZone } from "./dom.js";

const words = JSON.parse(document.body.dataset.vocabulary || "{}");
export const viewer = JSON.parse(document.body.dataset.viewer || "{}");
const allowed = (document.body.dataset.may || "").split(" ");

if (typeof words.utc_offset_minutes === "number") setZone(words.utc_offset_minutes);

const byName = (list) => new Map((list ?? []).map((entry) => [entry.name, entry]));
const levels = byName(words.levels);
const facts = byName(words.facts);
const registers = byName(words.registers);
const channels = { sms: "短信", voice: "电话", wecom: "企业微信", webhook: "系统接口" };

// Where a fact is known from, as the desk says it. One word each: it stands in the open journal.
export const sources = { caller: "来电人", scene: "现场人员", cctv: "监控", staff: "教职工", student: "学生", family: "家长亲属", other: "其他", protocol: "按协议认定", record: "登记", identity: "身份更正", daemon: "系统" };

export const places = words.places ?? {};
export const events = words.events ?? [];
export const phases = words.phases ?? [];
export const ends = words.ends ?? [];
export const allFacts = words.facts ?? [];
export const allRegisters = words.registers ?? [];

export const may = (what) => allowed.includes(what);
export const severity = (level) => levels.get(level)?.severity ?? 9;
export const levelLabel = (level) => levels.get(level)?.label ?? level ?? "未定级";
export const wordLabel = (word) => words.words?.[word] ?? word;
export const roleLabel = (role) => words.roles?.[role] ?? role;
export const dutyLabel = (duty) => words.duties?.[(duty ?? "").split(/[@#]/)[0]] ?? duty;
export const ruleLabel = (rule) => words.rules?.[rule] ?? rule;
export const endLabel = (name) => ends.find((end) => end.name === name)?.label ?? name;
export const registerLabel = (name) => registers.get(name)?.label ?? name;
export const channelLabel = (name) => channels[name] ?? name;
export const sourceLabel = (word) => sources[word] ?? word;
/** What is missing, by the code of the refusal: our words for it, or those of the protocol. */
export function said(code, detail) {
  const label = (detail ?? "").replace(/^[A-Z]+\d\S* (?=\S)/, ""); // without the key in front of it
  return words.refusals?.[code]?.replace("{}", () => label) ?? (detail || code);
}
export const factOf = (name) => facts.get(name);
export const factLabel = (name) => facts.get(name)?.label ?? name;

/** A fact's value in words: "unknown", one word, or several. */
export function valueLabel(name, value) {
  const known = facts.get(name)?.values ?? [];
  const label = (word) => known.find((entry) => entry.value === word)?.label ?? (word === "unknown" ? "不知道" : word);
  return (Array.isArray(value) ? value : [value]).map(label).join("、") || "不知道";
}

// What the duty desk does every few minutes: answers, facts, records, decisions, signatures.
import { el, time } from "./dom.js";
import { post } from "./api.js";
import { ask, choices, field, filled, line, onBehalf, path, subjectChoice, subjectLabel, typed } from "./form.js";
import { dial } from "./parts.js";
import { allFacts, factOf, said, sources, valueLabel, viewer, wordLabel } from "./vocabulary.js";

/** Somebody answered by telephone; the desk passes it on. */
export function answerFor(dialog, view, duty = null, asked = null) {
  const open = view.duties.filter((one) => one.state === "open" && one.answers.length && one.asked.length);
  const pairs = (duty ? [duty] : open).flatMap((one) => (asked ? [asked] : one.asked).map((person) => ({ duty: one, person })));
  if (!pairs.length) return;
  const who = el("select", { name: "who" }, pairs.map((pair, index) =>
    el("option", { value: index }, `${pair.person.name}（${pair.person.role_label}） · ${pair.duty.label}`)));
  const words = el("div");
  const paint = () => words.replaceChildren(choices("answer", "本人的答复", pairs[Number(who.value)].duty.answers.map((word) => [word, wordLabel(word)]), ""));
  who.addEventListener("change", paint);
  paint();
  ask(dialog, `代为确认 · ${view.code}`, [
    field("谁的答复", who), words,
    field("预计几分钟到", el("input", { type: "number", name: "eta", min: 1, max: 600, inputmode: "numeric" }), "没说可不填"),
    field("谁听到的", el("input", { type: "text", name: "heard_by", required: true, maxlength: 64, value: viewer.staff || viewer.name || "" }), "接听电话的人"),
    field("说明", el("input", { type: "text", name: "reason", maxlength: 200 }), "去不了时请写原因"),
  ], "确认", (data, key) => {
    const pair = pairs[Number(data.get("who"))];
    return post(path(view, "answers"), filled({
      answer: data.get("answer"), ask: pair.duty.key, staff: pair.person.staff, heard_by: data.get("heard_by"),
      eta_minutes: data.get("eta") ? Number(data.get("eta")) : null, reason: data.get("reason"),
    }), key);
  });
}

function control(fact, name) {
  const known = factOf(fact);
  if (known?.values?.length && known.kind === "set") {
    return el("fieldset", {}, el("legend", {}, known.label), el("div", { class: "choices" }, known.values.map((value) =>
      el("label", {}, el("input", { type: "checkbox", name, value: value.value }), value.label))));
  }
  if (known?.values?.length) {
    return choices(name, known.label, [...known.values.map((value) => [value.value, value.label]), ["unknown", "不知道"]], "unknown");
  }
  return field(known?.label ?? fact, el("input", { type: "text", name, maxlength: 200 }));
}

export function setFacts(dialog, view) {
  const many = (view.subjects ?? []).length > 1;
  const subject = subjectChoice(view);
  const which = el("select", { name: "fact" }, allFacts.map((fact) => {
    const now = (view.facts ?? []).find((known) => known.name === fact.name);
    return el("option", { value: fact.name }, `${fact.label}（现：${now ? valueLabel(fact.name, now.value) : "不知道"}）`);
  }));
  const values = el("div");
  const paint = () => values.replaceChildren(control(which.value, "value"));
  which.addEventListener("change", paint);
  paint();
  ask(dialog, `补充事实 · ${view.code}`, [
    field("事实", which), values, many ? field("关于谁", subject) : null,
    field("从哪里得知", el("select", { name: "source" }, Object.entries(sources).map(([word, label]) => el("option", { value: word }, label)))),
  ], "提交", (data, key) => {
    const fact = factOf(data.get("fact"));
    const value = data.getAll("value");
    const whole = fact.kind === "set" ? (value.length ? value : "unknown") : value[0];
    return post(path(view, "facts"), filled({
      facts: { [fact.name]: whole }, subject: many && fact.per_subject ? data.get("subject") : null, source: data.get("source"),
    }), key);
  });
}

/** A record that satisfies a duty: its fields are the protocol's. */
export function record(dialog, view, duty) {
  const known = (one) => factOf(one.fact ?? one.name)?.values?.length;
  ask(dialog, `${duty.label} · ${view.code}`, duty.record.map((one) => (known(one)
    ? control(one.fact ?? one.name, one.name)
    : field(one.label, el("input", { type: "text", name: one.name, maxlength: 500, required: one.required }), one.required ? "" : "可不填"))).concat([
    onBehalf(view, "谁的记录", "替现场人员记录时填他的工号", { staff: "record_of", heard: "record_heard_by" }),
  ]),
  "提交", (data, key) => {
    const fields = {};
    for (const one of duty.record) {
      const value = data.getAll(one.name).join(",");
      if (value) fields[one.name] = value;
    }
    return post(path(view, `duties/${encodeURIComponent(duty.key)}/records`), filled({
      fields, staff: typed(data, "record_of"), heard_by: typed(data, "record_heard_by"),
    }), key);
  });
}

/** What a person decided. The number is dialled by hand; here it is only written down. */
export function decide(dialog, view, decision) {
  ask(dialog, `${decision.label} · ${view.code}`, [
    decision.dial || view.kind === "drill" ? el("p", { class: "hint" }, dial(view.kind, decision.dial), "　系统不会替您拨打") : null,
    choices("value", "决定", decision.values.map((word) => [word, wordLabel(word)]), ""),
    field("理由", line("reason"), "暂不、不需要时必填"),
    field("何时拨打", line("at", { maxlength: 40 }), "可不填"),
    onBehalf(view, "谁的决定", ""),
  ], "登记", (data, key) => post(path(view, "decisions"), filled({
    decision: decision.decision, ask: decision.duty, value: data.get("value"), reason: typed(data, "reason"), at: typed(data, "at"),
    staff: typed(data, "staff"), heard_by: typed(data, "heard_by"),
  }), key));
}

/** Two incidents may be one: a person says so, or says that they are two. */
export function judge(dialog, view, suggestion) {
  ask(dialog, `是否同一事件 · ${view.code}`, [
    choices("verdict", "看过之后", [["keep-apart", "不是同一件，各自处置"], ["merge", "是同一件，合并"]], ""),
    field("理由", el("input", { type: "text", name: "reason", maxlength: 200 }), "可不填"),
  ], "确定", (data, key) => post(path(view, data.get("verdict")), filled({
    with: suggestion.incident, reason: data.get("verdict") === "merge" ? data.get("reason") : "",
  }), key));
}

/** Who has signed an ending, and who must still. */
export function signatures(row) {
  const left = row.signers - row.signed.length;
  return [
    row.signed.map((one) => el("li", {}, el("span", { class: "tag good" }, "✓ 已签"), ` ${one.name}（${time(one.at)}）`)),
    left > 0 ? el("li", {}, el("span", { class: "tag wait" }, `还差 ${left} 人`), " ",
      row.open_to.length ? row.open_to.join(left > 1 ? "；" : "，或 ") : "已签的人已不在岗，须由现任者协商") : null,
  ];
}

/** An ending: what is still missing is said before anything is signed. */
export function end(dialog, view, ending, about = null) {
  const rows = (view.endings ?? []).filter((row) => row.end === ending.name);
  const subject = ending.per_subject ? subjectChoice(view, (view.subjects ?? []).filter((one) => rows.some((row) => row.subject === one.id))) : null;
  const state = el("div", { class: "stack" });
  if (subject && about) subject.value = about;
  const paint = () => {
    const row = rows.find((one) => !subject || one.subject === subject.value);
    const missing = [...new Set((row?.missing ?? []).filter((one) => one.code !== "signer").map((one) => said(one.code, one.detail)))];
    state.replaceChildren(
      ...(missing.length ? [el("div", { class: "notice wait" }, "还缺：", el("ul", {}, missing.map((one) => el("li", {}, one))))] : []),
      el("ul", { class: "signatures" }, row ? signatures(row) : null));
  };
  subject?.addEventListener("change", paint);
  paint();
  ask(dialog, `${ending.label} · ${view.code}`, [
    subject ? field("关于谁", subject) : null, state,
    ending.evidence.map((one) => field(one.label, el("textarea", { name: one.name, required: true, maxlength: 1000 }))),
    onBehalf(view, "签署人", "一个账号只能经手一次签署", { own: false }),
    el("p", { class: "hint" }, ending.signers.length > 1 ? "须由不同的人各签一次；定时器不会替人办结。" : "定时器不会替人办结。"),
  ], "签署", (data, key) => post(path(view, `endings/${encodeURIComponent(ending.name)}`), filled({
    evidence: Object.fromEntries(ending.evidence.map(({ name }) => [name, typed(data, name)])),
    subject: ending.per_subject ? data.get("subject") : null, staff: typed(data, "staff"), heard_by: typed(data, "heard_by"),
  }), key));
}

/** Endings that people have begun to sign, as a list for the page. */
export const begun = (view, labelOf, button) => (view.endings ?? []).filter((row) => row.signed.length && row.signed.length < row.signers)
  .map((row) => el("div", {}, el("dt", {}, labelOf(row.end), row.subject ? ` ${subjectLabel(view, row.subject)}` : ""),
    el("dd", {}, el("ul", { class: "signatures" }, signatures(row)), button(row))));

export function triage(dialog, report, verdict, incidents) {
  const to = `/api/v1/reports/${encodeURIComponent(report.id)}/${verdict}`;
  const reason = field("理由", el("input", { type: "text", name: "reason", required: verdict === "dismiss", maxlength: 200 }), verdict === "dismiss" ? "" : "可不填");
  if (verdict === "attach" && !incidents.length) {
    ask(dialog, `并入 · ${report.code}`, [el("p", {}, "没有进行中的警情可以并入。")], "知道了", async () => {});
    return;
  }
  const into = el("select", { name: "into" }, incidents.map((one) => el("option", { value: one.id }, `${one.code} · ${one.place || "地点待核实"}`)));
  ask(dialog, `${{ open: "立即启动", attach: "并入", dismiss: "不予受理" }[verdict]} · ${report.code}`,
    [verdict === "attach" ? field("并入哪一条", into) : null, reason], "确定",
    (data, key) => post(to, filled({ into: data.get("into"), reason: data.get("reason") }), key));
}

// What the duty desk does: each is a form in a dialog, sent once under one key, refused in words.
import { el } from "./dom.js";
import { newKey, post } from "./api.js";
import { allFacts, factOf, sources, valueLabel, viewer, wordLabel } from "./vocabulary.js";

/** Shows a form. `send(fields, key)` does the work; what it throws is shown, and may be tried again. */
function ask(dialog, title, parts, submit, send) {
  const key = newKey();
  const fault = el("div", { role: "alert" });
  const button = el("button", { class: "button primary", type: "submit" }, submit);
  const form = el("form", {
    method: "dialog",
    submit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        await send(new FormData(form), key);
        dialog.close();
      } catch (error) {
        fault.replaceChildren(el("div", { class: "notice bad" }, error.message,
          error.more?.length ? el("ul", {}, error.more.map((line) => el("li", {}, line))) : null));
      } finally {
        button.disabled = false;
      }
    },
  },
  el("h2", {}, title), parts, fault,
  el("div", { class: "row-buttons" },
    el("button", { class: "button", type: "button", click: () => dialog.close() }, "取消"), button));
  dialog.replaceChildren(form);
  dialog.showModal();
}

const field = (label, control, hint) => el("label", {}, label, hint ? el("span", { class: "hint" }, ` ${hint}`) : null, control);

function choices(name, legend, options, chosen) {
  return el("fieldset", {}, el("legend", {}, legend), el("div", { class: "choices" }, options.map(([value, text], index) =>
    el("label", {}, el("input", { type: "radio", name, value, required: true, checked: chosen === value || (chosen === undefined && index === 0) }), text))));
}

const path = (view, rest) => `/api/v1/incidents/${encodeURIComponent(view.id)}/${rest}`;
const filled = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== "" && value !== null && value !== undefined));

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
  const subject = el("select", { name: "subject" }, (view.subjects ?? []).map((one, index) =>
    el("option", { value: one.id }, `对象 ${index + 1}${one.college_name ? ` · ${one.college_name}` : ""}`)));
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
    field("谁的记录（工号）", el("input", { type: "text", name: "record_of", maxlength: 64, value: viewer.staff ?? "" }), "替现场人员记录时填他的工号"),
    field("谁听到的", el("input", { type: "text", name: "record_heard_by", maxlength: 64 }), "替人记录时填写"),
  ]),
  "提交", (data, key) => {
    const fields = {};
    for (const one of duty.record) {
      const value = data.getAll(one.name).join(",");
      if (value) fields[one.name] = value;
    }
    return post(path(view, `duties/${encodeURIComponent(duty.key)}/records`), filled({
      fields, staff: data.get("record_of"), heard_by: data.get("record_heard_by"),
    }), key);
  });
}

/** What a person decided. The number is dialled by hand; here it is only written down. */
export function decide(dialog, view, decision) {
  ask(dialog, `${decision.label} · ${view.code}`, [
    decision.dial ? el("p", { class: "hint" }, el("a", { href: `tel:${decision.dial}` }, `拨打 ${decision.dial}`), "　由人拨打，系统不会替您拨打") : null,
    choices("value", "决定", decision.values.map((word) => [word, wordLabel(word)])),
    field("理由", el("input", { type: "text", name: "reason", maxlength: 200 }), "暂不、不需要时必填"),
    field("何时拨打", el("input", { type: "text", name: "at", maxlength: 40 }), "可不填"),
    field("谁的决定（工号）", el("input", { type: "text", name: "staff", maxlength: 64, value: viewer.staff ?? "" })),
    field("谁听到的", el("input", { type: "text", name: "heard_by", maxlength: 64 }), "替人登记时填写"),
  ], "登记", (data, key) => post(path(view, "decisions"), filled({
    decision: decision.decision, ask: decision.duty, value: data.get("value"), reason: data.get("reason"), at: data.get("at"),
    staff: data.get("staff"), heard_by: data.get("heard_by"),
  }), key));
}

/** Two incidents may be one: a person says so, or says that they are two. */
export function judge(dialog, view, suggestion) {
  ask(dialog, `是否同一事件 · ${view.code}`, [
    choices("verdict", "看过之后", [["keep-apart", "不是同一件，各自处置"], ["merge", "是同一件，合并"]]),
    field("理由", el("input", { type: "text", name: "reason", maxlength: 200 }), "可不填"),
  ], "确定", (data, key) => post(path(view, data.get("verdict")), filled({
    with: suggestion.incident, reason: data.get("verdict") === "merge" ? data.get("reason") : "",
  }), key));
}

/** An ending: what is still missing is said before anything is signed. */
export function end(dialog, view, ending) {
  const missing = view.missing_for_end?.[ending.name] ?? [];
  const labels = { reason: "理由", seen: "谁、何时、何地当面见到（或如何查遍现场）", kind: "性质（误会、已解决、恶意）" };
  const evidence = (name) => labels[name] ?? name;
  ask(dialog, `${ending.label} · ${view.code}`, [
    missing.length ? el("div", { class: "notice wait" }, "还缺：", el("ul", {}, missing.map((one) => el("li", {}, one.detail || one.code)))) : null,
    ending.evidence.map((name) => field(evidence(name), el("textarea", { name, required: true, maxlength: 1000 }))),
    ending.per_subject ? field("关于谁", el("select", { name: "subject" }, (view.subjects ?? []).map((one, index) =>
      el("option", { value: one.id }, `对象 ${index + 1}${one.college_name ? ` · ${one.college_name}` : ""}`)))) : null,
    field("签署人工号", el("input", { type: "text", name: "staff", maxlength: 64, value: viewer.staff ?? "" }), ending.signers.join("；")),
    field("谁听到的", el("input", { type: "text", name: "heard_by", maxlength: 64 }), "替人签署时填写；一个账号只能经手一次签署"),
    el("p", { class: "hint" }, "需不同的人各签一次；定时器不会替人办结。"),
  ], "签署", (data, key) => post(path(view, `endings/${encodeURIComponent(ending.name)}`), filled({
    evidence: Object.fromEntries(ending.evidence.map((name) => [name, data.get(name)])),
    subject: ending.per_subject ? data.get("subject") : null, staff: data.get("staff"), heard_by: data.get("heard_by"),
  }), key));
}

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

// A form in a dialog, sent once under one key, refused in words: what every action here is made of.
import { el } from "./dom.js";
import { newKey } from "./api.js";
import { viewer } from "./vocabulary.js";

/** Shows a form. `send(fields, key)` does the work; what it throws is shown, and may be tried again. */
export function ask(dialog, title, parts, submit, send) {
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
        fault.scrollIntoView({ block: "nearest" });
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

export const field = (label, control, hint) => el("label", {}, label, hint ? el("span", { class: "hint" }, ` ${hint}`) : null, control);
export const line = (name, more = {}) => el("input", { type: "text", name, maxlength: 200, autocomplete: "off", ...more });

export function choices(name, legend, options, chosen) {
  return el("fieldset", {}, el("legend", {}, legend), el("div", { class: "choices" }, options.map(([value, text], index) =>
    el("label", {}, el("input", { type: "radio", name, value, required: true, checked: chosen === value || (chosen === undefined && index === 0) }), text))));
}

/** Everybody this incident knows, so that a number of a member of staff need not be known by heart. */
function people(view) {
  const known = new Map();
  const add = (one) => known.set(one.staff, `${one.name}（${one.role_label || "值守"}）`);
  for (const duty of view.duties ?? []) duty.asked.forEach(add);
  for (const list of Object.values(view.registers ?? {})) list.forEach(add);
  if (viewer.staff) known.set(viewer.staff, `${viewer.name}（本人）`);
  return el("datalist", { id: "known-people" }, [...known].map(([staff, label]) => el("option", { value: staff }, label)));
}

export const staffLine = (name, more = {}) => line(name, { maxlength: 64, list: "known-people", ...more });

/** For whom this is done, and who heard it from them when that is somebody else. */
export function onBehalf(view, label, hint, { staff = "staff", heard: heard_by = "heard_by", own = true } = {}) {
  const heard = line(heard_by, { maxlength: 64 });
  const judge = (event) => { heard.required = (event?.target.value.trim() ?? viewer.staff ?? "") !== (viewer.staff ?? ""); };
  judge();
  return [
    field(`${label}（工号）`, staffLine(staff, { required: true, value: own ? viewer.staff ?? "" : "", input: judge }), hint),
    field("谁听到的", heard, "替别人办时必填：接听的人"),
    people(view),
  ];
}

export const path = (view, rest) => `/api/v1/incidents/${encodeURIComponent(view.id)}/${rest}`;
export const filled = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== "" && value !== null && value !== undefined));
/** What was typed, without the spaces around it. */
export const typed = (data, name) => (data.get(name) ?? "").trim();

export const subjectLabel = (view, id) => {
  const index = (view.subjects ?? []).findIndex((one) => one.id === id);
  const subject = view.subjects?.[index];
  return subject ? `对象 ${index + 1}${subject.college_name ? ` · ${subject.college_name}` : ""}` : "";
};
export const subjectChoice = (view, list = view.subjects ?? []) => el("select", { name: "subject" },
  list.map((one) => el("option", { value: one.id }, subjectLabel(view, one.id))));

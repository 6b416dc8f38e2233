/** What can be set of a webhook beside its URL. */

import { patch } from "../api.js";
import { fill, h } from "../dom.js";
import { words } from "../parts/badge.js";
import { busy, field, refuseFields } from "../parts/field.js";
import { toast } from "../parts/messages.js";
import { refusal, tell } from "../parts/states.js";

const MILESTONES = [
  "accepted",
  "first_scan",
  "in_transit",
  "out_for_delivery",
  "attempted",
  "ready_for_pickup",
  "delivered",
  "exception",
  "returned",
];

/** A form of those settings that the webhook has. `saved(subscription)` is called with what it is afterwards. */
export function settingsForm(found, path, saved) {
  const problem = h("div");
  const groups = [urlGroup(found), policyGroup(found), limitGroup(found), filterGroup(found), headerGroup(found)].filter(Boolean);
  const fields = groups.flatMap((group) => group.fields);
  const save = h("button", { type: "submit", class: "primary" }, "Save settings");
  const submit = async (submitted) => {
    submitted.preventDefault();
    fill(problem);
    fields.forEach((each) => each.accept());
    const wrong = groups.map((group) => group.check?.()).find(Boolean);
    if (wrong) {
      wrong.control.focus();
      return;
    }
    const wanted = Object.assign({}, ...groups.map((group) => group.read()));
    try {
      saved(await busy(save, () => patch(path, wanted)));
      toast("Settings saved.");
    } catch (error) {
      const left = error.errors?.length ? refuseFields(error, fields) : null;
      if (!left || left.length) tell(problem, refusal(left ? { message: error.message, errors: left } : error));
    }
  };
  return h("form", { submit, novalidate: true }, groups.map((group) => group.element), problem, save);
}

function urlGroup(found) {
  const url = field("URL", h("input", { type: "url", value: found.url, spellcheck: "false", autocomplete: "off" }), { pointer: "/url" });
  return { element: url.element, fields: [url], read: () => (url.control.value.trim() === found.url ? {} : { url: url.control.value.trim() }) };
}

function policyGroup(found) {
  const { retry_policy: policy } = found;
  const attempts = field("Attempts in all", number(policy.attempts, 1, 10), { pointer: "/retry_policy/attempts" });
  const minutes = field("Minutes apart", number(Number((policy.interval_seconds / 60).toFixed(2)), 1, 1440), { pointer: "/retry_policy/interval_seconds" });
  const isDefault = checkbox("The vendor's own", policy.is_default);
  const follow = () => [attempts, minutes].forEach(({ control }) => (control.disabled = isDefault.control.checked));
  isDefault.control.addEventListener("change", follow);
  follow();
  const read = () => ({
    retry_policy: isDefault.control.checked
      ? null
      : { attempts: Number(attempts.control.value), interval_seconds: Math.round(Number(minutes.control.value) * 60) },
  });
  return { element: fieldset("Retries", isDefault.element, h("div", { class: "pair" }, attempts.element, minutes.element)), fields: [attempts, minutes], read };
}

function limitGroup(found) {
  if (!("rate_limit" in found)) return null;
  const limit = found.rate_limit ?? {};
  const rate = field("Requests a second", number(limit.per_second, 0, null), { pointer: "/rate_limit/per_second" });
  const parallel = field("At the same time", number(limit.concurrency, 1, null), { pointer: "/rate_limit/concurrency" });
  const read = () => {
    const wanted = { per_second: numberOf(rate), concurrency: numberOf(parallel) };
    return { rate_limit: wanted.per_second === null && wanted.concurrency === null ? null : wanted };
  };
  const hint = h("p", { class: "hint" }, "Empty is no limit.");
  return { element: fieldset("Limits", hint, h("div", { class: "pair" }, rate.element, parallel.element)), fields: [rate, parallel], read };
}

function filterGroup(found) {
  if (!("milestones" in found) || !found.event_types.includes("tracking.updated")) return null;
  const names = [...new Set([...MILESTONES, ...(found.milestones ?? [])])];
  const boxes = names.map((name) => checkbox(words(name), found.milestones?.includes(name) ?? false, name));
  const drop = checkbox("Drop a waiting retry once a newer status was delivered", found.drop_superseded);
  const read = () => {
    const chosen = boxes.filter(({ control }) => control.checked).map(({ control }) => control.value);
    return { milestones: chosen.length ? chosen : null, drop_superseded: drop.control.checked };
  };
  const hint = h("p", { class: "hint" }, "None chosen is all of them.");
  const element = fieldset("Tracking updates it gets", hint, h("div", { class: "boxes" }, boxes.map((box) => box.element)), drop.element);
  return { element, fields: [], read };
}

function headerGroup(found) {
  if (!("headers" in found)) return null;
  const before = Object.entries(found.headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  const area = h("textarea", { rows: 3, value: before, spellcheck: "false" });
  const headers = field("Headers", area, { pointer: "/headers", hint: "One a line, as Name: value. They are sent with each delivery." });
  const lines = () => area.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const check = () => {
    const wrong = lines().find((line) => !/^[^:\s]+\s*:/.test(line));
    if (!wrong) return null;
    headers.refuse(`"${wrong.slice(0, 40)}" is no Name: value.`);
    return headers;
  };
  const read = () => {
    if (area.value.trim() === before) return {};
    const pairs = lines().map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
    return { headers: Object.fromEntries(pairs) };
  };
  return { element: headers.element, fields: [headers], read, check };
}

function fieldset(legend, ...children) {
  return h("fieldset", {}, h("legend", {}, legend), children);
}

function number(value, least, most) {
  return h("input", { type: "number", value: value ?? "", min: least, max: most, step: "any", inputmode: "decimal" });
}

function numberOf({ control }) {
  return control.value.trim() === "" ? null : Number(control.value);
}

function checkbox(label, isOn, value = "on") {
  const control = h("input", { type: "checkbox", checked: Boolean(isOn), value });
  return { control, element: h("label", { class: "box" }, control, h("span", {}, label)) };
}

/** States, told by a word and a shape, and by a colour for those who see it. */

import { h } from "../dom.js";
import { icon } from "./icons.js";

const KINDS = {
  delivered: ["good", "check", "Delivered"],
  retrying: ["warn", "again", "Retrying"],
  pending: ["calm", "clock", "Pending"],
  held: ["warn", "pause", "Held"],
  discarded: ["bad", "cross", "Discarded"],
  not_sent: ["calm", "dash", "Not sent"],
  give_up: ["bad", "cross", "Given up"],
  retry: ["warn", "again", "Would be retried"],
  closed: ["good", "check", "Healthy"],
  half_open: ["warn", "clock", "Circuit half open"],
  open: ["bad", "alert", "Circuit open"],
  disabled: ["bad", "alert", "Disabled after failures"],
  slow: ["warn", "clock", "Slow"],
  running: ["calm", "clock", "Running"],
  done: ["good", "check", "Done"],
  cancelled: ["calm", "cross", "Cancelled"],
};

/** The badge of a state. */
export function badge(state, text = null) {
  const [tone, shape, name] = KINDS[state] ?? ["calm", "dash", state];
  return h("span", { class: `badge ${tone}` }, icon(shape), text ?? name);
}

/** The badge of an HTTP status, or of why there is none. */
export function statusBadge(status, error) {
  if (status === null || status === undefined) return h("span", { class: "badge bad" }, icon("cross"), words(error ?? "no answer"));
  const isGood = status >= 200 && status < 300;
  return h("span", { class: `badge ${isGood ? "good" : "bad"}` }, icon(isGood ? "check" : "cross"), String(status));
}

/** A code as words: `not_sent` is "not sent". */
export function words(code) {
  return String(code).replaceAll("_", " ");
}

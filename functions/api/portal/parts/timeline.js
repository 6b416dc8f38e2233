/** Attempts on a time line, the first on top. */

import { h, keep } from "../dom.js";
import { statusBadge } from "./badge.js";
import { codeBlock } from "./code.js";
import { exactly, milliseconds, when } from "./time.js";

/** Brings a time line up to date with the attempts of a delivery, and what comes next. Attempts that are opened stay so. */
export function showTimeline(list, delivery) {
  const { attempts, state, reason, next_attempt_at: due } = delivery;
  const end = next(delivery) && { number: "next", state, reason, due };
  const build = (item) => (item === end ? next(delivery) : attemptItem(item, item === attempts.at(-1)));
  keep(list, [...attempts, end].filter(Boolean), ({ number }) => String(number), build);
}

function attemptItem(attempt, isLast) {
  const isGood = attempt.status_code >= 200 && attempt.status_code < 300;
  return h(
    "li",
    { class: isGood ? "good" : "bad" },
    h(
      "p",
      { class: "line" },
      h("strong", {}, `Attempt ${attempt.number}`),
      statusBadge(attempt.status_code, attempt.error),
      attempt.manual && h("span", { class: "badge calm" }, "Sent by hand"),
      h("span", { class: "soft" }, milliseconds(attempt.duration_ms)),
      h("span", { class: "soft", title: exactly(attempt.at) }, when(attempt.at)),
    ),
    attempt.message && h("p", {}, attempt.message),
    answer(attempt, isLast),
  );
}

function answer(attempt, isOpen) {
  if (attempt.status_code === null) return null;
  const body = attempt.response_body;
  return h(
    "details",
    { open: isOpen && Boolean(body) },
    h("summary", {}, "Response"),
    body ? codeBlock(`Response body of attempt ${attempt.number}`, body) : h("p", { class: "soft" }, "The response had no body."),
  );
}

function next(delivery) {
  if (delivery.next_attempt_at) {
    return h("li", { class: "next" }, h("p", {}, "Next attempt ", when(delivery.next_attempt_at), h("span", { class: "soft" }, ` (${exactly(delivery.next_attempt_at)})`)));
  }
  if (delivery.state === "discarded") {
    return h("li", { class: "end" }, h("p", {}, "Discarded. ", delivery.reason, " You can resend it at any time."));
  }
  if (delivery.state === "held") return h("li", { class: "end" }, h("p", {}, "Held until its webhook is active again."));
  return delivery.attempts.length ? null : h("li", { class: "next" }, h("p", {}, "Not tried yet."));
}

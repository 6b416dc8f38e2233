/** Recovery: all matching deliveries of a webhook again, after a look at what that means. */

import { get, part, post } from "../api.js";
import { fill, h } from "../dom.js";
import { badge, words } from "../parts/badge.js";
import { openDialog } from "../parts/dialog.js";
import { busy, field, refuseFields, select } from "../parts/field.js";
import { announce } from "../parts/messages.js";
import { empty, loading, refusal, tell } from "../parts/states.js";
import { duration, exactly, when } from "../parts/time.js";
import { pause } from "../poll.js";

const STATES = ["discarded", "held", "retrying", "pending", "delivered"];
const HOURS = [
  ["1", "The last hour"],
  ["24", "The last 24 hours"],
  ["168", "The last 7 days"],
  ["720", "The last 30 days"],
  ["", "Since …"],
];

/** What was recovered so far, and a button that begins. */
export function recoveries(subscription, signal) {
  const list = h("div", {}, loading("Reading recoveries"));
  const show = async () => {
    try {
      const answer = await get(`/v1/subscriptions/${part(subscription.id)}/recoveries`, { signal });
      const found = answer.recoveries;
      fill(list, found.length ? h("ul", { class: "verdicts" }, found.slice(0, 5).map((each) => recoveryItem(each, signal))) : null);
    } catch (error) {
      if (!signal.aborted) fill(list, refusal(error));
    }
  };
  show();
  const begin = h("button", { type: "button", click: () => openRecovery(subscription, show) }, "Recover …");
  return [h("p", { class: "soft" }, "Sends what failed once more, at a bounded rate. You see how much it is before it begins."), begin, list];
}

function recoveryItem(recovery, signal) {
  const item = h("li");
  fill(item, recoveryLine(recovery));
  if (recovery.state === "running") follow(recovery, signal, (changed) => fill(item, recoveryLine(changed)));
  return item;
}

function recoveryLine(recovery) {
  return [
    h("p", { class: "line" }, badge(recovery.state), `${recovery.queued} sent again`, h("span", { class: "soft" }, when(recovery.created_at))),
    h("p", { class: "soft" }, `${recovery.states.map(words).join(", ")} since ${exactly(recovery.since)}${recovery.until ? ` until ${exactly(recovery.until)}` : ""}`),
  ];
}

/** Opens the dialog. `closed` is called when it is left. */
export function openRecovery(subscription, closed) {
  const leaving = new AbortController();
  openDialog("Recover deliveries", (close) => recoveryForm(subscription, close, leaving.signal), {
    closed: () => {
      leaving.abort();
      closed();
    },
  });
}

function recoveryForm(subscription, close, signal) {
  const path = `/v1/subscriptions/${part(subscription.id)}/recover`;
  const span = field("What was published in", select(HOURS, "24"));
  const since = field("Since", h("input", { type: "datetime-local" }), { pointer: "/since" });
  const until = field("Until", h("input", { type: "datetime-local" }), { pointer: "/until", hint: "Empty is until now." });
  const exact = h("div", { class: "pair", hidden: true }, since.element, until.element);
  const boxes = STATES.map((state) => h("input", { type: "checkbox", value: state, checked: state === "discarded" }));
  const states = h(
    "fieldset",
    {},
    h("legend", {}, "Which are"),
    h("div", { class: "boxes" }, boxes.map((box) => h("label", { class: "box" }, box, h("span", {}, words(box.value))))),
  );
  const outcome = h("div", { "aria-live": "polite" });
  const check = h("button", { type: "submit", class: "primary" }, "Preview");
  const body = h("div", {}, subscription.url && h("p", { class: "soft url" }, subscription.url), span.element, exact, states);

  span.control.addEventListener("change", () => (exact.hidden = span.control.value !== ""));
  // What was looked at is not what would be sent any more.
  body.addEventListener("input", () => {
    fill(outcome);
    check.className = "primary";
  });

  const wanted = () => {
    const hours = span.control.value;
    const text = (control) => (control.value ? new Date(control.value).toISOString() : undefined);
    return {
      since: hours ? new Date(Date.now() - Number(hours) * 3_600_000).toISOString() : text(since.control),
      until: hours ? undefined : text(until.control),
      states: boxes.filter((box) => box.checked).map((box) => box.value),
    };
  };
  const refuse = (error) => {
    const left = error.errors?.length ? refuseFields(error, [since, until]) : null;
    if (!left || left.length) tell(outcome, refusal(left ? { message: error.message, errors: left } : error));
  };
  const begin = async (button, what) => {
    try {
      const recovery = await busy(button, () => post(path, what));
      body.remove();
      check.remove();
      showProgress(outcome, recovery, signal);
    } catch (error) {
      refuse(error);
    }
  };
  const submit = async (submitted) => {
    submitted.preventDefault();
    const what = wanted();
    if (!what.since) {
      since.refuse("Enter since when.");
      since.control.focus();
      return;
    }
    try {
      const found = await busy(check, () => post(path, { ...what, dry_run: true }));
      fill(outcome, estimate(found, (button) => begin(button, what)));
      check.className = found.deliveries ? "" : "primary";
    } catch (error) {
      refuse(error);
    }
  };
  return h("form", { submit, novalidate: true }, body, outcome, h("div", { class: "actions" }, h("button", { type: "button", click: close }, "Close"), check));
}

function estimate(found, begin) {
  if (!found.deliveries) return h("p", { class: "notice calm" }, "There is nothing that fits.");
  const count = found.deliveries === 1 ? "1 delivery" : `${found.deliveries} deliveries`;
  const go = h("button", { type: "button", class: "primary" }, found.deliveries === 1 ? "Send it again" : `Send ${found.deliveries} again`);
  go.addEventListener("click", () => begin(go));
  return h(
    "div",
    { class: "notice calm" },
    h("p", {}, h("strong", {}, count), ` in about ${duration(found.seconds)}, for about $${found.cost_usd} at list prices.`),
    h("p", {}, go),
  );
}

function showProgress(outcome, recovery, signal) {
  const bar = h("progress", { max: 1, "aria-label": "Sent again" });
  const text = h("p", { role: "status" });
  const problem = h("div");
  const cancel = h("button", { type: "button", class: "danger" }, "Cancel the recovery");
  const show = (changed) => {
    bar.max = Math.max(1, changed.found);
    bar.value = changed.state === "done" ? bar.max : changed.queued;
    fill(text, badge(changed.state), ` ${changed.queued} of ${changed.found} queued again.`);
    cancel.hidden = changed.state !== "running";
  };
  cancel.addEventListener("click", async () => {
    try {
      show(await busy(cancel, () => post(`/v1/recoveries/${part(recovery.id)}/cancel`)));
    } catch (error) {
      tell(problem, refusal(error));
    }
  });
  fill(outcome, bar, text, problem, h("p", {}, cancel));
  show(recovery);
  follow(recovery, signal, show);
}

/** Calls `show` with the recovery each second, until it is over. */
async function follow(recovery, signal, show) {
  let known = recovery;
  while (known.state === "running" && !signal.aborted) {
    await pause(1000, signal);
    if (signal.aborted) return;
    try {
      known = await get(`/v1/recoveries/${part(recovery.id)}`, { signal });
      show(known);
    } catch {
      // It goes on without being looked at.
    }
  }
  if (known.state === "done") announce("The recovery is done.");
}

/** A webhook in the grid: its URL, its switch, its health, and what can be done with it. */

import { get, part, patch, post, remove } from "../api.js";
import { fill, h, urlText } from "../dom.js";
import { badge } from "../parts/badge.js";
import { chart, successRate } from "../parts/chart.js";
import { confirmDialog } from "../parts/dialog.js";
import { busy, field, refuseFields, toggle } from "../parts/field.js";
import { toast } from "../parts/messages.js";
import { refusal, tell } from "../parts/states.js";
import { showTestResult } from "../parts/test_result.js";
import { when } from "../parts/time.js";

/** A row. `reload()` reads the grid anew; `afterRemoval(subscription, button)` tells what gets the focus then. */
export function webhookRow(subscription, { signal, reload, afterRemoval }) {
  const path = `/v1/subscriptions/${part(subscription.id)}`;
  const row = h("li", { class: "webhook", "data-webhook": subscription.id });
  const problem = h("div", { class: "wide" });
  const result = h("div", { class: "wide" });
  const health = h("div", { class: "health" });
  const states = h("p", { class: "states" });
  const name = `${subscription.event} at ${subscription.url}`;

  const on = toggle(`Send ${name}`, subscription.enabled && !subscription.disabled_by_failures, async (wanted) => {
    fill(problem);
    try {
      Object.assign(subscription, await patch(path, { enabled: wanted }));
      toast(wanted ? "Switched on." : "Switched off. It keeps its URL, and nothing is sent.");
      fill(states, stateBadges(subscription));
    } catch (error) {
      tell(problem, refusal(error));
      throw error;
    }
  });

  const edit = h("button", { type: "button", class: "small", "aria-label": `Edit ${name}`, click: () => showForm() }, "Edit");
  const test = h("button", { type: "button", class: "small", "aria-label": `Test ${name}` }, "Test");
  test.addEventListener("click", async () => {
    fill(problem);
    fill(result, h("p", { class: "loading", role: "status" }, "Sending a test …"));
    try {
      showTestResult(result, await busy(test, () => post(`${path}/test`, {}, { signal })), test);
    } catch (error) {
      fill(result);
      tell(problem, refusal(error));
    }
  });
  const drop = h("button", { type: "button", class: "small danger", "aria-label": `Delete ${name}` }, "Delete");
  drop.addEventListener("click", () => {
    const text = `Nothing more is sent to ${subscription.url}. What still waits for it is discarded.`;
    const deleted = async () => {
      await remove(path);
      await reload();
      return "Deleted.";
    };
    confirmDialog(`Delete this ${subscription.event} webhook?`, text, "Delete", deleted, afterRemoval(subscription, drop));
  });

  function show() {
    const link = h("a", { class: "url", href: `#/webhook/${part(subscription.id)}`, title: subscription.url }, urlText(subscription.url));
    fill(states, stateBadges(subscription));
    const actions = h("div", { class: "actions" }, edit, test, drop);
    fill(row, on, h("div", { class: "what" }, link, states), health, actions, problem, result);
  }

  function showForm() {
    const input = h("input", { type: "url", value: subscription.url, spellcheck: "false", autocomplete: "off" });
    const url = field(`URL for ${subscription.event}`, input, { pointer: "/url", hideLabel: true });
    const save = h("button", { type: "submit", class: "small primary" }, "Save");
    const back = () => {
      show();
      edit.focus();
    };
    const submit = async (submitted) => {
      submitted.preventDefault();
      fill(problem);
      try {
        Object.assign(subscription, await busy(save, () => patch(path, { url: input.value.trim() })));
        toast("Saved.");
        back();
      } catch (error) {
        const left = error.errors?.length ? refuseFields(error, [url]) : null;
        if (!left || left.length) tell(problem, refusal(left ? { message: error.message, errors: left } : error));
      }
    };
    const cancel = h("button", { type: "button", class: "small", click: back }, "Cancel");
    const escape = (pressed) => pressed.key === "Escape" && back();
    const form = h("form", { class: "edit", submit, novalidate: true, keydown: escape }, url.element, h("div", { class: "actions" }, save, cancel));
    fill(row, on, form, problem, result);
    input.focus();
    input.select();
  }

  show();
  showHealth(health, path, signal);
  return row;
}

/** What there is to say of a webhook that is not simply well. */
export function stateBadges(subscription) {
  const circuit = subscription.circuit?.state ?? "closed";
  return [
    !subscription.enabled && h("span", { class: "badge calm" }, "Off"),
    subscription.disabled_by_failures && badge("disabled"),
    circuit !== "closed" && badge(circuit),
    subscription.slow && badge("slow"),
  ];
}

async function showHealth(health, path, signal) {
  let stats;
  try {
    stats = await get(`${path}/stats`, { query: { window: "24h" }, signal });
  } catch {
    fill(health, h("p", { class: "soft" }, "No figures for now"));
    return;
  }
  const failed = stats.last && stats.last.outcome !== "delivered" ? stats.last : null;
  fill(
    health,
    h("p", { class: "rate" }, h("strong", {}, successRate(stats)), h("span", { class: "soft" }, " in 24 h")),
    chart(stats.hours),
    failed && h("p", { class: "last" }, failed.message ?? `Answered ${failed.status_code}`, " ", when(failed.at)),
  );
}

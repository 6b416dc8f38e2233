/** The grid: for each dialect a row for each of its events, with its webhooks. */

import { get } from "../api.js";
import { fill, h, keep } from "../dom.js";
import { follower, isNowhere } from "../focus.js";
import { Readings } from "../late.js";
import { words } from "../parts/badge.js";
import { icon } from "../parts/icons.js";
import { empty, loading } from "../parts/states.js";
import { dialectName, session } from "../session.js";
import { newWebhook } from "./new_webhook.js";
import { webhookRow } from "./webhook_row.js";

/** `#/webhooks/<dialect>`, and the webhook that is to be shown first. */
export async function webhooks(page, [chosen, shown], signal) {
  const dialect = session.dialects.find(({ name }) => name === chosen) ?? session.dialects[0];
  const grid = h("div", {}, loading("Reading your webhooks"));
  fill(
    page,
    h("h1", {}, "Webhooks"),
    h("p", { class: "lead" }, "Where your events are sent, and in which vendor's form."),
    dialectTabs(dialect),
    grid,
  );
  const steps = firstSteps(dialect);
  const list = h("ul", { class: "slots", "aria-label": `${dialectName(dialect.name)} events` });
  // The same button of the next webhook for the event, else the event's heading.
  const afterRemoval = ({ event }, button) => {
    const slotOf = () => list.querySelector(`[data-key="${CSS.escape(event)}"]`);
    return follower(button, () => [...slotOf().querySelectorAll("button.danger")], () => slotOf().querySelector("h2"));
  };
  const readings = new Readings();
  // Rows of events whose webhooks are as they were stay, with what is being entered there.
  const show = async (focusId = null, from = null) => {
    const answer = await readings.unlessLate(() => get("/v1/subscriptions", { signal }));
    if (!answer) return;
    const own = answer.subscriptions.filter((each) => each.dialect === dialect.name);
    const isElsewhere = from && !isNowhere(document.activeElement) && !from.contains(document.activeElement);
    const slots = dialect.events.map((event) => ({ event, own: own.filter((each) => each.event === event.name) }));
    keep(list, slots, ({ event }) => event.name, (each) => slot(dialect, each.event, each.own, { signal, reload: show, afterRemoval }));
    if (!grid.contains(list)) fill(grid, notice(dialect), list);
    if (own.length) steps.remove();
    else list.before(steps);
    if (focusId && !isElsewhere) focusRow(grid, focusId);
  };
  await show(shown);
}

function dialectTabs(current) {
  return h(
    "nav",
    { "aria-label": "Vendor" },
    h(
      "ul",
      { class: "segments" },
      session.dialects.map(({ name }) =>
        h("li", {}, h("a", { href: `#/webhooks/${name}`, "aria-current": name === current.name && "true" }, dialectName(name))),
      ),
    ),
  );
}

function notice(dialect) {
  if (!dialect.modes || dialect.modes.includes(session.account.mode)) return null;
  return h("p", { class: "notice warn" }, `${dialectName(dialect.name)} has no test webhooks. Sign in with a live key to have some.`);
}

function firstSteps(dialect) {
  const text = "Enter the address of your endpoint beside an event, and save. Then send a test to see what arrives.";
  return empty(`No ${dialectName(dialect.name)} webhooks yet`, text);
}

function slot(dialect, event, own, context) {
  const list = h("ul", { class: "webhooks" }, own.map((each) => webhookRow(each, context)));
  return h(
    "li",
    { class: "slot" },
    h(
      "div",
      { class: "event" },
      h("h2", {}, sentence(event.name)),
      h("p", { class: "soft" }, h("code", {}, event.name)),
      h("p", { class: "soft types" }, covered(event, dialect)),
    ),
    h("div", { class: "cells" }, own.length > 0 && list, adding(dialect, event, own, context)),
  );
}

/** What an event stands for, where its name does not say it. */
function covered(event) {
  if (!event.event_types.length) return "Nothing is published for it yet.";
  return event.event_types.length > 2 ? `${event.event_types.length} event types` : event.event_types.join(", ");
}

function adding(dialect, event, own, context) {
  const form = () => newWebhook(dialect, event, context);
  if (own.length === 0) return form();
  if (dialect.one_for_an_event) return null;
  const add = h("button", { type: "button", class: "quiet small add" }, icon("plus"), "Another webhook");
  add.setAttribute("aria-label", `Another webhook for ${event.name}`);
  add.addEventListener("click", () => {
    const shown = form();
    add.replaceWith(shown);
    shown.querySelector("input").focus();
  });
  return add;
}

function sentence(name) {
  const text = words(name);
  return text[0].toUpperCase() + text.slice(1);
}

function focusRow(grid, id) {
  const row = grid.querySelector(`[data-webhook="${CSS.escape(id)}"]`);
  if (!row) return;
  row.classList.add("pointed");
  row.scrollIntoView({ block: "center" });
  row.querySelector("a").focus({ preventScroll: true });
}

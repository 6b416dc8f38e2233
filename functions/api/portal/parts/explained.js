/** Why an event did or did not go to each webhook. */

import { part } from "../api.js";
import { fill, h } from "../dom.js";
import { dialectName } from "../session.js";
import { badge } from "./badge.js";
import { attempts } from "./delivery_row.js";
import { empty } from "./states.js";
import { when } from "./time.js";

/** Shows `subscriptions` in `where`, where others were shown before: what is opened and focused there stays. */
export function showExplained(where, subscriptions) {
  const isOpen = where.querySelector(".others")?.open ?? false;
  const focused = where.contains(document.activeElement) ? document.activeElement : null;
  fill(where, explained(subscriptions, isOpen));
  if (focused) [...where.querySelectorAll("a, summary")].find((each) => each.href === focused.href)?.focus();
}

/** A verdict and its reason for each subscription: those that got it first, those to other events folded away. */
function explained(subscriptions, isOpen) {
  if (!subscriptions.length) {
    return empty("There are no webhooks", "Nobody can get this event.", h("a", { href: "#/webhooks" }, "Make one"));
  }
  const others = subscriptions.filter((each) => each.reason === "type_not_subscribed");
  const concerned = subscriptions.filter((each) => !others.includes(each));
  const sorted = concerned.sort((one, other) => Number(one.verdict === "not_sent") - Number(other.verdict === "not_sent"));
  return h(
    "div",
    {},
    sorted.length > 0 ? h("ul", { class: "verdicts" }, sorted.map(verdict)) : empty("No webhook gets such events", "All are for other event types."),
    others.length > 0 &&
      h(
        "details",
        { class: "others", open: isOpen },
        h("summary", {}, others.length === 1 ? "1 webhook for other events" : `${others.length} webhooks for other events`),
        h("ul", { class: "verdicts" }, others.map(verdict)),
      ),
  );
}

function verdict(each) {
  return h(
    "li",
    {},
    h(
      "p",
      { class: "line" },
      badge(each.verdict),
      h("a", { class: "url", href: `#/webhook/${part(each.subscription_id)}` }, `${dialectName(each.dialect)} ${each.event}`),
      h("span", { class: "soft url" }, each.url),
    ),
    h("p", {}, each.explanation),
    each.delivery_id &&
      h(
        "p",
        { class: "soft" },
        h("a", { href: `#/delivery/${part(each.delivery_id)}` }, "See the delivery"),
        ` · ${attempts(each.attempt_count)}`,
        each.next_attempt_at && [" · next ", when(each.next_attempt_at)],
      ),
  );
}

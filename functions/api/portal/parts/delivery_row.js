/** Rows of lists. */

import { part } from "../api.js";
import { h, urlText } from "../dom.js";
import { dialectName } from "../session.js";
import { badge } from "./badge.js";
import { when } from "./time.js";

/** A delivery in a list. */
export function deliveryRow(delivery) {
  const { attempt_count: count } = delivery;
  return h(
    "li",
    {},
    h(
      "a",
      { class: "row", href: `#/delivery/${part(delivery.id)}` },
      h("span", { class: "state" }, badge(delivery.state)),
      h(
        "span",
        { class: "what" },
        h("strong", {}, delivery.event_type),
        delivery.tracking_number && h("code", {}, delivery.tracking_number),
        h("span", { class: "soft url" }, `${dialectName(delivery.dialect)} · `, urlText(delivery.url)),
      ),
      h("span", { class: "soft" }, delivery.reason ?? attempts(count)),
      h("span", { class: "soft at" }, delivery.next_attempt_at ? ["next ", when(delivery.next_attempt_at)] : when(delivery.updated_at)),
    ),
  );
}

/** How often something was tried. */
export function attempts(count) {
  if (!count) return "not tried yet";
  return count === 1 ? "1 attempt" : `${count} attempts`;
}

/** An event in a list. */
export function eventRow(event) {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "row event-row", href: `#/event/${part(event.id)}` },
      h("span", { class: "what" }, h("strong", {}, event.type), event.data?.tracking_number && h("code", {}, event.data.tracking_number)),
      h("span", { class: "soft url" }, h("code", {}, event.id)),
      h("span", { class: "soft at" }, when(event.accepted_at)),
    ),
  );
}

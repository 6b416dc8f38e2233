/** One delivery: its attempts, what was sent, what came back. */

import { get, part, post } from "../api.js";
import { fill, h, urlText } from "../dom.js";
import { Readings } from "../late.js";
import { badge, words } from "../parts/badge.js";
import { facts } from "../parts/code.js";
import { requestBlock } from "../parts/exchange.js";
import { busy } from "../parts/field.js";
import { icon } from "../parts/icons.js";
import { toast } from "../parts/messages.js";
import { loading, refusal } from "../parts/states.js";
import { exactly } from "../parts/time.js";
import { showTimeline } from "../parts/timeline.js";
import { poll } from "../poll.js";
import { dialectName } from "../session.js";

const LIVE_SECONDS = 2;

/** `#/delivery/<id>`. */
export async function delivery(page, [id = ""], signal) {
  const path = `/v1/deliveries/${part(id)}`;
  fill(page, loading("Reading the delivery"));
  const parts = { head: h("div"), attempts: h("ol", { class: "timeline" }), about: h("div"), request: h("div"), problem: h("div") };
  const told = {};
  const update = (found) => {
    // Only what changed is written anew, so that what is opened or selected stays.
    put(told, "head", [found.state, found.event_type], () => fill(parts.head, heading(found)));
    put(told, "attempts", [found.attempts, found.state, found.next_attempt_at], () => showTimeline(parts.attempts, found));
    put(told, "about", [found.state, found.reason, found.url], () => fill(parts.about, about(found)));
    put(told, "request", found.request?.body, () => fill(parts.request, sent(found)));
  };
  const readings = new Readings();
  const look = async () => {
    const found = await readings.unlessLate(() => get(path, { signal }));
    if (found) update(found);
  };
  const resend = h("button", { type: "button", class: "primary" }, icon("again"), "Resend");
  resend.addEventListener("click", async () => {
    fill(parts.problem);
    try {
      await busy(resend, () => post(`${path}/retry`, undefined, { signal }));
      toast("Sent again: the attempt appears here in a moment.");
      await look();
    } catch (error) {
      fill(parts.problem, refusal(error));
    }
  });
  await look();
  fill(
    page,
    h("p", { class: "crumbs" }, h("a", { href: "#/deliveries" }, "Deliveries")),
    h("div", { class: "heading" }, parts.head, h("div", { class: "actions" }, resend)),
    parts.problem,
    h(
      "div",
      { class: "columns" },
      h("div", {}, h("section", { class: "card" }, h("h2", {}, "Attempts"), parts.attempts), h("section", { class: "card" }, h("h2", {}, "Request"), parts.request)),
      h("aside", { class: "card" }, h("h2", {}, "About"), parts.about),
    ),
  );
  poll(look, LIVE_SECONDS, signal);
}

function put(told, name, value, write) {
  const text = JSON.stringify(value);
  if (name in told && told[name] === text) return;
  told[name] = text;
  write();
}

function heading(found) {
  return h("h1", {}, found.event_type, " ", h("span", { role: "status" }, badge(found.state)));
}

function about(found) {
  return facts([
    ["State", words(found.state)],
    ["Reason", found.reason],
    ["Webhook", h("a", { href: `#/webhook/${part(found.subscription_id)}` }, found.subscription_id)],
    ["Vendor", dialectName(found.dialect)],
    ["URL", h("span", { class: "url" }, urlText(found.url))],
    ["Event", h("a", { href: `#/event/${part(found.event_id)}` }, found.event_id)],
    ["Tracking number", found.tracking_number],
    ["Created", exactly(found.created_at)],
    ["Delivery", h("code", { class: "url" }, found.id)],
  ]);
}

function sent(found) {
  if (!found.request) return h("p", { class: "soft" }, "The request cannot be shown: its event or its webhook is gone.");
  return [h("p", { class: "soft" }, "Written anew from the stored event, as it is sent the next time. Credentials are masked."), requestBlock(found.request)];
}

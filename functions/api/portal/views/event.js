/** One event: what was published, and why it went where. */

import { get, part, remove } from "../api.js";
import { fill, h } from "../dom.js";
import { Readings } from "../late.js";
import { codeBlock, facts } from "../parts/code.js";
import { confirmDialog } from "../parts/dialog.js";
import { showExplained } from "../parts/explained.js";
import { loading, shownIn } from "../parts/states.js";
import { exactly } from "../parts/time.js";
import { poll } from "../poll.js";

const LIVE_SECONDS = 3;

/** `#/event/<id>`. */
export async function event(page, [id = ""], signal) {
  const path = `/v1/events/${part(id)}`;
  fill(page, loading("Reading the event"));
  const where = h("div", {}, loading("Asking where it went"));
  const parts = { actions: h("div", { class: "actions" }), data: h("div"), about: h("div") };
  const dataHeading = h("h2", {}, "Data");
  const show = (found) => {
    fill(parts.actions, found.data && "erased_at" in found && eraseButton(path, reload, () => dataHeading));
    fill(parts.data, data(found));
    fill(parts.about, about(found));
  };
  const reload = async () => {
    show(await get(path, { signal }));
    await look();
  };
  let told = null;
  const readings = new Readings();
  const explain = async () => {
    const answer = await readings.unlessLate(() => get(`${path}/explain`, { signal }));
    const text = JSON.stringify(answer);
    if (!answer || text === told) return;
    told = text;
    showExplained(where, answer.subscriptions);
  };
  const look = () => shownIn(where, explain);
  const found = await get(path, { signal });
  show(found);
  fill(
    page,
    h("p", { class: "crumbs" }, h("a", { href: "#/events" }, "Events")),
    h("div", { class: "heading" }, h("h1", {}, found.type), parts.actions),
    h(
      "div",
      { class: "columns" },
      h("div", {}, h("section", { class: "card" }, h("h2", {}, "Where it went, and why"), where), h("section", { class: "card" }, dataHeading, parts.data)),
      h("aside", { class: "card" }, h("h2", {}, "About"), parts.about),
    ),
  );
  await look();
  poll(look, LIVE_SECONDS, signal);
}

function about(found) {
  return facts([
    ["Event", h("code", { class: "url" }, found.id)],
    ["Mode", found.mode],
    ["Accepted", exactly(found.accepted_at)],
    ["Occurred", exactly(found.occurred_at)],
    ["Sequence", found.sequence],
    ["Tracking number", found.data?.tracking_number],
    ["Erased", found.erased_at && exactly(found.erased_at)],
  ]);
}

function data(found) {
  if (!found.data) return h("p", { class: "soft" }, "The data of this event was erased.");
  return codeBlock("Data as published", JSON.stringify(found.data, null, 2));
}

function eraseButton(path, reload, next) {
  const text = "Its data is removed from the ledger and from what still waits to be sent. What was delivered stays with those who got it. This cannot be taken back.";
  const erased = async () => {
    await remove(`${path}/data`);
    await reload();
    return "Erased.";
  };
  const ask = () => confirmDialog("Erase the data of this event?", text, "Erase", erased, next);
  return h("button", { type: "button", class: "danger", click: ask }, "Erase data …");
}

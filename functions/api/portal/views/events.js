/** What was published, newest first. */

import { get } from "../api.js";
import { fill, h, keep } from "../dom.js";
import { focusIfLost } from "../focus.js";
import { Readings } from "../late.js";
import { eventRow } from "../parts/delivery_row.js";
import { busy, field, select } from "../parts/field.js";
import { announce } from "../parts/messages.js";
import { empty, failure, loading } from "../parts/states.js";
import { poll } from "../poll.js";
import { session } from "../session.js";

const LIVE_SECONDS = 5;

/** `#/events`. */
export async function events(page, _, signal) {
  const types = [...new Set(session.dialects.flatMap((dialect) => dialect.events.flatMap((event) => event.event_types)))].sort();
  const type = select([["", "All"], ...types.map((each) => [each, each])], "");
  const rows = h("ul", { class: "rows", "aria-label": "Events" });
  const state = h("div", {}, loading("Reading events"));
  const problem = h("div");
  const more = h("button", { type: "button", hidden: true }, "Load more");
  let found = [];
  let next = null;
  let isFirstPageOnly = true;
  const pages = new Readings();
  const refreshes = new Readings();

  const read = (cursor) => get("/v1/events", { query: { type: type.value, limit: 25, cursor }, signal });
  const render = () => {
    keep(rows, found, ({ id }) => id, eventRow);
    more.hidden = !next;
    fill(state, found.length === 0 && !next && nothing(type.value));
  };
  const show = async (readings) => {
    const answer = await readings.unlessLate(() => read(null));
    if (!answer) return false;
    found = answer.events;
    next = answer.next;
    render();
    return true;
  };
  // What is being read, be it a page or a refresh, must not replace what is wanted now.
  const outdate = () => [pages, refreshes].forEach((each) => each.outdate());
  const tried = (place, act) => async () => {
    try {
      await act();
    } catch (error) {
      if (!signal.aborted) fill(place, failure(error, tried(place, act)));
    }
  };
  const change = tried(state, async () => {
    outdate();
    isFirstPageOnly = true;
    fill(problem);
    if (await show(pages)) announce(`${found.length} events${next ? ", and more" : ""}.`);
  });
  // What failed stays in sight while the list goes on being refreshed.
  const readMore = tried(problem, async () => {
    outdate();
    const before = isFirstPageOnly;
    // A refresh would replace what the next page is to follow.
    isFirstPageOnly = false;
    const answer = await pages.unlessLate(() => busy(more, () => read(next))).catch((error) => {
      isFirstPageOnly = before;
      throw error;
    });
    if (!answer) return;
    fill(problem);
    const known = found.length;
    found = [...found, ...answer.events];
    next = answer.next;
    render();
    focusIfLost(() => rows.children[known]?.querySelector("a") ?? rows);
    announce(`${answer.events.length} more.`);
  });
  type.addEventListener("change", change);
  more.addEventListener("click", readMore);
  fill(
    page,
    h("div", { class: "heading" }, h("h1", {}, "Events"), h("div", { class: "actions" }, h("a", { class: "button", href: "#/send" }, "Send a test"))),
    h("form", { class: "filters", role: "search", "aria-label": "Events" }, field("Event type", type).element),
    rows,
    state,
    problem,
    h("p", { class: "more" }, more),
  );
  await show(pages);
  poll(() => show(refreshes), LIVE_SECONDS, signal, () => !isFirstPageOnly);
}

function nothing(type) {
  if (type) return empty("Nothing fits", "No event of this type was published in the last 30 days.");
  return empty("No events yet", "What you publish with POST /v1/events is here a second later.", h("a", { href: "#/send" }, "Send a test"));
}

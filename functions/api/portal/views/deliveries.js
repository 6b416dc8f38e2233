/** What was sent: newest first, filtered, and up to date while one looks. */

import { get } from "../api.js";
import { fill, h, keep } from "../dom.js";
import { focusIfLost } from "../focus.js";
import { Readings } from "../late.js";
import { words } from "../parts/badge.js";
import { deliveryRow } from "../parts/delivery_row.js";
import { busy, field, select } from "../parts/field.js";
import { announce } from "../parts/messages.js";
import { empty, failure, loading } from "../parts/states.js";
import { poll } from "../poll.js";
import { dialectName, session } from "../session.js";
import { openRecovery } from "./recover.js";

const STATES = ["delivered", "retrying", "pending", "held", "discarded"];
const LIVE_SECONDS = 3;

/** `#/deliveries/<subscription>`; the other filters are in no address. */
export async function deliveries(page, [subscription = ""], signal) {
  const { subscriptions } = await get("/v1/subscriptions", { signal });
  const list = new DeliveryList({ subscription }, signal);
  const recover = h("button", { type: "button", hidden: !subscription }, "Recover …");
  recover.addEventListener("click", () => {
    openRecovery(subscriptions.find(({ id }) => id === list.filters.subscription) ?? { id: list.filters.subscription }, () => list.show());
  });
  const changed = async () => {
    recover.hidden = !list.filters.subscription;
    await list.show();
  };
  fill(
    page,
    h("div", { class: "heading" }, h("h1", {}, "Deliveries"), h("div", { class: "actions" }, recover, list.liveButton)),
    filterForm(list.filters, subscriptions, changed),
    list.element,
  );
  await list.show();
  poll(() => list.refresh(), LIVE_SECONDS, signal, () => list.paused);
}

function filterForm(filters, subscriptions, changed) {
  const types = [...new Set(session.dialects.flatMap(({ events }) => events.flatMap((event) => event.event_types)))].sort();
  const choice = (label, name, options) => {
    const control = select([["", "All"], ...options], filters[name] ?? "");
    control.addEventListener("change", () => {
      filters[name] = control.value;
      changed();
    });
    return field(label, control).element;
  };
  const number = h("input", { type: "search", spellcheck: "false", autocomplete: "off" });
  const search = () => {
    if (number.value.trim() === (filters.tracking_number ?? "")) return;
    filters.tracking_number = number.value.trim();
    changed();
  };
  let typing;
  number.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 400);
  });
  const known = subscriptions.map((each) => [each.id, `${dialectName(each.dialect)} ${each.event} · ${each.url}`]);
  const gone = filters.subscription && !subscriptions.some(({ id }) => id === filters.subscription);
  const submit = (submitted) => {
    submitted.preventDefault();
    search();
  };
  return h(
    "form",
    { class: "filters", submit, role: "search", "aria-label": "Deliveries" },
    choice("State", "state", STATES.map((state) => [state, words(state)])),
    choice("Webhook", "subscription", gone ? [...known, [filters.subscription, `${filters.subscription} (deleted)`]] : known),
    choice("Event type", "event_type", types.map((type) => [type, type])),
    field("Tracking number", number).element,
  );
}

class DeliveryList {
  constructor(filters, signal) {
    this.filters = filters;
    this.signal = signal;
    this.paused = false;
    this.found = [];
    this.next = null;
    this.isFirstPageOnly = true;
    this.rows = h("ul", { class: "rows", "aria-label": "Deliveries" });
    this.state = h("div");
    this.more = h("button", { type: "button", hidden: true, click: () => this.readMore() }, "Load more");
    // What failed of a page stays in sight while the first page is refreshed.
    this.problem = h("div");
    this.element = h("div", {}, this.rows, this.state, this.problem, h("p", { class: "more" }, this.more));
    this.liveButton = this.makeLiveButton();
    this.pages = new Readings();
    this.refreshes = new Readings();
  }

  makeLiveButton() {
    const button = h("button", { type: "button", class: "live", "aria-pressed": "true" }, h("span", { class: "dot", "aria-hidden": "true" }), "Live");
    button.addEventListener("click", () => {
      this.paused = !this.paused;
      button.setAttribute("aria-pressed", String(!this.paused));
      button.lastChild.textContent = this.paused ? "Paused" : "Live";
      announce(this.paused ? "The list stays as it is." : "The list is kept up to date.");
      // What was asked for before the list was to stay must not change it.
      this.refreshes.outdate();
      if (!this.paused) this.refresh().catch(() => {});
    });
    return button;
  }

  /** Reads anew, as filters were changed. */
  async show() {
    fill(this.rows);
    fill(this.state, loading("Reading deliveries"));
    fill(this.problem);
    this.isFirstPageOnly = true;
    this.more.hidden = true;
    this.pages.outdate();
    this.refreshes.outdate();
    try {
      const answer = await this.pages.unlessLate(() => this.read(null));
      if (!answer) return;
      this.found = answer.deliveries;
      this.next = answer.next;
      this.render();
      announce(`${this.found.length} deliveries${this.next ? ", and more" : ""}.`);
    } catch (error) {
      if (!this.signal.aborted) fill(this.state, failure(error, () => this.show()));
    }
  }

  /** Reads the first page again. */
  async refresh() {
    const answer = await this.refreshes.unlessLate(() => this.read(null));
    if (!answer) return;
    const known = new Set(this.found.map(({ id }) => id));
    const added = answer.deliveries.filter(({ id }) => !known.has(id)).length;
    if (this.isFirstPageOnly) {
      this.found = answer.deliveries;
      this.next = answer.next;
    } else {
      const fresh = new Set(answer.deliveries.map(({ id }) => id));
      this.found = [...answer.deliveries, ...this.found.filter(({ id }) => !fresh.has(id))];
    }
    this.render();
    if (added) announce(added === 1 ? "A new delivery." : `${added} new deliveries.`);
  }

  async readMore() {
    // What a refresh pushes off the first page meanwhile is kept: the next page begins after it.
    this.isFirstPageOnly = false;
    try {
      const answer = await this.pages.unlessLate(() => busy(this.more, () => this.read(this.next)));
      if (!answer) return;
      fill(this.problem);
      const known = new Set(this.found.map(({ id }) => id));
      const { length } = this.found;
      this.found = [...this.found, ...answer.deliveries.filter(({ id }) => !known.has(id))];
      this.next = answer.next;
      this.render();
      focusIfLost(() => this.rows.children[length]?.querySelector("a") ?? this.rows);
      announce(`${answer.deliveries.length} more.`);
    } catch (error) {
      if (!this.signal.aborted) fill(this.problem, failure(error, () => this.readMore()));
    }
  }

  read(cursor) {
    return get("/v1/deliveries", { query: { ...this.filters, limit: 25, cursor }, signal: this.signal });
  }

  render() {
    keep(this.rows, this.found, ({ id }) => id, deliveryRow);
    this.more.hidden = !this.next;
    fill(this.state, this.found.length === 0 && !this.next && this.nothing());
  }

  nothing() {
    const isFiltered = Object.values(this.filters).some(Boolean);
    if (isFiltered) return empty("Nothing fits", "No delivery of the last 30 days fits these filters.");
    return empty("No deliveries yet", "As soon as an event is published that a webhook wants, it is here.", h("a", { href: "#/send" }, "Send a test"));
  }
}

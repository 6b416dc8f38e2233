/** One webhook: health, test, settings, secret, recovery, and what was sent lately. */

import { get, part, patch, post, remove } from "../api.js";
import { fill, h, keep, urlText } from "../dom.js";
import { facts } from "../parts/code.js";
import { labelledChart, successRate } from "../parts/chart.js";
import { deliveryRow } from "../parts/delivery_row.js";
import { confirmDialog } from "../parts/dialog.js";
import { busy, field, select, toggle } from "../parts/field.js";
import { toast } from "../parts/messages.js";
import { empty, loading, refusal, shownIn, tell } from "../parts/states.js";
import { showTestResult } from "../parts/test_result.js";
import { duration, exactly, milliseconds, when } from "../parts/time.js";
import { poll } from "../poll.js";
import { dialectName, session } from "../session.js";
import { recoveries } from "./recover.js";
import { secretPanel } from "./secret.js";
import { settingsForm } from "./settings.js";
import { stateBadges } from "./webhook_row.js";

const LIVE_SECONDS = 5;

/** `#/webhook/<id>`. */
export async function webhook(page, [id = ""], signal) {
  const path = `/v1/subscriptions/${part(id)}`;
  fill(page, loading("Reading the webhook"));
  const found = await get(path, { signal });
  const head = h("div");
  const renew = (changed) => {
    Object.assign(found, changed);
    const hadFocus = head.contains(document.activeElement);
    fill(head, ...heading(found, path, renew));
    if (hadFocus) head.querySelector(".switch").focus();
  };
  renew(found);
  const health = h("div", {}, loading("Reading figures"));
  const latest = h("div", {}, loading("Reading deliveries"));
  fill(
    page,
    h("p", { class: "crumbs" }, h("a", { href: `#/webhooks/${part(found.dialect)}` }, `${dialectName(found.dialect)} webhooks`)),
    head,
    h(
      "div",
      { class: "columns" },
      h(
        "div",
        {},
        h("section", { class: "card" }, h("h2", {}, "Last 24 hours"), health),
        h("section", { class: "card" }, h("h2", {}, "Test"), testForm(found, path, signal)),
        h("section", { class: "card" }, h("h2", {}, "Latest deliveries"), latest),
        h("section", { class: "card" }, h("h2", {}, "Recover"), recoveries(found, signal)),
      ),
      h(
        "aside",
        {},
        h("section", { class: "card" }, h("h2", {}, "About"), about(found)),
        h("section", { class: "card" }, h("h2", {}, "Signing secret"), secretPanel(found)),
        h("section", { class: "card" }, h("h2", {}, "Settings"), settingsForm(found, path, renew)),
      ),
    ),
  );
  const look = () =>
    Promise.all([
      shownIn(health, () => showHealth(health, path, signal)),
      shownIn(latest, () => showLatest(latest, found, signal)),
    ]);
  await look();
  poll(look, LIVE_SECONDS, signal);
}

function heading(found, path, renew) {
  const problem = h("div");
  const on = toggle("Send events to this webhook", found.enabled && !found.disabled_by_failures, async (wanted) => {
    fill(problem);
    try {
      renew(await patch(path, { enabled: wanted }));
      toast(wanted ? "Switched on." : "Switched off. It keeps its URL, and nothing is sent.");
    } catch (error) {
      tell(problem, refusal(error));
      throw error;
    }
  });
  const ask = () =>
    confirmDialog(`Delete this ${found.event} webhook?`, `Nothing more is sent to ${found.url}. What still waits for it is discarded.`, "Delete", async () => {
      await remove(path);
      location.hash = `#/webhooks/${part(found.dialect)}`;
      return "Deleted.";
    });
  const drop = h("button", { type: "button", class: "danger", click: ask }, "Delete …");
  return [
    h("div", { class: "heading" }, h("h1", {}, found.event, " ", stateBadges(found)), h("div", { class: "actions" }, on, drop)),
    h("p", { class: "lead url" }, urlText(found.url)),
    problem,
  ];
}

function about(found) {
  const { retry_policy: policy, circuit, health } = found;
  return facts([
    ["Webhook", h("code", { class: "url" }, found.id)],
    ["Gets", found.event_types.join(", ") || "nothing yet"],
    ["Attempts", policy.attempts === 1 ? "1, not tried again" : `${policy.attempts}, ${duration(policy.interval_seconds)} apart`],
    circuit && circuit.state !== "closed" && ["Next probe", nextProbe(circuit)],
    health?.error_count > 0 && ["Failures in a row", health.error_count],
    health?.last_response_code && ["Last answer", health.last_response_code],
    health?.last_response_message && ["It said", health.last_response_message],
    ["Created", exactly(found.created_at)],
    ["Changed", exactly(found.updated_at)],
  ]);
}

/** When an endpoint whose circuit is open gets its next delivery. */
function nextProbe({ next_probe_at: at }) {
  return at && Date.parse(at) > Date.now() ? when(at) : "the next delivery";
}

async function showHealth(health, path, signal) {
  const stats = await get(`${path}/stats`, { query: { window: "24h" }, signal });
  const text = JSON.stringify(stats);
  if (health.dataset.told === text) return;
  health.dataset.told = text;
  const tile = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  fill(
    health,
    h(
      "dl",
      { class: "tiles" },
      tile("Success rate", successRate(stats)),
      tile("Delivered", stats.delivered),
      tile("Failed attempts", stats.failed),
      tile("Retrying", stats.retrying),
      tile("Discarded", stats.discarded),
      tile("Duration p50", milliseconds(stats.p50_ms)),
      tile("Duration p95", milliseconds(stats.p95_ms)),
    ),
    labelledChart(stats.hours),
    stats.last && stats.last.outcome !== "delivered" && h("p", { class: "last" }, "Last error: ", stats.last.message ?? `answered ${stats.last.status_code}`, " ", when(stats.last.at)),
  );
}

async function showLatest(latest, found, signal) {
  const { deliveries } = await get("/v1/deliveries", { query: { subscription: found.id, limit: 5 }, signal });
  if (!deliveries.length) {
    fill(latest, empty("Nothing was sent yet", "Tests are not counted among deliveries."));
    return;
  }
  let rows = latest.querySelector("ul");
  if (!rows) {
    rows = h("ul", { class: "rows", "aria-label": "Latest deliveries" });
    fill(latest, rows, h("p", { class: "more" }, h("a", { href: `#/deliveries/${part(found.id)}` }, "All deliveries of this webhook")));
  }
  keep(rows, deliveries, ({ id }) => id, deliveryRow);
}

function testForm(found, path, signal) {
  const problem = h("div");
  const result = h("div");
  const type = select(found.event_types.map((each) => [each, each]), found.event_types[0] ?? "");
  const go = h("button", { type: "submit", disabled: !found.event_types.length }, "Send a test");
  const seconds = session.dialects.find(({ name }) => name === found.dialect)?.timeout_seconds;
  const submit = async (submitted) => {
    submitted.preventDefault();
    fill(problem);
    fill(result, loading("Sending"));
    try {
      showTestResult(result, await busy(go, () => post(`${path}/test`, { event_type: type.value }, { signal })), go);
    } catch (error) {
      fill(result);
      tell(problem, refusal(error));
    }
  };
  return h(
    "form",
    { submit, class: "inline" },
    field("Event type", type, { hint: `The sample of the catalogue, at once, marked as a test. The endpoint has ${seconds} s to answer.` }).element,
    go,
    problem,
    result,
  );
}

/** Publishing by hand: a type, its sample, edited. */

import { get, part, post } from "../api.js";
import { fill, h } from "../dom.js";
import { codeBlock } from "../parts/code.js";
import { copyButton } from "../parts/copy.js";
import { showExplained } from "../parts/explained.js";
import { busy, field, refuseFields, select } from "../parts/field.js";
import { lineOf } from "../parts/json_lines.js";
import { announce } from "../parts/messages.js";
import { loading, refusal, tell } from "../parts/states.js";
import { poll } from "../poll.js";
import { dialectName, session } from "../session.js";

/** `#/send/<type>`. */
export async function send(page, [wanted], signal) {
  fill(page, loading("Reading the catalogue"));
  const { event_types: all } = await get("/v1/event-types", { signal });
  const types = all.filter((each) => each.publishable);
  const known = new Map(types.map((each) => [each.type, each]));
  const first = known.has(wanted) ? wanted : known.has("tracking.updated") ? "tracking.updated" : types[0].type;

  const type = select(types.map((each) => [each.type, each.type]), first);
  const data = h("textarea", { class: "editor", rows: 18, spellcheck: "false", autocapitalize: "off", wrap: "off" });
  const id = h("input", { type: "text", maxlength: 64, spellcheck: "false", autocomplete: "off" });
  const typeField = field("Event type", type, { pointer: "/type", hint: known.get(first).description });
  const dataField = field("Data, as JSON", data, { pointer: "/data", hint: "The catalogue's sample. Change what you like." });
  const idField = field("Your id (optional)", id, { pointer: "/id", hint: "The same id is sent once in 24 hours." });
  const faults = h("div");
  const problem = h("div");
  const outcome = h("div");
  const vendors = h("section", { class: "card" });
  const go = h("button", { type: "submit", class: "primary" }, "Publish");

  const show = () => {
    data.value = JSON.stringify(known.get(type.value).sample, null, 2);
    typeField.element.querySelector(".hint").textContent = known.get(type.value).description;
    dataField.accept();
    fill(faults);
    fill(problem);
    fill(vendors, told(known.get(type.value)));
  };
  type.addEventListener("change", show);
  show();

  const submit = async (submitted) => {
    submitted.preventDefault();
    fill(faults);
    fill(problem);
    [typeField, dataField, idField].forEach((each) => each.accept());
    let content;
    try {
      content = JSON.parse(data.value);
    } catch (error) {
      dataField.refuse(`This is not JSON: ${error.message}`);
      data.focus();
      return;
    }
    const event = { type: type.value, data: content, ...(id.value.trim() ? { id: id.value.trim() } : {}) };
    try {
      const accepted = await busy(go, () => post("/v1/events", event));
      announce("Published.");
      follow(outcome, accepted, signal);
      outcome.scrollIntoView({ block: "nearest" });
    } catch (error) {
      const { inside, left } = refused(error, { typeField, dataField, idField });
      if (left) tell(problem, left);
      if (inside) tell(faults, inside);
    }
  };
  const curl = copyButton("Copy as curl", () => publication(type.value, data.value));
  const reset = h("button", { type: "button", click: show }, "Sample");
  const form = h(
    "form",
    { submit, novalidate: true, class: "card" },
    typeField.element,
    dataField.element,
    faults,
    idField.element,
    problem,
    h("div", { class: "actions start" }, go, reset, curl),
  );
  const mode = session.account.mode === "test" ? "Webhooks of test keys get it." : "Webhooks of live keys get it, as they get any other event.";
  fill(page, h("h1", {}, "Send a test"), h("p", { class: "lead" }, `Publish an event of your own. ${mode}`), h("div", { class: "columns even" }, form, h("div", {}, outcome, vendors)));
}

/** The sample as each vendor's webhooks tell it. */
function told({ dialects }) {
  const bodies = Object.entries(dialects).map(([name, { event, body }]) => {
    const text = typeof body === "string" ? body : JSON.stringify(body, null, 2);
    return h("details", {}, h("summary", {}, `${dialectName(name)} ${event}`), codeBlock(`${dialectName(name)} body`, text));
  });
  const none = h("p", { class: "soft" }, "No vendor has webhooks for it.");
  return [h("h2", {}, "How the sample arrives"), bodies.length ? bodies : none];
}

/** Tells fields what is wrong with them: answers what is wrong inside the data, with its line and a way to it, and what is left. */
function refused(error, { typeField, dataField, idField }) {
  const inside = (error.errors ?? []).filter((each) => each.pointer.startsWith("/data"));
  const others = { message: error.message, errors: (error.errors ?? []).filter((each) => !inside.includes(each)) };
  const left = refuseFields(others, [typeField, idField]);
  if (inside.length) dataField.refuse(inside.length === 1 ? "One thing in the data is not accepted:" : `${inside.length} things in the data are not accepted:`);
  return {
    inside: inside.length > 0 && h("ul", { class: "notice bad", role: "alert" }, inside.map((each) => placed(each, dataField.control))),
    left: (left.length > 0 || !error.errors?.length) && refusal({ message: error.message, errors: left }),
  };
}

function placed(each, area) {
  const pointer = each.pointer.slice("/data".length);
  const line = lineOf(area.value, pointer);
  const to = h("button", { type: "button", class: "link", click: () => goTo(area, line) }, `Line ${line + 1}`);
  return h("li", {}, to, " ", h("code", {}, pointer || "/"), " ", each.detail);
}

function goTo(area, line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + lines[line].length);
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 3);
}

/** Shows where it goes, as it goes there. */
function follow(outcome, accepted, signal) {
  const where = h("div", {}, loading("Waiting for it to be dispatched"));
  fill(
    outcome,
    h(
      "section",
      { class: "card", "aria-label": "Published" },
      h("h2", {}, "Published"),
      h("p", {}, h("a", { class: "url", href: `#/event/${part(accepted.id)}` }, accepted.id), h("span", { class: "soft" }, ` as ${accepted.mode} ${accepted.type}`)),
      where,
    ),
  );
  let told = null;
  poll(
    async () => {
      const { subscriptions } = await get(`/v1/events/${part(accepted.id)}/explain`, { signal });
      const text = JSON.stringify(subscriptions);
      if (text !== told) showExplained(where, subscriptions);
      told = text;
    },
    1,
    signal,
    () => !where.isConnected,
  );
}

function publication(type, data) {
  let content = data;
  try {
    content = JSON.stringify({ type, data: JSON.parse(data) });
  } catch {
    content = `{"type": "${type}", "data": ${data}}`;
  }
  // The key is left out: what is copied is pasted anywhere.
  return `curl ${location.origin}/v1/events -H "API-Key: $API_KEY" -H "Content-Type: application/json" \\\n  -d '${content.replaceAll("'", "'\\''")}'`;
}

/** A row for a webhook that is not there yet. */

import { post } from "../api.js";
import { fill, h } from "../dom.js";
import { busy, field, refuseFields, toggle } from "../parts/field.js";
import { toast } from "../parts/messages.js";
import { refusal, tell } from "../parts/states.js";
import { dialectName } from "../session.js";

/** A form for the event's first, or next, webhook. */
export function newWebhook(dialect, event, { reload }) {
  const input = h("input", { type: "url", inputmode: "url", placeholder: "https://your-server.com/webhooks", spellcheck: "false", autocomplete: "off" });
  const url = field(`URL for ${event.name}`, input, { pointer: "/url", hideLabel: true });
  const on = toggle(`Send ${event.name} from the start`, true);
  const save = h("button", { type: "submit", "aria-label": `Save the webhook for ${event.name}` }, "Save");
  const problem = h("div");
  const submit = async (submitted) => {
    submitted.preventDefault();
    fill(problem);
    url.accept();
    if (!input.value.trim()) {
      url.refuse("Enter the URL of your endpoint.");
      input.focus();
      return;
    }
    const wanted = { dialect: dialect.name, event: event.name, url: input.value.trim(), enabled: on.getAttribute("aria-checked") === "true" };
    try {
      const { id } = await busy(save, () => post("/v1/subscriptions", wanted));
      toast(`Saved. ${wanted.enabled ? "It gets what is published from now on." : "It is switched off."}`);
      await reload(id, form);
    } catch (error) {
      tell(problem, told(error, [url], dialect, event, reload));
    }
  };
  const form = h("form", { class: "webhook new", submit, novalidate: true }, on, url.element, save, problem);
  return form;
}

/** What is wrong with no field, and for a conflict the way to what is in the way. */
function told(error, fields, dialect, event, reload) {
  const { subscription_id: existing } = error.problem ?? {};
  if (error.status === 409 && existing) {
    const text = `${dialectName(dialect.name)} allows one webhook for an event, and ${event.name} has one by now. Edit that one, or delete it first.`;
    const link = h("button", { type: "button", class: "link", click: () => reload(existing) }, "Show the existing webhook");
    return h("div", { class: "notice bad", role: "alert" }, h("p", {}, text), h("p", {}, link));
  }
  const errors = error.errors?.length ? refuseFields(error, fields) : null;
  return errors?.length === 0 ? null : refusal(errors ? { message: error.message, errors } : error);
}

/** A webhook's signing secret: shown when asked for, copied, rotated. */

import { get, part, post } from "../api.js";
import { fill, h } from "../dom.js";
import { copyButton } from "../parts/copy.js";
import { confirmDialog } from "../parts/dialog.js";
import { busy } from "../parts/field.js";
import { announce } from "../parts/messages.js";
import { refusal } from "../parts/states.js";
import { exactly } from "../parts/time.js";

/** The panel of a webhook. */
export function secretPanel(subscription) {
  const path = `/v1/subscriptions/${part(subscription.id)}`;
  const shown = h("div");
  const name = `${subscription.event} at ${subscription.url}`;
  const reveal = h("button", { type: "button", class: "small", "aria-label": `Show the secret of ${name}` }, "Show");
  const show = (answer) => {
    fill(shown, secretText(answer));
    reveal.textContent = "Hide";
  };
  const hide = () => {
    fill(shown, h("code", { class: "masked" }, "whsec_••••••••••••"));
    reveal.textContent = "Show";
  };
  hide();
  reveal.addEventListener("click", async () => {
    if (reveal.textContent === "Hide") {
      hide();
      return;
    }
    try {
      show(await busy(reveal, () => get(`${path}/secret`)));
      announce("The secret is shown.");
    } catch (error) {
      fill(shown, refusal(error));
    }
  });
  const ask = () =>
    confirmDialog("Rotate this secret?", "A new secret signs from now on. The one before signs too, for 24 hours, so that you can change over.", "Rotate", async () => {
      show(await post(`${path}/rotate-secret`));
      return "The secret was rotated, and the new one is shown.";
    });
  const rotate = h("button", { type: "button", class: "small", click: ask, "aria-label": `Rotate the secret of ${name}` }, "Rotate …");
  return h("div", { class: "secret" }, shown, h("div", { class: "actions" }, reveal, rotate));
}

function secretText({ secret, previous_signs_until: until }) {
  return [
    h("p", { class: "shown" }, h("code", { class: "url" }, secret), copyButton("Copy", () => secret)),
    until && h("p", { class: "soft" }, `The one before signs until ${exactly(until)}.`),
  ];
}

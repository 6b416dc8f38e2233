/** API keys of the account, and the secrets of its webhooks. */

import { get, part, post, remove } from "../api.js";
import { fill, h } from "../dom.js";
import { follower } from "../focus.js";
import { Readings } from "../late.js";
import { copyButton } from "../parts/copy.js";
import { confirmDialog, openDialog } from "../parts/dialog.js";
import { busy } from "../parts/field.js";
import { empty, loading, refusal, tell } from "../parts/states.js";
import { exactly, when } from "../parts/time.js";
import { dialectName, session } from "../session.js";
import { secretPanel } from "./secret.js";

/** `#/keys`. */
export async function keys(page, _, signal) {
  const list = h("div", {}, loading("Reading keys"));
  const secrets = h("div", {}, loading("Reading webhooks"));
  const problem = h("div");
  const heading = h("h2", {}, "API keys");
  // The same button of the next key, else the heading.
  const afterRemoval = (button) => follower(button, () => [...list.querySelectorAll("button.danger")], () => heading);
  const readings = new Readings();
  const show = async () => {
    const answer = await readings.unlessLate(() => get("/v1/keys", { signal }));
    if (answer) fill(list, h("ul", { class: "verdicts" }, sorted(answer.keys).map((key) => keyItem(key, show, afterRemoval))));
  };
  const showAgain = async () => {
    try {
      await show();
    } catch (error) {
      if (!signal.aborted) tell(problem, refusal(error));
    }
  };
  const make = h("button", { type: "button", class: "primary" }, `Create a ${session.account.mode} key`);
  make.addEventListener("click", async () => {
    fill(problem);
    try {
      showOnce(await busy(make, () => post("/v1/keys", {})), showAgain);
    } catch (error) {
      tell(problem, refusal(error));
    }
  });
  fill(
    page,
    h("h1", {}, "Keys and secrets"),
    h(
      "section",
      { class: "card" },
      h("div", { class: "heading" }, heading, h("div", { class: "actions" }, make)),
      h("p", { class: "soft" }, `Keys of ${session.account.name} for ${session.account.mode} data. Each is shown once, when it is made.`),
      problem,
      list,
    ),
    h(
      "section",
      { class: "card" },
      h("h2", {}, "Signing secrets"),
      h("p", { class: "soft" }, "Each webhook has its own, for libraries of Standard Webhooks. A rotated secret signs for 24 hours more."),
      secrets,
    ),
  );
  const [{ subscriptions }] = await Promise.all([get("/v1/subscriptions", { signal }), show()]);
  fill(secrets, subscriptions.length ? h("ul", { class: "verdicts" }, subscriptions.map(secretItem)) : noWebhooks());
}

function sorted(found) {
  return [...found].sort((one, other) => Number(Boolean(one.revoked_at)) - Number(Boolean(other.revoked_at)));
}

function keyItem(key, show, afterRemoval) {
  const isOwn = key.id === session.account.key.id;
  const revoked = async () => {
    await remove(`/v1/keys/${part(key.id)}`);
    await show();
    return "Revoked.";
  };
  const text = "Whoever uses it is refused within seconds. This cannot be taken back.";
  const ask = () => confirmDialog(`Revoke the key ${key.hint}?`, text, "Revoke", revoked, afterRemoval(revoke));
  const revoke = h("button", { type: "button", class: "small danger", click: ask, "aria-label": `Revoke the key ${key.hint}` }, "Revoke …");
  return h(
    "li",
    { class: `key-item ${key.revoked_at ? "gone" : ""}` },
    h(
      "p",
      { class: "line" },
      h("code", {}, key.hint),
      h("span", { class: `mode ${key.mode}` }, key.mode === "test" ? "Test" : "Live"),
      isOwn && h("span", { class: "badge calm" }, "You are signed in with it"),
      key.revoked_at && h("span", { class: "badge bad" }, "Revoked"),
    ),
    h("p", { class: "soft" }, key.revoked_at ? `revoked ${exactly(key.revoked_at)}` : ["created ", when(key.created_at)]),
    !key.revoked_at && !isOwn && revoke,
  );
}

function showOnce(made, closed) {
  openDialog(
    "Your new key",
    (close) => [
      h("p", {}, "Copy it now: it is not shown again."),
      h("p", { class: "shown" }, h("code", { class: "url" }, made.key), copyButton("Copy", () => made.key)),
      h("div", { class: "actions" }, h("button", { type: "button", class: "primary", click: close }, "I have it")),
    ],
    { closed },
  );
}

function secretItem(subscription) {
  return h(
    "li",
    {},
    h(
      "p",
      { class: "line" },
      h("a", { href: `#/webhook/${part(subscription.id)}` }, `${dialectName(subscription.dialect)} ${subscription.event}`),
      h("span", { class: "soft url" }, subscription.url),
    ),
    secretPanel(subscription),
  );
}

function noWebhooks() {
  return empty("No webhooks yet", "A secret belongs to a webhook.", h("a", { href: "#/webhooks" }, "Make one"));
}

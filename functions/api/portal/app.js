/** The portal: who is signed in, which view the address names, and what they share. */

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { closeDialogs } from "./parts/dialog.js";
import { header } from "./parts/header.js";
import { announce } from "./parts/messages.js";
import { failure } from "./parts/states.js";
import { session } from "./session.js";
import { deliveries } from "./views/deliveries.js";
import { delivery } from "./views/delivery.js";
import { event } from "./views/event.js";
import { events } from "./views/events.js";
import { keys } from "./views/keys.js";
import { send } from "./views/send.js";
import { signIn } from "./views/sign_in.js";
import { webhook } from "./views/webhook.js";
import { webhooks } from "./views/webhooks.js";

const VIEWS = {
  webhooks: { title: "Webhooks", tab: "webhooks", show: webhooks },
  webhook: { title: "Webhook", tab: "webhooks", show: webhook },
  deliveries: { title: "Deliveries", tab: "deliveries", show: deliveries },
  delivery: { title: "Delivery", tab: "deliveries", show: delivery },
  events: { title: "Events", tab: "events", show: events },
  event: { title: "Event", tab: "events", show: event },
  send: { title: "Send a test", tab: "send", show: send },
  keys: { title: "Keys and secrets", tab: "keys", show: keys },
};

const content = document.getElementById("content");
const top_ = document.getElementById("header");
let leaving = new AbortController();

/** Shows what the address names. */
async function route({ focus = true } = {}) {
  if (location.hash && !location.hash.startsWith("#/")) return;
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  closeDialogs();
  if (!session.account) {
    showSignIn();
    return;
  }
  const [name, ...rest] = location.hash.slice(2).split("/").map(decoded);
  const view = VIEWS[name] ?? VIEWS.webhooks;
  document.title = `${view.title} · Parcelhook`;
  fill(top_, header(view.tab, signOut));
  const page = h("div", { class: "page" });
  fill(content, page);
  if (focus) content.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  try {
    await view.show(page, rest, signal);
  } catch (error) {
    if (!signal.aborted && session.account) fill(page, failure(error, () => route()));
  }
}

function showSignIn(message = null) {
  document.title = "Sign in · Parcelhook";
  fill(top_);
  fill(content, signIn(message, begin));
}

/** Signs in with a key. Raises `Refusal` where it is not accepted. */
async function begin(key) {
  const [account, known] = await Promise.all([get("/v1/account", { key }), get("/v1/dialects", { key })]);
  session.begin(key, account, known.dialects);
}

function signOut(message = null) {
  leaving.abort();
  closeDialogs();
  session.end();
  history.replaceState(null, "", location.pathname);
  showSignIn(message);
  announce(message ?? "Signed out.");
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

document.querySelector(".skip").addEventListener("click", (click) => {
  // The fragment belongs to the views.
  click.preventDefault();
  content.focus();
});
window.addEventListener("hashchange", () => route());
window.addEventListener("signed-in", () => route());
window.addEventListener("signed-out", (told) => session.account && signOut(told.detail));

if (session.key) {
  try {
    await begin(session.key);
  } catch (error) {
    if (error.status === 401) session.end();
    else fill(content, failure(error, () => location.reload()));
  }
}
if (!session.key || session.account) await route({ focus: false });

/** What is above every view: where one is, and as whom. */

import { h } from "../dom.js";
import { session } from "../session.js";
import { icon } from "./icons.js";

const TABS = [
  ["webhooks", "Webhooks"],
  ["deliveries", "Deliveries"],
  ["events", "Events"],
  ["send", "Send a test"],
  ["keys", "Keys and secrets"],
];

/** `current` is the tab that is shown. */
export function header(current, signOut) {
  const { name, mode } = session.account;
  const explained = mode === "test" ? "You see test data: this is a test key." : "You see live data: this is a live key.";
  return h(
    "div",
    { class: "header" },
    h(
      "div",
      { class: "bar" },
      h("a", { class: "brand", href: "#/webhooks" }, icon("parcel"), h("span", {}, "Parcelhook")),
      h("span", { class: "account", title: name }, name),
      h("span", { class: `mode ${mode}`, title: explained }, mode === "test" ? "Test" : "Live"),
      h("button", { type: "button", class: "quiet", click: () => signOut() }, "Sign out"),
    ),
    h(
      "nav",
      { "aria-label": "Portal" },
      h("ul", { class: "tabs" }, TABS.map(([tab, text]) => h("li", {}, link(tab, text, tab === current)))),
    ),
  );
}

function link(tab, text, isCurrent) {
  const shown = h("a", { href: `#/${tab}`, "aria-current": isCurrent && "page" }, text);
  // On a narrow screen the tabs scroll.
  if (isCurrent) requestAnimationFrame(() => shown.scrollIntoView({ block: "nearest", inline: "center" }));
  return shown;
}

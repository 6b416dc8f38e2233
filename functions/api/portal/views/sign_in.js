/** Signing in with an API key. */

import { fill, h } from "../dom.js";
import { busy, field } from "../parts/field.js";
import { icon } from "../parts/icons.js";

/** `begin(key)` raises what keeps the key from being accepted. */
export function signIn(message, begin) {
  const input = h("input", { type: "password", name: "key", autocomplete: "off", spellcheck: "false", required: true });
  const key = field("API key", input, { hint: "It stays in this tab, and is forgotten when the tab is closed." });
  const go = h("button", { type: "submit", class: "primary" }, "Sign in");
  const problem = h("div", { role: "alert" }, message && h("p", { class: "notice warn" }, message));
  const submit = async (submitted) => {
    submitted.preventDefault();
    fill(problem);
    try {
      await busy(go, () => begin(input.value.trim()));
      input.value = "";
      window.dispatchEvent(new Event("signed-in"));
    } catch (error) {
      key.refuse(error.status === 401 ? "This key is not known. It may have been revoked." : error.message);
      input.focus();
    }
  };
  return h(
    "div",
    { class: "sign-in" },
    h("p", { class: "brand" }, icon("parcel"), h("span", {}, "Parcelhook")),
    h("h1", {}, "Sign in"),
    h("p", { class: "soft" }, "See your webhooks, what was sent to them, and what came back."),
    problem,
    h("form", { submit, novalidate: true }, key.element, go),
  );
}

/** What a view shows while it has nothing else to show. */

import { fill, h } from "../dom.js";
import { icon } from "./icons.js";

/** While something is read. */
export function loading(what = "Loading") {
  return h("p", { class: "loading", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), `${what} …`);
}

/** Where there is nothing, and what could be done about it. */
export function empty(title, text, ...actions) {
  return h("div", { class: "empty" }, h("p", { class: "title" }, title), h("p", {}, text), actions.length > 0 && h("p", {}, actions));
}

/** Where something was refused or failed. */
export function failure(error, again) {
  const found = error.status === 404;
  return h(
    "div",
    { class: "notice bad", role: "alert" },
    h("p", { class: "title" }, icon("alert"), found ? "Not found" : "That did not work"),
    h("p", {}, error.message),
    error.requestId && h("p", { class: "soft" }, `Request ${error.requestId}`),
    again && h("p", {}, h("button", { type: "button", click: again }, "Try again")),
  );
}

/** Fills `panel` by `show()`. What fails leaves what is shown, or says so where nothing is yet; the page goes on. */
export async function shownIn(panel, show) {
  try {
    await show();
    panel.dataset.shown = "";
  } catch (error) {
    if (error.name !== "AbortError" && !("shown" in panel.dataset)) panel.replaceChildren(refusal(error));
  }
}

/** Puts a refusal into its place, and that into view: it may be below what is seen. */
export function tell(place, refused) {
  fill(place, refused);
  place.scrollIntoView({ block: "nearest" });
}

/** A refusal inside a form: its sentence, and what is wrong where. */
export function refusal(error) {
  return h(
    "div",
    { class: "notice bad", role: "alert" },
    h("p", {}, error.message),
    error.errors?.length > 0 &&
      h("ul", {}, error.errors.map((each) => h("li", {}, h("code", {}, each.pointer || "/"), " ", each.detail))),
  );
}

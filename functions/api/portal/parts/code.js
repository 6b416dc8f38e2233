/** Text that machines write. */

import { h } from "../dom.js";
import { copyButton } from "./copy.js";

/** A block of code with its name and a button that copies it. */
export function codeBlock(name, text, { copyLabel = "Copy" } = {}) {
  const shown = pretty(text);
  return h(
    "figure",
    { class: "code" },
    h("figcaption", {}, h("span", {}, name), copyButton(copyLabel, () => text)),
    // What is scrolled must be reachable by keyboard.
    h("pre", { tabindex: "0", role: "region", "aria-label": name }, h("code", {}, shown || "(empty)")),
  );
}

/** JSON with indentation; anything else as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text ?? "";
  }
}

/** Names and values, one below the other. */
export function facts(pairs) {
  const given = pairs.filter((pair) => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== "");
  return h(
    "dl",
    { class: "facts" },
    given.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

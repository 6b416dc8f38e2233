/** Sentences with `code` in them. */

import { h } from "../dom.js";

/** `text`, with what stands between backticks as code. */
export function prose(text) {
  return text.split("`").map((part, position) => (position % 2 ? h("code", {}, part) : part));
}

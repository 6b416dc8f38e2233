/** Copying to the clipboard. */

import { h } from "../dom.js";
import { icon } from "./icons.js";
import { announce } from "./messages.js";

/** A button that copies what `text()` says at that time. */
export function copyButton(label, text) {
  const word = h("span", {}, label);
  const click = async () => {
    const done = await copied(text());
    word.textContent = done ? "Copied" : "Copying is not allowed here";
    announce(word.textContent);
    setTimeout(() => (word.textContent = label), 2000);
  };
  return h("button", { type: "button", class: "small", click }, icon("copy"), word);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelecting(text);
  }
}

/** For pages without https, where browsers give no clipboard. */
function copiedBySelecting(text) {
  const area = h("textarea", { class: "unseen", value: text, "aria-hidden": "true", tabindex: "-1" });
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  const before = document.activeElement;
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus();
  return done;
}

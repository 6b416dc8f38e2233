/** What is said about something that was just done. */

import { fill, h } from "../dom.js";

/** Reads `text` out to those who listen. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  // The same sentence twice is read twice only if it was gone in between.
  fill(announcer);
  setTimeout(() => fill(announcer, text), 50);
}

/** Shows `text` for some seconds, and reads it out. */
export function toast(text) {
  const shown = h("p", { class: "toast" }, text);
  // Shown over a dialog, too, when one is open.
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  (dialog ?? document.getElementById("toasts")).append(shown);
  announce(text);
  setTimeout(() => shown.remove(), 4000);
}

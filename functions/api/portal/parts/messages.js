/** What is said about something that was just done. */

import { h } from "../dom.js";

const READ_SECONDS = 10;
const SEEN_SECONDS = 4;

/** Reads `text` out to those who listen. What is said soon after it is a line of its own, so that both are read. */
export function announce(text) {
  const line = h("p", {}, text);
  // What is outside of an open dialog is not read.
  const announcer = (openedDialog() ?? document).querySelector(".announcer");
  announcer.append(line);
  setTimeout(() => line.remove(), READ_SECONDS * 1000);
}

/** Shows `text` for some seconds, and reads it out. */
export function toast(text) {
  const shown = h("p", { class: "toast" }, text);
  // Shown over a dialog, too, when one is open.
  (openedDialog() ?? document.getElementById("toasts")).append(shown);
  announce(text);
  setTimeout(() => shown.remove(), SEEN_SECONDS * 1000);
}

/** Where lines are read out from as they come. */
export function newAnnouncer() {
  return h("div", { class: "unseen announcer", "aria-live": "polite" });
}

function openedDialog() {
  return [...document.querySelectorAll("dialog[open]")].at(-1);
}

/** Leaves on the page what is shown over a dialog that ends. */
export function keepToasts(dialog) {
  document.getElementById("toasts").append(...dialog.querySelectorAll(".toast"));
}

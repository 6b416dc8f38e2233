/** Dialogs: the browser keeps the focus inside, and gives it back. */

import { h, newId } from "../dom.js";
import { focusIfLost } from "../focus.js";
import { busy } from "./field.js";
import { keepToasts, newAnnouncer, toast } from "./messages.js";
import { refusal } from "./states.js";

/** Opens a dialog with a heading; `content(close)` are its nodes. `closed` is called at its end. */
export function openDialog(title, content, { closed = () => {} } = {}) {
  const id = newId("dialog");
  const dialog = h("dialog", { "aria-labelledby": id });
  const close = () => end(dialog);
  dialog.append(h("h2", { id }, title), ...[content(close)].flat(), newAnnouncer());
  dialog.addEventListener("close", () => {
    close();
    closed();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Closes all that are open. */
export function closeDialogs() {
  document.querySelectorAll("dialog").forEach(end);
}

/** What it showed, such as a new key, is gone from the page at once: the event of closing comes later. */
function end(dialog) {
  dialog.close();
  keepToasts(dialog);
  dialog.remove();
}

/**
 * Asks before something that cannot be taken back. `act` is waited for; what it raises is shown, and what it answers is
 * told once the dialog is gone. Where `act` removes what had the focus before the dialog, what `next()` answers gets it.
 */
export function confirmDialog(title, text, label, act, next = null) {
  openDialog(title, (close) => {
    const problem = h("div");
    const go = h("button", { type: "button", class: "danger" }, label);
    go.addEventListener("click", async () => {
      problem.replaceChildren();
      try {
        const done = await busy(go, act);
        close();
        if (next) focusIfLost(next);
        toast(done);
      } catch (error) {
        problem.append(refusal(error));
      }
    });
    const stay = h("button", { type: "button", autofocus: true, click: close }, "Cancel");
    return [h("p", {}, text), problem, h("div", { class: "actions" }, stay, go)];
  });
}

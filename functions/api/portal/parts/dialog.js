/** Dialogs: the browser keeps the focus inside, and gives it back. */

import { h, newId } from "../dom.js";
import { refusal } from "./states.js";

/** Opens a dialog with a heading; `content(close)` are its nodes. `closed` is called at its end. */
export function openDialog(title, content, { closed = () => {} } = {}) {
  const id = newId("dialog");
  const dialog = h("dialog", { "aria-labelledby": id });
  const close = () => dialog.close();
  dialog.append(h("h2", { id }, title), ...[content(close)].flat());
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks before something that cannot be taken back. `act` is waited for; what it raises is shown. */
export function confirmDialog(title, text, label, act) {
  openDialog(title, (close) => {
    const problem = h("div");
    const go = h("button", { type: "button", class: "danger" }, label);
    go.addEventListener("click", async () => {
      go.disabled = true;
      problem.replaceChildren();
      try {
        await act();
        close();
      } catch (error) {
        problem.append(refusal(error));
        go.disabled = false;
      }
    });
    const stay = h("button", { type: "button", autofocus: true, click: close }, "Cancel");
    return [h("p", {}, text), problem, h("div", { class: "actions" }, stay, go)];
  });
}

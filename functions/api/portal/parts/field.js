/** Fields of forms, each with its label, a hint, and what is wrong with it beside it. */

import { fill, h, newId } from "../dom.js";
import { isNowhere } from "../focus.js";

/**
 * A field around `control`. `pointer` is where the API says its problems are.
 * `field.refuse(text)` marks it as wrong, `field.accept()` takes that back.
 */
export function field(label, control, { hint = null, pointer = null, hideLabel = false } = {}) {
  const id = newId("field");
  const wrong = h("p", { class: "wrong", id: `${id}-wrong` });
  control.id = id;
  const described = [hint && `${id}-hint`, `${id}-wrong`].filter(Boolean).join(" ");
  control.setAttribute("aria-describedby", described);
  const element = h(
    "div",
    { class: "field" },
    h("label", { for: id, class: hideLabel && "unseen" }, label),
    control,
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
    wrong,
  );
  const accept = () => {
    control.removeAttribute("aria-invalid");
    fill(wrong);
  };
  const refuse = (text) => {
    control.setAttribute("aria-invalid", "true");
    fill(wrong, text);
    element.scrollIntoView({ block: "nearest" });
  };
  control.addEventListener("input", accept);
  return { element, control, pointer, accept, refuse };
}

/**
 * Shows a refusal where its fields are, and moves the focus to the first. Returns what belongs to no field.
 * A pointer belongs to a field when it is the field's, or lies below it.
 */
export function refuseFields(error, fields) {
  const left = [];
  let first = null;
  for (const each of error.errors ?? []) {
    const found = fields.find(({ pointer }) => pointer && (each.pointer === pointer || each.pointer.startsWith(`${pointer}/`)));
    if (found) {
      found.refuse(each.detail);
      first ??= found;
    } else {
      left.push(each);
    }
  }
  first?.control.focus();
  return left;
}

/** A select of `options`, pairs of value and text. */
export function select(options, value, attributes = {}) {
  const element = h("select", attributes, options.map(([key, text]) => h("option", { value: key }, text)));
  element.value = value;
  return element;
}

/** A switch: on or off, told at once. */
export function toggle(label, isOn, change) {
  const button = h("button", { type: "button", class: "switch", role: "switch", "aria-checked": String(isOn), "aria-label": label });
  button.append(h("span", { class: "knob", "aria-hidden": "true" }));
  button.addEventListener("click", async () => {
    // Of two changes under way, either could be the last to arrive.
    if (button.hasAttribute("aria-busy")) return;
    const wanted = button.getAttribute("aria-checked") !== "true";
    button.setAttribute("aria-checked", String(wanted));
    if (!change) return;
    button.setAttribute("aria-busy", "true");
    try {
      await change(wanted);
    } catch {
      button.setAttribute("aria-checked", String(!wanted));
    }
    button.removeAttribute("aria-busy");
  });
  return button;
}

/** Disables what would be pressed twice while `act` runs. What it raises goes on. The button keeps the focus. */
export async function busy(button, act) {
  const hasFocus = button === document.activeElement;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    return await act();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (hasFocus && isNowhere(document.activeElement)) button.focus();
  }
}

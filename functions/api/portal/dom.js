/** Elements, made without markup: what comes from outside is only ever text. */

const SVG = "http://www.w3.org/2000/svg";

/** An element. Attributes that are functions listen to events; null, undefined and false leave one out. */
export function h(name, attributes = {}, ...children) {
  return dressed(document.createElement(name), attributes, children);
}

/** An element of SVG. */
export function svg(name, attributes = {}, ...children) {
  return dressed(document.createElementNS(SVG, name), attributes, children);
}

/** Puts `children` where others were. */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/**
 * Brings a list up to date, one child for each item. Children of items that are as they were stay what they are, so that
 * focus, selection and what is opened stay too.
 */
export function keep(list, items, key, build) {
  const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const after = items.map((item) => {
    const name = key(item);
    const text = JSON.stringify(item);
    const known = before.get(name);
    if (known?.dataset.told === text) return known;
    const child = build(item);
    child.dataset.key = name;
    child.dataset.told = text;
    return child;
  });
  const focused = document.activeElement?.closest("[data-key]")?.dataset.key;
  const lost = focused !== undefined && list.contains(document.activeElement);
  for (const child of before.values()) if (!after.includes(child)) child.remove();
  after.forEach((child, position) => {
    if (list.children[position] !== child) list.insertBefore(child, list.children[position] ?? null);
  });
  if (lost && !list.contains(document.activeElement)) {
    after.find((child) => child.dataset.key === focused)?.querySelector("a, button")?.focus();
  }
}

/** A URL that breaks where its parts do. */
export function urlText(url) {
  return url.split(/(?<=[/?&=.])/).flatMap((part, position) => (position ? [document.createElement("wbr"), part] : [part]));
}

let made = 0;

/** An id that no other element of the page has. */
export function newId(prefix) {
  made += 1;
  return `${prefix}-${made}`;
}

function dressed(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

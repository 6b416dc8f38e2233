/** What a JSON Schema allows, as a list of members. */

import { h } from "../dom.js";
import { prose } from "./prose.js";

// Deeper than this, what is inside is shown when it is opened.
const OPEN_LEVELS = 1;

/** The members of an object, the choices of a union, the items of a list; null for what has no parts. */
export function shape(api, schema, level = 0) {
  const told = resolved(api, schema);
  const choices = (told.anyOf ?? told.oneOf ?? []).filter((each) => each.type !== "null");
  if (choices.length === 1) return shape(api, choices[0], level);
  if (choices.length) return choices.map((each, place) => folded(api, each, name(each) ?? `Form ${place + 1}`, level));
  if (told.items) return shape(api, told.items, level);
  const members = Object.entries(told.properties ?? {});
  if (!members.length) return null;
  const rows = members.map(([member, each]) => row(api, member, each, told.required?.includes(member), level));
  return h("dl", { class: "members" }, rows);
}

function row(api, member, schema, required, level) {
  const told = resolved(api, schema);
  const parts = hasParts(api, schema) && folded(api, schema, name(schema) ?? "members", level + 1);
  return [
    h("dt", {}, h("code", {}, member), required && h("span", { class: "soft" }, " required")),
    h("dd", {}, h("span", { class: "soft" }, kind(api, schema)), told.description && [" ", prose(told.description)], parts),
  ];
}

function folded(api, schema, title, level) {
  const details = h("details", {}, h("summary", {}, title));
  const open = () => {
    details.append(...[shape(api, schema, level)].flat(Infinity).filter(Boolean));
    details.removeEventListener("toggle", open);
  };
  details.addEventListener("toggle", open);
  if (level < OPEN_LEVELS) details.open = true;
  return details;
}

function hasParts(api, schema) {
  const told = resolved(api, schema);
  if (told.properties || told.oneOf) return true;
  if (told.items) return hasParts(api, told.items);
  return (told.anyOf ?? []).some((each) => hasParts(api, each));
}

function kind(api, schema) {
  const told = resolved(api, schema);
  if (told.enum) return told.enum.map(String).join(" | ");
  if (told.const !== undefined) return JSON.stringify(told.const);
  if (told.items) return `list of ${kind(api, told.items)}`;
  if (told.anyOf) return told.anyOf.map((each) => kind(api, each)).join(" or ");
  return [told.type ?? "anything"].flat().join(" or ") + (told.format ? ` (${told.format})` : "");
}

const name = (schema) => schema.title ?? schema.$ref?.split("/").pop();

function resolved(api, schema) {
  const key = schema.$ref?.split("/").pop();
  return key ? { ...api.components.schemas[key], ...(schema.description && { description: schema.description }) } : schema;
}

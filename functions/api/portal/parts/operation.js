/** One operation of the API: what it takes, and what it answers. */

import { h } from "../dom.js";
import { prose } from "./prose.js";
import { shape } from "./shape.js";

/** `each` has a method, a path and what is told of it. What is inside is made when it is opened. */
export function operation(api, each) {
  const details = h(
    "details",
    { class: "operation", id: each.told.operationId },
    h(
      "summary",
      {},
      h("span", { class: `method ${each.method}` }, each.method.toUpperCase()),
      h("code", { class: "url" }, each.path),
      h("span", { class: "soft" }, each.told.summary),
    ),
  );
  const open = () => {
    details.append(...inside(api, each));
    details.removeEventListener("toggle", open);
  };
  details.addEventListener("toggle", open);
  return details;
}

function inside(api, { told, also }) {
  return [
    told.description && h("p", {}, prose(told.description)),
    also.length > 0 && h("p", { class: "soft" }, "Also ", also.map((path, place) => [place ? ", " : "", h("code", {}, path)])),
    h("p", { class: "soft" }, who(told)),
    told.parameters && parameters(told.parameters),
    told.requestBody && [h("h3", {}, "Body"), contents(api, told.requestBody.content)],
    h("h3", {}, "Answers"),
    Object.entries(told.responses).map(([status, response]) => answer(api, status, response)),
  ]
    .flat(Infinity)
    .filter(Boolean);
}

function who(told) {
  const names = (told.security ?? []).flatMap((each) => Object.keys(each));
  return names.length ? `Asks for a key: ${names.join(", ")}.` : "Asks for no key of yours.";
}

function parameters(all) {
  const rows = all.map((each) => [
    h("dt", {}, h("code", {}, each.name), " ", h("span", { class: "soft" }, each.in)),
    h("dd", {}, prose(each.description ?? each.schema.description ?? ""), " ", h("span", { class: "soft" }, limits(each.schema))),
  ]);
  return [h("h3", {}, "Parameters"), h("dl", { class: "members" }, rows)];
}

function limits(schema) {
  if (schema.enum) return schema.enum.join(", ");
  const told = ["minimum", "maximum", "default"].filter((name) => name in schema);
  return told.map((name) => `${name} ${schema[name]}`).join(", ");
}

function answer(api, status, response) {
  return h(
    "details",
    { class: "answer" },
    h("summary", {}, h("strong", {}, status), " ", prose(response.description)),
    Object.keys(response.headers ?? {}).length > 0 &&
      h("p", { class: "soft" }, `Headers: ${Object.keys(response.headers).join(", ")}`),
    contents(api, response.content ?? {}),
  );
}

function contents(api, content) {
  return Object.entries(content).map(([type, media]) => [
    h("p", { class: "soft" }, type),
    media.example !== undefined && h("pre", { tabindex: "0" }, written(media.example)),
    shape(api, media.schema),
  ]);
}

const written = (example) => (typeof example === "string" ? example : JSON.stringify(example, null, 2));

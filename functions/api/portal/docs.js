/** Shows the OpenAPI document: its operations by tag, what each takes and answers. */

import { fill, h } from "./dom.js";
import { operation } from "./parts/operation.js";
import { prose } from "./parts/prose.js";

const content = document.getElementById("content");

/** Operations by tag, in the order of the tags. Paths that are the same operation under another spelling come along. */
function grouped(api) {
  const groups = new Map(api.tags.map((tag) => [tag.name, { ...tag, operations: [] }]));
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, told] of Object.entries(methods)) add(groups.get(told.tags[0]), method, path, told);
  }
  for (const [name, { post }] of Object.entries(api.webhooks)) add(groups.get(post.tags[0]), "receives", name, post);
  return [...groups.values()];
}

function add(group, method, path, told) {
  const same = group.operations.find((each) => each.method === method && each.plain === plain(path));
  if (same) same.also.push(path);
  else group.operations.push({ method, path, told, plain: plain(path), also: [] });
}

const plain = (path) => path.replace(/^\/v1(?=\/(webhooks|tracks))/, "").replace(/(?<=.)\/$/, "");

function page(api) {
  const groups = grouped(api);
  const sections = groups.map((group) => section(api, group));
  const search = h("input", {
    type: "search",
    id: "search",
    placeholder: "subscriptions, retry, POST …",
    input: () => narrow(sections, search.value.trim().toLowerCase()),
  });
  const links = groups.map((group) => h("li", {}, h("a", { href: `#${anchor(group)}` }, group.name)));
  return [
    h("h1", {}, `${api.info.title} API`),
    api.info.description.split("\n\n").map((paragraph) => h("p", { class: "lead" }, prose(paragraph))),
    h("nav", { "aria-label": "Parts" }, h("ul", { class: "parts" }, links)),
    h("div", { class: "field" }, h("label", { for: "search" }, "Search"), search),
    keys(api),
    sections.map((each) => each.element),
  ];
}

function keys(api) {
  const told = Object.values(api.components.securitySchemes).map((scheme) => h("li", {}, prose(scheme.description)));
  return h("section", { class: "card" }, h("h2", {}, "Keys"), h("ul", { class: "plain" }, told));
}

const anchor = (group) => group.name.toLowerCase();

function section(api, group) {
  const operations = group.operations.map((each) => ({
    words: [each.method, each.path, each.told.summary, each.told.description ?? ""].join(" ").toLowerCase(),
    element: operation(api, each),
  }));
  const element = h(
    "section",
    { class: "card", id: anchor(group) },
    h("h2", {}, group.name),
    h("p", { class: "soft" }, prose(group.description)),
    operations.map((each) => each.element),
  );
  return { element, operations };
}

function narrow(sections, words) {
  for (const { element, operations } of sections) {
    for (const each of operations) each.element.hidden = !each.words.includes(words);
    element.hidden = operations.every((each) => each.element.hidden);
  }
}

try {
  const answer = await fetch("/openapi.json", { credentials: "omit" });
  fill(content, page(await answer.json()));
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
} catch {
  fill(content, h("p", { class: "notice bad", role: "alert" }, "The description of the API could not be loaded."));
}

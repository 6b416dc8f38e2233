/** A request as it is sent, and what came back. */

import { h, urlText } from "../dom.js";
import { codeBlock } from "./code.js";
import { copyButton } from "./copy.js";

/** A request with its headers, its body, and as a command. */
export function requestBlock(request) {
  return h(
    "section",
    { class: "exchange" },
    h("p", { class: "line" }, h("strong", {}, request.method), " ", h("code", {}, urlText(request.url)), copyButton("Copy as curl", () => curl(request))),
    headerTable(request.headers),
    codeBlock("Request body", request.body),
  );
}

/** The same request as a `curl` command for a shell of Unix. */
export function curl(request) {
  const headers = Object.entries(request.headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return [`curl -X ${request.method} ${quoted(request.url)}`, ...headers, `--data-binary ${quoted(request.body)}`].join(" \\\n  ");
}

function quoted(text) {
  return `'${String(text).replaceAll("'", "'\\''")}'`;
}

function headerTable(headers) {
  return h(
    "details",
    { class: "headers", open: true },
    h("summary", {}, "Headers"),
    h(
      "dl",
      {},
      Object.entries(headers).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    ),
  );
}

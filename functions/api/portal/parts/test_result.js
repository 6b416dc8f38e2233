/** What came back from a test. */

import { fill, h } from "../dom.js";
import { badge, statusBadge } from "./badge.js";
import { codeBlock } from "./code.js";
import { requestBlock } from "./exchange.js";
import { milliseconds } from "./time.js";

/** Shows in `place` what was sent and what was answered. Once that is dismissed, `opener` has the focus again. */
export function showTestResult(place, result, opener) {
  const dismiss = () => {
    fill(place);
    opener.focus();
  };
  fill(place, testResult(result, dismiss));
}

function testResult(result, dismiss) {
  const close = h("button", { type: "button", class: "quiet small", click: dismiss }, "Dismiss");
  return h(
    "section",
    { class: `result ${result.outcome === "delivered" ? "good" : "bad"}`, role: "status", "aria-label": "Result of the test" },
    h(
      "p",
      { class: "line" },
      h("strong", {}, "Test"),
      badge(result.outcome),
      result.outcome !== "delivered" && statusBadge(result.status_code, result.error),
      result.outcome === "delivered" && h("span", {}, `answered ${result.status_code}`),
      h("span", { class: "soft" }, `in ${milliseconds(result.duration_ms)}`),
      close,
    ),
    result.message && h("p", {}, result.message),
    result.response_body && codeBlock("Response", result.response_body),
    result.request && h("details", {}, h("summary", {}, "Request as sent"), requestBlock(result.request)),
  );
}

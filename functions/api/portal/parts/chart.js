/** Bars of the last hours: what was delivered above the line, what failed below. */

import { h, svg } from "../dom.js";
import { hourOf } from "./time.js";

const WIDTH = 6;
const GAP = 2;

/** A chart of `hours`, oldest first, with its numbers as a sentence. `height` is in units of its own. */
export function chart(hours, { height = 32, label = "Last 24 hours" } = {}) {
  const most = Math.max(1, ...hours.map((hour) => Math.max(hour.delivered, hour.failed)));
  const hasFailures = hours.some((hour) => hour.failed);
  const above = hasFailures ? height * 0.65 : height - 2;
  const below = height - above - 1;
  const width = hours.length * (WIDTH + GAP) - GAP;
  const bars = hours.map((hour, position) => column(hour, position * (WIDTH + GAP), { above, below, most }));
  const line = svg("rect", { class: "axis", x: 0, y: above, width, height: 1 });
  return svg(
    "svg",
    { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": sentence(hours, label), preserveAspectRatio: "none" },
    bars,
    line,
  );
}

/** The chart with what its ends mean. */
export function labelledChart(hours) {
  return h(
    "figure",
    { class: "hours" },
    chart(hours, { height: 64 }),
    h("figcaption", {}, h("span", {}, hourOf(hours[0].from)), h("span", { class: "legend" }, legend("good", "Delivered"), legend("bad", "Failed attempts")), h("span", {}, "now")),
  );
}

function legend(tone, text) {
  return h("span", { class: `key ${tone}` }, text);
}

function column(hour, x, { above, below, most }) {
  const up = hour.delivered ? Math.max(2, (hour.delivered / most) * (above - 1)) : 0;
  const down = hour.failed ? Math.max(2, (hour.failed / most) * below) : 0;
  const title = `${hourOf(hour.from)}: ${hour.delivered} delivered, ${hour.failed} failed`;
  return svg(
    "g",
    {},
    svg("title", {}, title),
    svg("rect", { class: "hour", x, y: 0, width: WIDTH, height: above }),
    up > 0 && svg("rect", { class: "delivered", x, y: above - up, width: WIDTH, height: up, rx: 1 }),
    down > 0 && svg("rect", { class: "failed", x, y: above + 1, width: WIDTH, height: down, rx: 1 }),
  );
}

function sentence(hours, label) {
  const delivered = hours.reduce((sum, hour) => sum + hour.delivered, 0);
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0);
  return `${label}: ${delivered} delivered, ${failed} failed attempts`;
}

/** The share of attempts that succeeded, as text, or a dash where there were none. */
export function successRate(stats) {
  const all = stats.delivered + stats.failed;
  if (!all) return "–";
  const share = (100 * stats.delivered) / all;
  return `${share === 100 || share === 0 ? share : Math.min(99.9, share).toFixed(1)} %`;
}

/** Small pictures beside words. They say nothing that the words do not. */

import { svg } from "../dom.js";

const PATHS = {
  parcel: "M3 6.5 10 2.5l7 4v7l-7 4-7-4zM3.3 6.7 10 10.3l6.7-3.6M10 10.3v7",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  cross: "m5 5 10 10M15 5 5 15",
  clock: "M10 5.5V10l3 2M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0z",
  pause: "M7.5 5v10M12.5 5v10",
  dash: "M5 10h10",
  again: "M15.5 7A6.5 6.5 0 1 0 16.5 11M16 3.5V7h-3.5",
  copy: "M7.5 7.5h8v8h-8zM4.5 12.5v-8h8",
  play: "m7 4.5 8 5.5-8 5.5z",
  alert: "M10 6v5M10 13.5v.500M10 2.5l8 14H2z",
  plus: "M10 4.5v11M4.5 10h11",
  gear: "M4 6h7M15 6h1M4 14h1M9 14h7M11 6a2 2 0 1 0 4 0 2 2 0 0 0-4 0M5 14a2 2 0 1 0 4 0 2 2 0 0 0-4 0",
};

/** The icon `name`, as large as the text beside it. */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}

/** Points in time and lengths of time, as people read them. */

import { h } from "../dom.js";

const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const HOUR = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** How long ago, or in how long, with the exact time in the tooltip. */
export function when(text) {
  if (!text) return h("span", { class: "soft" }, "–");
  const element = h("time", { datetime: text, title: exactly(text) }, relatively(text));
  return element;
}

/** The exact time, in the time zone of whoever reads. */
export function exactly(text) {
  return EXACT.format(new Date(text));
}

/** The time of the day. */
export function hourOf(text) {
  return HOUR.format(new Date(text));
}

export function relatively(text, now = Date.now()) {
  const seconds = (Date.parse(text) - now) / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? UNITS.at(-1);
  return RELATIVE.format(Math.round(seconds / size), unit);
}

/** "1 h 30 min", "2 s". */
export function duration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  const parts = [
    [Math.floor(minutes / 1440), "d"],
    [Math.floor((minutes % 1440) / 60), "h"],
    [minutes % 60, "min"],
  ];
  return parts.filter(([number]) => number).map(([number, unit]) => `${number} ${unit}`).join(" ");
}

/** "240 ms", "1.2 s". */
export function milliseconds(number) {
  if (number === null || number === undefined) return "–";
  return number < 1000 ? `${number} ms` : `${(number / 1000).toFixed(1)} s`;
}

/** Keeps the relative times of the page true. */
setInterval(() => {
  for (const element of document.querySelectorAll("time[datetime]")) {
    const text = relatively(element.dateTime);
    if (element.textContent !== text) element.textContent = text;
  }
}, 5000);

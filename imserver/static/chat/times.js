const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FOR_GOOD = 366 * DAY;

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const LONG_WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const DATE_AND_CLOCK = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
const LONG_DATE = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const FULL_DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const DAY_AND_MONTH = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const NUMERIC_DATE = new Intl.DateTimeFormat(undefined, { day: "2-digit", month: "2-digit", year: "2-digit" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const SPANS = [
  ["year", 365 * DAY],
  ["month", 30 * DAY],
  ["week", 7 * DAY],
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
];

/** @param {string} at */
export function clock(at) {
  return CLOCK.format(new Date(at));
}

/** @param {string} at */
export function moment(at) {
  return MOMENT.format(new Date(at));
}

/** Roughly how long before. @param {string} at @param {number} now */
export function ago(at, now) {
  const passed = now - Date.parse(at);
  const span = SPANS.find(([, length]) => passed >= length);
  return span ? AGO.format(-Math.floor(passed / span[1]), span[0]) : "just now";
}

/** Days since then by the calendar, not by the clock. @param {Date} date @param {number} [now] */
function daysAgo(date, now = Date.now()) {
  return Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / DAY);
}

/** For the list: as short as it can be. @param {string} at */
export function shortTime(at) {
  const date = new Date(at);
  const days = daysAgo(date);
  if (days <= 0) return CLOCK.format(date);
  if (days < 7) return WEEKDAY.format(date);
  return date.getFullYear() === new Date().getFullYear() ? DATE.format(date) : NUMERIC_DATE.format(date);
}

/** For the line between two days. @param {string} at */
export function day(at) {
  const date = new Date(at);
  const days = daysAgo(date);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days < 7) return LONG_WEEKDAY.format(date);
  return date.getFullYear() === new Date().getFullYear() ? LONG_DATE.format(date) : FULL_DATE.format(date);
}

/** When a person was last here; nothing where it is not shown. @param {import("../im-client/types.js").Seen} [seen] */
export function lastSeen({ online, last_seen_at } = { online: false }) {
  if (online) return "online";
  if (!last_seen_at) return "";
  const date = new Date(last_seen_at);
  const days = daysAgo(date);
  if (days <= 0) return `last seen today at ${CLOCK.format(date)}`;
  if (days === 1) return "last seen yesterday";
  const thisYear = date.getFullYear() === new Date().getFullYear();
  return `last seen on ${(thisYear ? DAY_AND_MONTH : FULL_DATE).format(date)}`;
}

/** @param {string} one @param {string} other */
export function sameDay(one, other) {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** “ until …”, or nothing where it is for good. @param {string} at @param {number} now */
export function until(at, now) {
  const date = new Date(at);
  if (date.getTime() - now > FOR_GOOD) return "";
  const days = -daysAgo(date, now);
  if (days > 1) return ` until ${DATE_AND_CLOCK.format(date)}`;
  return ` until ${days === 1 ? "tomorrow at " : ""}${CLOCK.format(date)}`;
}

/** A length of time: hours where there are any, minutes, seconds. @param {number} seconds */
export function length(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FOR_GOOD = 366 * DAY;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });

/** How long something holds, as choices: label and milliseconds; null is for good. @type {[string, number | null][]} */
export const SPANS = [
  ["1 hour", HOUR],
  ["1 day", DAY],
  ["1 week", 7 * DAY],
  ["For good", null],
];

/** The moment after so many milliseconds. @param {number} now @param {number} span */
export function after(now, span) {
  return new Date(now + span).toISOString();
}

/** As far as calendars of the server go. */
export const NEVER = "2199-12-31T00:00:00.000Z";

/** “ until …”, or nothing where it is for good. @param {string} at @param {number} now */
export function until(at, now) {
  const left = Date.parse(at) - now;
  if (left > FOR_GOOD) return "";
  return ` until ${(left < DAY ? CLOCK : DATE).format(new Date(at))}`;
}

/** Minutes and seconds that are left. @param {number} milliseconds */
export function countdown(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

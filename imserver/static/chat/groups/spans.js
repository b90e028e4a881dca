const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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

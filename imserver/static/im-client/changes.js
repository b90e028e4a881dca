/**
 * What becomes of a conversation by something that came in.
 *
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {object} Changes
 * @property {Entry[]} added
 * @property {Entry[]} updated
 * @property {Entry[]} changing  entries that change a message, held or not
 * @property {Entry[]} notices
 * @property {string[]} keys    of own messages that are now in the log
 * @property {boolean} reset    what was held before is gone
 * @property {boolean} unsure   what the head says cannot be known from here: ask for it
 */

/** @returns {Changes} */
export function none() {
  return { added: [], updated: [], changing: [], notices: [], keys: [], reset: false, unsure: false };
}

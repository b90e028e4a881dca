import { h } from "./dom.js";
import { isNotice } from "./groups/notice.js";
import { day, sameDay } from "./times.js";

const ONE_BREATH = 5 * 60 * 1000;

/**
 * Gives a row what depends on the one above it: the day line, the line above new messages, the group it belongs to.
 * @typedef {import("./rows.js").Row} Row
 * @param {Row} row
 * @param {{ above?: Row, said?: Row }} before `said`: the last message above it, whatever happened in between
 * @param {string} me
 * @param {{ readAtOpening: number, complete: boolean }} reading   `complete`: there is nothing above the first row
 */
export function decorate(row, { above, said }, me, reading) {
  const { node, message } = row;
  const startsDay = !above || !sameDay(above.message.created_at, message.created_at);
  const startsNews = startsUnread(message, said, me, reading);
  const continues = !startsDay && !startsNews && above !== undefined && together(above.message, message, me);
  for (const line of node.querySelectorAll(":scope > .line")) line.remove();
  if (startsNews) node.prepend(h("div", { class: "line unread-line" }, h("span", {}, "New messages")));
  if (startsDay) node.prepend(h("div", { class: "line day-line" }, h("span", {}, day(message.created_at))));
  node.classList.toggle("continues", continues);
}

/**
 * @param {any} message @param {Row | undefined} above @param {string} me
 * @param {{ readAtOpening: number, complete: boolean }} reading
 */
function startsUnread({ seq, sender }, above, me, { readAtOpening, complete }) {
  if (seq === undefined || seq <= readAtOpening || sender === me) return false;
  return above ? above.message.seq <= readAtOpening : complete || seq === readAtOpening + 1;
}

/** Said by the same person in one breath. @param {any} one @param {any} other @param {string} me */
function together(one, other, me) {
  if (isNotice(one) || isNotice(other)) return false;
  const same = (one.sender ?? me) === (other.sender ?? me);
  return same && Date.parse(other.created_at) - Date.parse(one.created_at) < ONE_BREATH;
}

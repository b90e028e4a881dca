import { h, icon, spoken } from "./dom.js";

/**
 * What stands at the end of a row of the list: pinned, mentioned, how much is unread.
 * @param {{ unread: number, mentions: number, marked: boolean, pinned: boolean, silent: boolean }} view
 * @returns {HTMLElement[]}
 */
export function signs({ unread, mentions, marked, pinned, silent }) {
  const found = [];
  if (pinned) found.push(h("span", { class: "row-pin", role: "img", "aria-label": "Pinned" }, icon("pin")));
  if (mentions) found.push(sign("badge at", "@", mentions === 1 ? "1 mention" : `${mentions} mentions`));
  const look = silent ? "badge quiet" : "badge";
  if (unread) found.push(sign(look, unread > 999 ? "999+" : String(unread), `${unread} unread`));
  else if (marked) found.push(sign(`${look} dot-only`, "", "Marked as unread"));
  return found;
}

/** @param {string} name @param {string} text @param {string} words */
function sign(name, text, words) {
  return h("span", { class: name }, h("span", { "aria-hidden": "true" }, text), spoken(words));
}

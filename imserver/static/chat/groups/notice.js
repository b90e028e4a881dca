import { h } from "../dom.js";
import { moment } from "../times.js";
import { memberName } from "./names.js";
import { isShown, noticeText } from "./words.js";

/**
 * What happened in a group, between its messages.
 * @typedef {import("../../im-client.js").Client} Client
 * @typedef {import("../../im-client.js").Conversation} Conversation
 * @typedef {import("../../im-client/types.js").Entry} Entry
 */

/** @param {any} message an entry or a draft */
export function isNotice({ seq, rev, order }) {
  return seq === undefined && rev !== undefined && order === undefined;
}

/** Those that stand between the messages that are here. @param {Conversation} conversation */
export function shownNotices({ notices, timeline }) {
  const first = timeline.complete ? 0 : (timeline.first?.rev ?? Infinity);
  return notices.all().filter((entry) => isShown(entry) && entry.rev > first);
}

/** @param {Entry} entry @param {Client} client @param {Conversation} conversation */
export function wordsOf(entry, client, { id }) {
  const name = (/** @type {string} */ person) => memberName(client, id, person);
  return noticeText(entry, { me: client.user.id, name, now: Date.parse(entry.created_at) });
}

/** @param {string} text @param {string} at */
export function noticeLine(text, at) {
  return h("p", { class: "notice", dir: "auto", title: moment(at) }, text);
}

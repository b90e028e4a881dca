/**
 * Edits that were begun and not saved when their conversation was left: they wait there while this page lives.
 *
 * @typedef {import("../im-client.js").Conversation} Conversation
 * @typedef {import("../im-client/types.js").Entry} Entry
 * @typedef {{ message: Entry, text: string, chosen: import("./mention-text.js").Named[] }} Edit
 * @type {WeakMap<Conversation, Edit>}
 */
const edits = new WeakMap();

/** @param {Conversation} conversation @param {Edit} edit */
export function keepEdit(conversation, edit) {
  edits.set(conversation, edit);
}

/** @param {Conversation} conversation */
export function takeEdit(conversation) {
  const edit = edits.get(conversation);
  edits.delete(conversation);
  return edit;
}

/** It is saved after all. @param {Conversation} conversation @param {Entry} message */
export function dropEdit(conversation, message) {
  if (edits.get(conversation)?.message.seq === message.seq) edits.delete(conversation);
}

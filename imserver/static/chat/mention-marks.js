import { names } from "../im-client/mentions.js";
import { h } from "./dom.js";
import { placesOf } from "./mention-text.js";

/**
 * @typedef {import("../im-client.js").Client} Client
 * @typedef {import("../im-client.js").Conversation} Conversation
 * @typedef {{ mentions?: string[], sender?: string }} Message
 */

/** Whether somebody else's message names this person. @param {Client} client @param {any} message */
export function namesMe({ user }, message) {
  return message.sender !== undefined && message.sender !== user.id && !message.recalled && names(message, user.id);
}

/**
 * Makes the names in a text stand out.
 * @param {HTMLElement} node @param {any} message @param {Client} client @param {Conversation} conversation
 */
export function markMentions(node, { mentions = [] }, client, { id }) {
  if (!mentions.length) return;
  /** @type {Map<string, string>} name -> id */
  const called = new Map(
    mentions.flatMap((/** @type {string} */ who) =>
      namesOf(client, id, who).map((name) => /** @type {[string, string]} */ ([name, who])),
    ),
  );
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts) if (!text.parentElement?.closest("a, code, pre")) mark(text, called, client.user.id);
}

/**
 * Who is named by a message whose text is now another one; nothing if they are the same.
 * @param {import("../im-client/types.js").Entry} message @param {string} text @param {string[]} added
 * @param {Client} client @param {Conversation} conversation
 */
export function renamed({ mentions = [] }, text, added, client, { id }) {
  const stays = (/** @type {string} */ who) => {
    const called = namesOf(client, id, who);
    return !called.length || placesOf(text, called).length > 0;
  };
  const now = [...new Set([...mentions.filter(stays), ...added])];
  return now.join() === mentions.join() ? undefined : now;
}

/**
 * What those whom a message names are called here.
 * @param {any} message @param {Client} client @param {Conversation} conversation
 */
export function mentionNames({ mentions = [] }, client, { id }) {
  return mentions.flatMap((/** @type {string} */ who) => namesOf(client, id, who));
}

/** What a person is or was called in a group. @param {Client} client @param {string} group @param {string} who */
function namesOf(client, group, who) {
  if (who === "all") return ["all"];
  const me = who === client.user.id ? client.user.display_name : undefined;
  const seat = client.groups.seat(group, who);
  return [seat?.nickname, seat?.person.display_name, me ?? client.people.get(who)?.display_name].filter(
    (name) => name !== undefined && name !== "",
  );
}

/** @param {Text} text @param {Map<string, string>} called @param {string} me */
function mark(text, called, me) {
  const said = text.data;
  const parts = [];
  let done = 0;
  for (const { start, end, name } of placesOf(said, [...called.keys()])) {
    const isMine = [me, "all"].includes(called.get(name) ?? "");
    parts.push(said.slice(done, start));
    parts.push(h("span", { class: isMine ? "mention me" : "mention" }, said.slice(start, end)));
    done = end;
  }
  if (parts.length) text.replaceWith(...parts, said.slice(done));
}

import { titleOf } from "../names.js";

/**
 * How people of a conversation are called.
 * @typedef {import("../../im-client.js").Client} Client
 * @typedef {import("../../im-client.js").Conversation} Conversation
 */

/**
 * How somebody is called in a group, until it is known just a member.
 * @param {Client} client @param {string} group @param {string} person
 */
export function memberName(client, group, person) {
  return client.groups.nameOf(group, person) ?? "Member";
}

/**
 * Who wrote a message.
 * @param {any} message an entry or a draft @param {Client} client @param {Conversation} conversation
 */
export function authorOf({ seq, sender }, client, conversation) {
  if (seq === undefined || sender === client.user.id) return "You";
  const isGroup = conversation.head.kind === "group";
  return isGroup ? memberName(client, conversation.id, sender) : titleOf(conversation, client);
}

/** In the list a message of a group says whose it is. @param {Client} client @param {Conversation} conversation */
export function lastAuthor(client, { id, head }) {
  if (head.kind !== "group" || !head.last?.sender) return "";
  return head.last.sender === client.user.id ? "You" : memberName(client, id, head.last.sender);
}

/** Who is writing at the moment; nothing where nobody is. @param {Client} client @param {Conversation} conversation */
export function typingWords(client, { id, head }) {
  const [first, ...others] = client.typing.in(id);
  if (!first) return "";
  if (head.kind !== "group") return "typing…";
  return others.length ? `${others.length + 1} people are typing…` : `${memberName(client, id, first)} is typing…`;
}

/** @param {number} count */
export function membersInWords(count) {
  return count === 1 ? "1 member" : `${count.toLocaleString("en")} members`;
}

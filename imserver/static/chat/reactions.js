import { h } from "./dom.js";
import { listed, nameOf } from "./names.js";

/**
 * What people have put to a message: each once, with how many; a click puts or takes one's own.
 *
 * @typedef {import("../im-client.js").Client} Client
 * @typedef {import("../im-client.js").Conversation} Conversation
 * @param {any} message @param {Client} client @param {Conversation} conversation
 * @param {(emoji: string, isMine: boolean) => void} toggle
 */
export function reactions(message, client, conversation, toggle) {
  const found = reactionsOf(message);
  if (!found.length) return null;
  return h(
    "span",
    { class: "reactions", role: "group", "aria-label": "Reactions" },
    ...found.map((reaction) => chip(reaction, client, conversation, toggle)),
  );
}

/** Who is named at a message, beside its author: to be drawn again when they are called otherwise. */
export function namesAt(/** @type {any} */ message, /** @type {Client} */ client, /** @type {Conversation} */ conversation) {
  const people = reactionsOf(message).flatMap(({ users }) => users);
  const others = [message.content?.forwarded?.sender, message.recalled?.by].filter(Boolean);
  return [...new Set([...others, ...people])].map((id) => nameOf(client, id, conversation)).join("\n");
}

/** @param {any} message @returns {import("../im-client/types.js").Reaction[]} */
function reactionsOf(message) {
  return (!message.recalled && message.reactions) || [];
}

/**
 * @param {import("../im-client/types.js").Reaction} reaction @param {Client} client @param {Conversation} conversation
 * @param {(emoji: string, isMine: boolean) => void} toggle
 */
function chip({ emoji, count, users }, client, conversation, toggle) {
  const me = client.user.id;
  const isMine = users.includes(me);
  const mineFirst = [...users].sort((one, other) => Number(other === me) - Number(one === me));
  const who = listed(mineFirst.map((id) => nameOf(client, id, conversation)), count);
  const about = { class: isMine ? "reaction mine" : "reaction", "data-emoji": emoji, "aria-label": `${emoji} ${who}`, title: who };
  const parts = [
    h("span", { class: "reaction-emoji" }, emoji),
    h("span", { class: "reaction-count" }, String(count)),
  ];
  if (conversation.head.former) return h("span", { ...about, role: "img" }, ...parts);
  const pressing = { type: "button", "aria-pressed": String(isMine), onclick: () => toggle(emoji, isMine) };
  return h("button", { ...about, ...pressing }, ...parts);
}

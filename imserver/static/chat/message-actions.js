import { leads } from "./groups/rights.js";

const HOUR = 3_600_000;
/** What the server writes is nobody's to copy. */
const OF_THE_SERVER = new Set(["call"]);

/**
 * What this person may do with a message now; the server decides again.
 *
 * @typedef {"reply" | "forward" | "copy" | "edit" | "pin" | "unpin" | "star" | "unstar" | "readers" | "select" | "hide" |
 *   "recall" | "retry" | "discard"} Action
 * @param {import("../im-client.js").Client} client @param {any} message an entry or a draft
 * @param {import("../im-client.js").Conversation} conversation
 * @returns {Action[]}
 */
export function actionsFor(client, message, conversation) {
  if (message.seq === undefined) return message.state === "failed" ? ["retry", "copy", "discard"] : ["copy"];
  if (conversation.head.former) return textOf(message) ? ["copy"] : [];
  if (message.recalled || !message.content) return ["hide"];
  const mine = message.sender === client.user.id;
  const leads = leadsIn(client, conversation);
  const hours = (client.now() - Date.parse(message.created_at)) / HOUR;
  const { edit_hours = 0, recall_hours = 0 } = client.limits;
  const isEditable = mine && message.kind === "text" && !message.content.forwarded && hours < edit_hours;
  /** @type {[Action, boolean][]} */
  const known = [
    ["reply", true],
    ["forward", mayBeForwarded(message)],
    ["copy", textOf(message) !== ""],
    ["edit", isEditable],
    [message.pinned ? "unpin" : "pin", conversation.head.kind !== "group" || leads],
    [client.stars.has(conversation.id, message.seq) ? "unstar" : "star", true],
    ["readers", mine && conversation.head.kind === "group"],
    ["select", true],
    ["hide", true],
    ["recall", leads || (mine && hours < recall_hours)],
  ];
  return known.flatMap(([action, may]) => (may ? [action] : []));
}

/** @param {any} message */
export function mayBeForwarded({ kind }) {
  return !OF_THE_SERVER.has(kind);
}

/** What there is to copy. @param {any} message */
export function textOf({ content }) {
  return String(content?.text ?? content?.caption ?? "");
}

/** @param {import("../im-client.js").Client} client @param {import("../im-client.js").Conversation} conversation */
function leadsIn(client, { id }) {
  const group = client.groups.get(id);
  return Boolean(group && leads(group));
}

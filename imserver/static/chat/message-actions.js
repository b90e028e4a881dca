const HOUR = 3_600_000;

/**
 * What this person may do with a message now; the server decides again.
 * @param {import("../im-client.js").Client} client @param {any} message an entry or a draft
 * @returns {("reply" | "edit" | "copy" | "retry" | "discard" | "recall")[]}
 */
export function actionsFor(client, message) {
  if (message.seq === undefined) return message.state === "failed" ? ["retry", "copy", "discard"] : ["copy"];
  if (message.recalled || !message.content) return [];
  const mine = message.sender === client.user.id;
  const hours = (client.now() - Date.parse(message.created_at)) / HOUR;
  const isText = message.kind === "text";
  /** @type {any[]} */
  const actions = ["reply"];
  if (isText) actions.push("copy");
  if (mine && isText && hours < (client.limits.edit_hours ?? 0)) actions.push("edit");
  if (mine && hours < (client.limits.recall_hours ?? 0)) actions.push("recall");
  return actions;
}

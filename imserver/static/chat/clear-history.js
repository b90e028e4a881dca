import { attempted } from "./attempted.js";
import { confirm } from "./dialog.js";

/**
 * @param {import("../im-client.js").Client} client @param {import("../im-client.js").Conversation} conversation
 * @returns {import("./menu.js").Item}
 */
export function clearItem(client, conversation) {
  const act = async () => {
    const { seq } = conversation.head; // what comes while it asks stays
    const text = "All messages up to now go from all your devices. Others keep what they have.";
    if (!(await confirm({ title: "Clear the history?", text, action: "Clear" }))) return;
    await attempted("The history", "cleared", () => client.messages.clear(conversation.id, seq));
  };
  return { label: "Clear history…", icon: "hide", danger: true, act };
}

/**
 * Mentions by people whom one has blocked do not count, so a block that comes or goes has them counted again: here
 * where every unread message is held, else by the server.
 *
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @param {import("./client.js").Client} client @param {(conversation: Conversation) => void} changed
 */
export function followBlocks(client, changed) {
  const { friends } = client;
  /** @type {string | undefined} */
  let known;
  friends.addEventListener("change", () => {
    const blocked = [...friends.blocks.keys()].sort().join();
    if (!friends.loaded || blocked === known) return;
    const asks = known !== undefined; // the heads of the welcome know what was read right after it
    known = blocked;
    for (const conversation of client.list()) {
      if (!conversation.head.unread) continue;
      if (conversation.unread.recount()) changed(conversation);
      else if (asks) client.directory.again(conversation.id).catch(() => {}); // the next head says it
    }
  });
}

/** @param {import("./types.js").Entry} message @param {string} person */
export function names({ mentions = [] }, person) {
  return mentions.includes(person) || mentions.includes("all");
}

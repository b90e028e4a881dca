import { sleep } from "../im-client/backoff.js";

const FIRST_SCREEN = 30;
const PATIENCE = 50;

/**
 * Loads enough messages for a screen, and up to the first unread one if it is not too far up. Whoever else is loading
 * is waited for. Offline it ends at once: the next welcome asks again.
 *
 * @typedef {import("../im-client.js").Conversation} Conversation
 * @param {import("../im-client.js").Client} client @param {Conversation} conversation @param {AbortSignal} signal
 */
export async function fill(client, conversation, signal) {
  while (!signal.aborted && client.connection.online && !isFilled(conversation)) {
    if (conversation.loading) await sleep(PATIENCE);
    else if (!(await moved(client, conversation))) return;
  }
}

/** @param {Conversation} conversation */
function isFilled({ timeline, head }) {
  const covered = (timeline.first?.seq ?? Infinity) <= head.read_seq + 1;
  return timeline.complete || timeline.length >= (covered ? 1 : 4) * FIRST_SCREEN;
}

/** @param {import("../im-client.js").Client} client @param {Conversation} conversation */
async function moved(client, conversation) {
  const { timeline } = conversation;
  const { length } = timeline;
  const failed = await client.loadOlder(conversation).catch(() => true);
  // Reset meanwhile, it begins anew, and the page was dropped.
  return conversation.timeline !== timeline || (!failed && timeline.length > length);
}

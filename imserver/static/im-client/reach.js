import { sleep } from "./backoff.js";

const PAGE = 200;
const PATIENCE = 50;

/**
 * Loads older messages until one of them is here, or the first there is.
 * @param {import("./client.js").Client} client @param {import("./conversation.js").Conversation} conversation
 * @param {number} seq @param {AbortSignal} [signal]
 */
export async function reach(client, conversation, seq, signal) {
  const isThere = () => (conversation.timeline.first?.seq ?? Infinity) <= seq || conversation.timeline.complete;
  while (!isThere() && !signal?.aborted) {
    if (conversation.loading) await sleep(PATIENCE);
    else await client.loadOlder(conversation, PAGE);
  }
}

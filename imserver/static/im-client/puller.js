import { sleep } from "./backoff.js";

const LIMIT = 200;
const PARALLEL = 4;
const RETRY_AFTER = 1000;

/**
 * Fills gaps: one pull at a time for a conversation, a few at a time altogether.
 * @typedef {import("./conversation.js").Conversation} Conversation
 */
export class Puller {
  /** @type {Set<Conversation>} */
  #queue = new Set();
  /** @type {Set<Conversation>} */
  #busy = new Set();

  /**
   * @param {object} options
   * @param {(type: string, data: object) => Promise<any>} options.request
   * @param {(conversation: Conversation, frame: any) => void} options.apply
   * @param {(conversation: Conversation) => void} options.gone    the server knows it no more, or it is not ours
   */
  constructor({ request, apply, gone }) {
    this.request = request;
    this.apply = apply;
    this.gone = gone;
  }

  /** @param {Conversation} conversation */
  want(conversation) {
    if (!conversation.behind || this.#busy.has(conversation)) return;
    this.#queue.add(conversation);
    this.#next();
  }

  #next() {
    for (const conversation of this.#queue) {
      if (this.#busy.size >= PARALLEL) return;
      this.#queue.delete(conversation);
      this.#busy.add(conversation);
      this.#pull(conversation).finally(() => {
        this.#busy.delete(conversation);
        this.#next();
      });
    }
  }

  /** @param {Conversation} conversation */
  async #pull(conversation) {
    while (conversation.behind) {
      const { id, cursor } = conversation;
      try {
        const frame = await this.request("pull", { conversation: id, after_rev: cursor, limit: LIMIT });
        this.apply(conversation, frame);
      } catch (error) {
        const { retry, code, retryAfter } = /** @type {import("./errors.js").ImError} */ (error);
        if (code === "connection_lost") return; // the next welcome says whether we are still behind
        if (retry === "no") return this.gone(conversation);
        await sleep(retryAfter || RETRY_AFTER);
        continue;
      }
      if (conversation.cursor === cursor) conversation.wanted = cursor; // nothing more to be had
    }
  }
}

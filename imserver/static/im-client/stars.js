import { SelfLists } from "./self-lists.js";

const PAGE = 200;

/**
 * Which messages this person keeps.
 *
 * @typedef {import("./types.js").Starred} Starred
 */
export class Stars extends SelfLists {
  /** @type {Map<string, Set<number>>} seqs by conversation */
  #kept = new Map();

  /** @param {string} conversation @param {number} [seq] */
  has(conversation, seq = 0) {
    return this.#kept.get(conversation)?.has(seq) ?? false;
  }

  /** A message was kept, or is kept no longer. @param {string} kind @param {string} conversation @param {number} seq */
  changedHere(kind, conversation, seq) {
    this.hear(/** @type {any} */ ({ kind, content: { conversation, seq } }));
  }

  /**
   * A page of the messages themselves, the latest kept first.
   * @param {number | null} [before] the `next` of the page before @param {number} [limit]
   * @returns {Promise<{ items: Starred[], next: number | null }>}
   */
  page(before, limit = 50) {
    const from = before ? `&before=${before}` : "";
    return this.client.session.call("GET", `/v1/starred?limit=${limit}${from}`);
  }

  async read() {
    const kept = new Map();
    /** @type {number | null} */
    let before = null;
    do {
      const { items, next } = await this.page(before, PAGE);
      for (const { conversation, seq = 0 } of items) seqsOf(kept, conversation).add(seq);
      before = next;
    } while (before);
    this.#kept = kept;
  }

  /** @param {import("./types.js").Entry} entry */
  apply({ kind, content }) {
    if (!content) return false;
    const seqs = seqsOf(this.#kept, content.conversation);
    if (kind === "message.starred") seqs.add(content.seq);
    else if (kind === "message.unstarred" || kind === "message.hidden") seqs.delete(content.seq);
    else if (kind === "history.cleared") for (const seq of seqs) seq <= content.before_seq && seqs.delete(seq);
    else return false;
    return true;
  }
}

/** @param {Map<string, Set<number>>} kept @param {string} conversation */
function seqsOf(kept, conversation) {
  const seqs = kept.get(conversation) ?? new Set();
  kept.set(conversation, seqs);
  return seqs;
}

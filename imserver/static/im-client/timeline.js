import { veiled } from "./veil.js";

/**
 * The newest messages of one conversation, ascending by seq, without a hole from the first one on.
 * @typedef {import("./types.js").Entry} Entry
 */
export class Timeline {
  /** @type {Entry[]} */
  #messages = [];
  /** Whether the first message held is the first there is. */
  complete = false;

  /** @param {Entry[]} [messages] @param {boolean} [complete] */
  constructor(messages = [], complete = false) {
    this.#messages = messages;
    this.complete = complete;
  }

  get length() {
    return this.#messages.length;
  }

  get first() {
    return this.#messages.at(0);
  }

  get last() {
    return this.#messages.at(-1);
  }

  all() {
    return this.#messages.slice();
  }

  /** Without those that this person deleted for himself. */
  shown() {
    return this.#messages.filter(({ hidden }) => !hidden);
  }

  get lastShown() {
    return this.#messages.findLast(({ hidden }) => !hidden);
  }

  /** @param {number} seq */
  get(seq) {
    const found = this.#messages[this.position(seq)];
    return found?.seq === seq ? found : undefined;
  }

  /** Where a message of that seq stands or would stand. @param {number} seq */
  position(seq) {
    let low = 0;
    let high = this.#messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seqOf(this.#messages[middle]) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Adds a message, or replaces its copy by a newer state.
   * @param {Entry} entry @returns {"added" | "updated" | null}
   */
  put(entry) {
    const position = this.position(seqOf(entry));
    const copy = this.#messages[position];
    if (copy?.seq !== entry.seq) {
      this.#messages.splice(position, 0, entry);
      return "added";
    }
    if (changedRev(entry) <= changedRev(copy)) return null;
    this.#messages[position] = entry;
    return "updated";
  }

  /** Leaves of a message its place alone. @param {number} seq @returns {Entry[]} what is held now, if it is */
  veil(seq) {
    const position = this.position(seq);
    const held = this.#messages[position];
    if (held?.seq !== seq) return [];
    this.#messages[position] = veiled(held);
    return [this.#messages[position]];
  }

  /** What is left where one begins to see after a message. @param {number} seq */
  above(seq) {
    const reachesDown = this.complete || (this.first?.seq ?? Infinity) <= seq + 1;
    return new Timeline(this.#messages.slice(this.position(seq + 1)), reachesDown);
  }

  /** What was written after a rev; copies below a floor may be stale. @param {number} rev */
  after(rev) {
    return new Timeline(this.#messages.filter((message) => message.rev > rev));
  }

  /** Keeps only the newest. @param {number} count */
  trim(count) {
    if (this.#messages.length <= count) return;
    this.#messages = this.#messages.slice(-count);
    this.complete = false;
  }

  /** @param {number} seq @param {(message: Entry) => boolean} wanted */
  countAbove(seq, wanted) {
    return this.#messages.slice(this.position(seq + 1)).filter(wanted).length;
  }
}

/** @param {Entry} entry */
export function changedRev(entry) {
  return entry.changed_rev ?? entry.rev;
}

/** @param {Entry} one @param {Entry | undefined} other @returns {Entry} */
export function newer(one, other) {
  return other && changedRev(other) > changedRev(one) ? other : one;
}

/**
 * What an own message has become in the log.
 * @param {import("./types.js").Draft} draft @param {{ rev: number, seq: number, created_at: string }} ok
 * @param {string} sender @returns {Entry}
 */
export function confirmedEntry({ kind, key, content, reply_to, mentions }, { rev, seq, created_at }, sender) {
  return { rev, seq, kind, sender, key, content, reply_to, mentions, changed_rev: rev, created_at };
}

/** @param {Entry} message */
function seqOf(message) {
  return /** @type {number} */ (message.seq);
}

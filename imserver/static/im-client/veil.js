/**
 * What this person deleted for himself in a conversation: single messages, and all up to one. Those keep their place
 * and nothing else, by whatever way they come again.
 *
 * @typedef {import("./types.js").Entry} Entry
 */
export class Veil {
  /** @param {import("./types.js").Veiled} [kept] */
  constructor({ cleared = 0, hidden = [] } = {}) {
    /** Up to this seq the history is cleared. */
    this.cleared = cleared;
    this.hidden = new Set(hidden);
  }

  /** @returns {import("./types.js").Veiled} */
  snapshot() {
    return { cleared: this.cleared, hidden: [...this.hidden] };
  }

  /** @param {number} seq */
  covers(seq) {
    return seq <= this.cleared || this.hidden.has(seq);
  }

  /** @param {number} seq @returns {boolean} whether it was to be seen before */
  hide(seq) {
    if (this.covers(seq)) return false;
    this.hidden.add(seq);
    return true;
  }

  /** @param {number} seq @returns {boolean} whether that is further than before */
  clear(seq) {
    if (seq <= this.cleared) return false;
    this.cleared = seq;
    for (const hidden of this.hidden) if (hidden <= seq) this.hidden.delete(hidden);
    return true;
  }

  /** The message as it is held. @param {Entry} entry @returns {Entry} */
  over(entry) {
    return this.hidden.has(entry.seq ?? 0) ? veiled(entry) : entry;
  }
}

/** As the server's pull says it. @param {Entry} entry @returns {Entry} */
export function veiled({ rev, seq, kind, sender, key, changed_rev, created_at }) {
  return { rev, seq, kind, sender, key, content: null, hidden: true, changed_rev, created_at };
}

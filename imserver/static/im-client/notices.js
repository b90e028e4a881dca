const KEPT = 200;

/**
 * What happened in a group besides its messages, ascending by rev: as much of it as has come by.
 * @typedef {import("./types.js").Entry} Entry
 */
export class Notices {
  /** @type {Entry[]} */
  #entries;

  /** @param {{ entries: Entry[], asked: boolean }} [kept] `asked`: so were those before the first that came by */
  constructor({ entries, asked } = { entries: [], asked: false }) {
    this.#entries = entries;
    this.asked = asked;
  }

  all() {
    return this.#entries.slice();
  }

  /** @param {Entry[]} entries */
  put(entries) {
    const known = new Set(this.#entries.map(({ rev }) => rev));
    const fresh = entries.filter(({ rev }) => !known.has(rev));
    if (!fresh.length) return;
    const merged = [...this.#entries, ...fresh].sort((one, other) => one.rev - other.rev);
    this.#entries = merged.slice(-KEPT);
  }

  snapshot() {
    return { entries: this.all(), asked: this.asked };
  }
}

/** @param {Entry} entry neither a message nor a change of one */
export function isNotice({ seq, target, rev, content }) {
  return seq === undefined && target === undefined && rev !== undefined && content !== undefined;
}

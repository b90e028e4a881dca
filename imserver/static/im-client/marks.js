const GATHER = 300;

/** Read marks on their way to the server. A lost one is said again when the next head shows that it is missing. */
export class Marks {
  /** @type {Map<string, number>} */
  #pending = new Map();
  /** @type {any} */
  #timer = null;

  /** @param {{ request: (type: string, data: object) => Promise<any> }} options */
  constructor({ request }) {
    this.request = request;
  }

  /** @param {string} conversation @param {number} read_seq */
  add(conversation, read_seq) {
    this.#pending.set(conversation, Math.max(read_seq, this.#pending.get(conversation) ?? 0));
    this.#timer ??= setTimeout(() => this.flush(), GATHER);
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    for (const [conversation, read_seq] of this.#pending)
      this.request("mark", { conversation, read_seq }).catch(() => {});
    this.#pending.clear();
  }
}

import { coalesced } from "./backoff.js";

const TRIES = 3;

/**
 * People and conversations that are not on this device yet, by REST.
 * @typedef {import("./types.js").Head} Head
 * @typedef {import("./conversation.js").Conversation} Conversation
 */
export class Directory {
  /** Whether the server has conversations that are not here yet. */
  more = false;
  /** @type {string | null} */
  #cursor = null;
  /** @type {Promise<void> | null} */
  #loading = null;
  /** @type {Map<string, () => Promise<void>>} */
  #asking = new Map();

  /**
   * @param {object} options
   * @param {import("./session.js").Session} options.session
   * @param {(head: Head) => Conversation} options.take
   */
  constructor({ session, take }) {
    this.session = session;
    this.take = take;
  }

  /** The direct conversation with a person; the other sees nothing of it yet. @param {string} user */
  async open(user) {
    return this.take(await this.session.call("POST", "/v1/conversations", { user }));
  }

  /** A conversation that is further down the list than this device has read. @param {string} id */
  async fetch(id) {
    return this.take(await this.#read(id));
  }

  /** What is not known of a conversation that is here, its head says. @param {string} id */
  again(id) {
    const ask = this.#asking.get(id) ?? coalesced(() => this.#reread(id));
    this.#asking.set(id, ask);
    return ask().finally(() => this.#asking.delete(id));
  }

  /** A head that entries have overtaken does not count. @param {string} id */
  async #reread(id) {
    for (let tries = TRIES; tries; tries -= 1) {
      const told = await this.#read(id);
      if (told.rev >= this.take(told).head.rev) return;
    }
  }

  /** @param {string} id @returns {Promise<Head>} */
  #read(id) {
    return this.session.call("GET", `/v1/conversations/${encodeURIComponent(id)}`);
  }

  /** @param {string} text @returns {Promise<import("./types.js").Person[]>} */
  async findPeople(text) {
    return (await this.session.call("GET", `/v1/users?q=${encodeURIComponent(text)}`)).items;
  }

  /** Older conversations; the newest ones came with the welcome. One page at a time. */
  async loadMore() {
    this.#loading ??= this.#nextPage().finally(() => (this.#loading = null));
    await this.#loading;
  }

  async #nextPage() {
    if (!this.more) return;
    const cursor = this.#cursor ? `&cursor=${encodeURIComponent(this.#cursor)}` : "";
    const { items, next } = await this.session.call("GET", `/v1/conversations?limit=100${cursor}`);
    for (const head of items) this.take(head);
    this.#cursor = next;
    this.more = Boolean(next);
  }
}

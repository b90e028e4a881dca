import { coalesced } from "./backoff.js";

const RETRY_AFTER = 1000;

/**
 * Who of the people that are watched is online. A connection begins knowing nothing: the list is sent again after
 * every welcome, and what was known is forgotten with the connection. Who hides is offline, and was never seen.
 *
 * Events: `change`.
 *
 * @typedef {import("./types.js").Seen} Seen
 */
export class Presence extends EventTarget {
  /** By the person's id; who is not here is not known. @type {Map<string, Seen>} */
  states = new Map();
  /** @type {string[]} */
  #wanted = [];
  /** What the server was told on this connection. @type {Set<string> | null} */
  #told = null;

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    super();
    this.client = client;
    const { connection } = client;
    connection.addEventListener("welcome", () => this.#send());
    connection.addEventListener("status", () => connection.online || this.#lost());
    connection.addEventListener("frame", (event) => this.#frame(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {string} person */
  get(person) {
    return this.states.get(person);
  }

  /** @param {string} person */
  isOnline(person) {
    return Boolean(this.get(person)?.online);
  }

  /**
   * These people, instead of those named before. Beyond the server's limit the last ones are left out.
   * @param {Iterable<string>} people
   */
  watch(people) {
    this.#wanted = [...new Set(people)];
    this.#send();
  }

  /** @param {{ type: string, data: { items: ({ user: string } & Seen)[] } }} frame */
  #frame({ type, data }) {
    if (type !== "presence") return;
    const watched = data.items.filter(({ user }) => this.#told?.has(user)); // others are news of the list before
    for (const { user, ...seen } of watched) this.states.set(user, seen);
    if (watched.length) this.#changed();
  }

  #send = coalesced(async () => {
    const users = this.#wanted.slice(0, this.client.limits.watched ?? 0);
    if (!this.client.connection.online || this.#knows(users)) return;
    const told = (this.#told = new Set(users)); // before the answer: a frame may be faster
    this.#forget((person) => !told.has(person));
    try {
      await this.client.connection.request("presence.watch", { users });
    } catch (error) {
      if (this.#told !== told) return; // lost: the next welcome says it again
      this.#told = null;
      const { retry, retryAfter } = /** @type {import("./errors.js").ImError} */ (error);
      if (retry === "later") setTimeout(() => this.#send(), retryAfter || RETRY_AFTER);
    }
  });

  /** @param {string[]} users */
  #knows(users) {
    if (!this.#told) return !users.length;
    return this.#told.size === users.length && users.every((user) => this.#told?.has(user));
  }

  #lost() {
    this.#told = null;
    this.#forget(() => true);
  }

  /** @param {(person: string) => boolean} gone */
  #forget(gone) {
    const { size } = this.states;
    for (const person of this.states.keys()) if (gone(person)) this.states.delete(person);
    if (this.states.size < size) this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

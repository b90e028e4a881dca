import { Backoff, coalesced, sleep } from "./backoff.js";

const PAGE = 200;
/** What other people call themselves meanwhile the log does not tell. */
const OLD = 60 * 60 * 1000;

/**
 * Lists of this person's own: read at the first welcome, then kept by the entries of the self conversation, and read
 * again where some of those are missed. Entries that come during a reading are applied once more after it: the pages may
 * be older or newer than they are.
 *
 * Events: `change`.
 *
 * @typedef {import("./types.js").Entry} Entry
 */
export class SelfLists extends EventTarget {
  /** Whether they have been read. */
  loaded = false;
  /** Why the last reading failed. @type {import("./errors.js").ImError | null} */
  error = null;
  /** What came in during a reading. @type {any[] | null} */
  #meanwhile = null;
  #wanted = false;
  #readAt = 0;

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    super();
    this.client = client;
    this.on(client.connection, "welcome", () => this.isFresh || this.#want());
    this.on(client.selfLog, "gap", () => this.#want());
    this.on(client.selfLog, "entry", ({ entry }) => this.hear(entry));
  }

  get isFresh() {
    return this.loaded && !this.error && Date.now() - this.#readAt < OLD;
  }

  /** Reads everything and takes it. @returns {Promise<unknown>} */
  async read() {}

  /** @param {Entry} _entry @returns {boolean} whether it was about these lists */
  apply(_entry) {
    return false;
  }

  /** Reads all of it again. */
  refresh = coalesced(async () => {
    const backoff = new Backoff();
    while (this.client.connection.online && !(await this.#read()))
      await sleep(this.error?.retryAfter || backoff.next());
  });

  /** @param {Entry} entry */
  hear(entry) {
    this.#meanwhile?.push(entry);
    if (this.apply(entry)) this.changed();
  }

  /** @param {string} path @returns {Promise<any[]>} */
  async all(path) {
    const found = [];
    let after = "";
    do {
      const { items, next } = await this.client.session.call("GET", `${path}?limit=${PAGE}${after}`);
      found.push(...items);
      after = next ? `&after=${next}` : "";
    } while (after);
    return found;
  }

  changed() {
    this.tell("change");
  }

  /** @param {string} type @param {object} [detail] */
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {EventTarget} source @param {string} type @param {(detail: any) => void} handle */
  on(source, type, handle) {
    source.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
  }

  /** @returns {Promise<boolean>} */
  async #read() {
    this.#meanwhile = [];
    try {
      await this.read();
      for (const entry of this.#meanwhile) this.apply(entry);
      this.loaded = true;
      this.#readAt = Date.now();
      this.error = null;
    } catch (error) {
      this.error = /** @type {import("./errors.js").ImError} */ (error);
    }
    this.#meanwhile = null;
    this.changed();
    return !this.error;
  }

  /** What one welcome asks for in several ways is read once. */
  #want() {
    if (this.#wanted) return;
    this.#wanted = true;
    queueMicrotask(() => {
      this.#wanted = false;
      this.refresh();
    });
  }
}

import { Backoff, coalesced, sleep } from "./backoff.js";
import { DraftStore } from "./draft-store.js";

const PAUSE = 1500;
const PAGE = 200;

/**
 * What a person began to write in each conversation: on this device at once, on the server after a pause, and from
 * there on all other devices. What was typed here and is not there yet wins over what comes. Told as `draft` {id}.
 *
 * @typedef {import("./types.js").Unsent} Unsent
 */
export class Drafts {
  /** @type {Map<string, any>} */
  #timers = new Map();
  /** Those on their way, with the number of notices heard since. @type {Map<string, number>} */
  #pushing = new Map();
  /** How often each changed or was asked for: an answer that was overtaken does not count. @type {Map<string, number>} */
  #turns = new Map();
  #closing = new AbortController();

  /** @param {import("./client.js").Client} client @param {{ pause?: number }} [options] */
  constructor(client, { pause = PAUSE } = {}) {
    this.client = client;
    this.pause = pause;
    const { session, user } = client;
    this.store = new DraftStore(session.storage, `im.drafts.${user.id}`);
    client.connection.addEventListener("welcome", () => this.#resume());
    client.selfLog.addEventListener("entry", (event) => {
      const { kind, content } = /** @type {CustomEvent} */ (event).detail.entry;
      if (kind === "draft.updated" && content) this.#hear(content);
    });
    client.selfLog.addEventListener("gap", () => this.#readAll().catch(() => {}));
    const { signal } = this.#closing;
    const heard = (/** @type {Event} */ event) => this.#otherTab(/** @type {StorageEvent} */ (event));
    globalThis.addEventListener?.("storage", heard, { signal });
  }

  /** @param {string} id @returns {Unsent | null} */
  get(id) {
    const { draft } = this.store.get(id);
    return typeof draft?.text === "string" ? draft : null;
  }

  /** What stands in the composer now. @param {string} id @param {Unsent | null} unsent */
  set(id, unsent) {
    const draft = unsent?.text.trim() ? unsent : null;
    const kept = this.store.get(id);
    if (this.#closing.signal.aborted || same(kept.draft, draft)) return;
    this.#turn(id);
    this.store.put(id, { ...kept, draft, dirty: draft !== null || kept.stored || this.#pushing.has(id) });
    this.client.emit("draft", { id });
    clearTimeout(this.#timers.get(id));
    if (draft) this.#timers.set(id, setTimeout(() => this.#push(id), this.pause));
    else this.#push(id);
  }

  /** Does not wait for the pause. @param {string[]} [ids] */
  flush(ids = [...this.#timers.keys()]) {
    for (const id of ids) this.#push(id);
  }

  /** @param {{ forget?: boolean }} [options] */
  stop({ forget = false } = {}) {
    this.#closing.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    if (forget) this.store.clear();
  }

  #resume() {
    for (const [id, { dirty }] of Object.entries(this.store.all())) if (dirty) this.#push(id);
    this.#readAll().catch(() => {}); // the next welcome asks again
  }

  /** @param {string} id */
  #turn(id) {
    const turn = (this.#turns.get(id) ?? 0) + 1;
    this.#turns.set(id, turn);
    return turn;
  }

  /** @param {string} id */
  async #push(id) {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    if (this.#pushing.has(id)) return;
    const backoff = new Backoff();
    let isFirst = true;
    while (this.#mayPush(id)) {
      const kept = this.store.get(id);
      const { draft } = kept;
      if (draft) this.store.put(id, { ...kept, stored: true }); // whether its answer will be heard or not
      this.#pushing.set(id, 0);
      const error = await this.#tell(id, draft);
      const heard = this.#pushing.get(id) ?? 0;
      if (!error) this.#told(id, draft);
      else if (error.retry === "no") this.#refused(id, draft);
      // One notice is of what was just told, unless a try before may have caused it.
      if (!error && (heard > 1 || (heard && !isFirst))) this.#ask(id);
      if (error?.code === "connection_lost") break; // the next welcome goes on
      isFirst = !error;
      if (error && error.retry !== "no") await sleep(error.retryAfter || backoff.next());
    }
    this.#pushing.delete(id);
  }

  /** @param {string} id */
  #mayPush(id) {
    const { dirty, draft, refused } = this.store.get(id);
    const isRefused = Boolean(refused) && same(draft, refused);
    return !this.#closing.signal.aborted && this.client.connection.online && dirty && !isRefused;
  }

  /** @param {string} id @param {Unsent | null} draft @returns {Promise<import("./errors.js").ImError | null>} */
  async #tell(id, draft) {
    try {
      if (draft) await this.client.session.call("PUT", path(id), { draft });
      else await this.client.session.call("DELETE", path(id));
      return null;
    } catch (error) {
      return /** @type {import("./errors.js").ImError} */ (error);
    }
  }

  /** @param {string} id @param {Unsent | null} draft what the server has now */
  #told(id, draft) {
    const now = this.store.get(id);
    if (this.#closing.signal.aborted) return;
    this.#turn(id);
    this.store.put(id, { draft: now.draft, dirty: !same(now.draft, draft), stored: draft !== null });
  }

  /** It stays on this device alone, until it is another. @param {string} id @param {Unsent | null} draft */
  #refused(id, draft) {
    if (!draft) return this.#told(id, null);
    if (!this.#closing.signal.aborted) this.store.put(id, { ...this.store.get(id), refused: draft });
  }

  /** @param {{ conversation: string, empty: boolean }} notice */
  #hear({ conversation: id, empty }) {
    const kept = this.store.get(id);
    this.#turn(id);
    if (this.#pushing.has(id)) this.#pushing.set(id, (this.#pushing.get(id) ?? 0) + 1);
    if (kept.dirty) this.store.put(id, { ...kept, stored: kept.stored || !empty });
    else if (empty && !kept.draft) this.#take(id, null);
    else this.#ask(id); // what is said of it may be long past
  }

  /** @param {string} id */
  async #ask(id) {
    const turn = this.#turn(id);
    const answer = await this.client.session.call("GET", path(id)).catch(() => null);
    if (answer && this.#turns.get(id) === turn) this.#take(id, answer.draft);
  }

  #readAll = coalesced(async () => {
    const turns = new Map(this.#turns);
    /** @type {Map<string, Unsent>} */
    const found = new Map();
    let before = "";
    do {
      const { items, next } = await this.client.session.call("GET", `/v1/drafts?limit=${PAGE}${before}`);
      for (const { conversation, draft } of items) found.set(conversation, draft);
      before = next ? `&before=${next}` : "";
    } while (before);
    for (const id of new Set([...found.keys(), ...Object.keys(this.store.all())]))
      if (this.#turns.get(id) === turns.get(id)) this.#take(id, found.get(id) ?? null);
  });

  /** What the server has. @param {string} id @param {Unsent | null} draft */
  #take(id, draft) {
    const kept = this.store.get(id);
    if (this.#closing.signal.aborted) return;
    const stored = draft !== null;
    this.store.put(id, kept.dirty ? { ...kept, stored } : { draft, dirty: false, stored });
    if (!kept.dirty && !same(kept.draft, draft)) this.client.emit("draft", { id });
  }

  /** @param {StorageEvent} event */
  #otherTab({ key, oldValue, newValue }) {
    if (key !== this.store.name) return;
    const [before, now] = [oldValue, newValue].map((text) => (text ? JSON.parse(text) : {}));
    for (const id of new Set([...Object.keys(before), ...Object.keys(now)]))
      if (!same(before[id]?.draft, now[id]?.draft)) this.client.emit("draft", { id });
  }
}

/** @param {string} id */
function path(id) {
  return `/v1/conversations/${encodeURIComponent(id)}/draft`;
}

/** @param {Unsent | null | undefined} one @param {Unsent | null | undefined} other */
function same(one, other) {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

import { Backoff, sleep } from "./backoff.js";
import { Recent } from "./recent.js";

/** Refusals that are over at a moment, or never. */
const FOR_A_WHILE = new Set(["muted", "slow_mode"]);
const PATIENCE = 60_000;
const REMEMBERED = 500;

/**
 * Messages that the server has not confirmed: first in, first out within a conversation, kept over reloads,
 * sent again with the same key until the outcome is known. Another tab may send the same ones: the key makes
 * that harmless.
 *
 * @typedef {import("./types.js").Draft} Draft
 */
export class Outbox {
  /** @type {Map<string, Draft>} */
  #drafts = new Map();
  /** @type {Set<string>} conversations that are being sent */
  #busy = new Set();
  #order = 0;
  /** @type {Recent<string>} keys that are settled; a store read a moment ago may still name them */
  #done = new Recent(REMEMBERED);

  /**
   * @param {object} options
   * @param {() => import("./store.js").Store} options.store
   * @param {(type: string, data: object) => Promise<any>} options.request
   * @param {() => boolean} options.online
   * @param {(draft: Draft, ok: any) => void} options.confirmed
   * @param {(draft: Draft) => void} options.changed
   * @param {() => number} [options.now]   by the server's clock
   */
  constructor({ store, request, online, confirmed, changed, now = Date.now }) {
    this.store = store;
    this.request = request;
    this.online = online;
    this.confirmed = confirmed;
    this.changed = changed;
    this.now = now;
  }

  /** @param {string} conversation @returns {Draft[]} in the order of writing */
  of(conversation) {
    return [...this.#drafts.values()].filter((draft) => draft.conversation === conversation).sort(inOrder);
  }

  /** @returns {Set<string>} */
  conversations() {
    return new Set([...this.#drafts.values()].map((draft) => draft.conversation));
  }

  /** Takes drafts that a store kept: ours from before a reload, or another tab's. @param {Draft[]} drafts */
  adopt(drafts) {
    for (const draft of drafts.sort(inOrder)) {
      if (this.#drafts.has(draft.key) || this.#done.has(draft.key)) continue;
      this.#drafts.set(draft.key, draft);
      this.changed(draft);
    }
    this.resume();
  }

  /** @param {Omit<Draft, "order" | "state">} message @returns {Draft} */
  add(message) {
    this.#order = Math.max(this.#order + 1, Date.now() * 1000);
    /** @type {Draft} */
    const draft = { ...message, order: this.#order, state: "pending" };
    this.#keep(draft);
    this.#send(draft.conversation);
    return draft;
  }

  /** @param {string} key */
  retry(key) {
    const draft = this.#drafts.get(key);
    if (!draft) return;
    draft.state = "pending";
    draft.code = undefined;
    this.#keep(draft);
    this.#send(draft.conversation);
  }

  /** Forgets a draft: it failed and is given up, or it is in the log. @param {string} key */
  remove(key) {
    const draft = this.#drafts.get(key);
    if (!draft) return;
    this.#drafts.delete(key);
    this.#done.add(key);
    this.store().deleteDraft(key);
    this.changed(draft);
  }

  /**
   * Forgets what the server confirmed and the log, as far as we hold it, now shows.
   * @param {string} conversation @param {number} cursor
   */
  settle(conversation, cursor) {
    for (const { key, rev } of this.of(conversation)) if (rev !== undefined && rev <= cursor) this.remove(key);
  }

  /** Goes on with everything that waits; call when the connection is up. */
  resume() {
    for (const conversation of this.conversations()) this.#send(conversation);
  }

  /** @param {Draft} draft */
  #keep(draft) {
    this.#drafts.set(draft.key, draft);
    this.store().putDraft(draft);
    this.changed(draft);
  }

  /** @param {string} conversation */
  async #send(conversation) {
    if (this.#busy.has(conversation)) return;
    this.#busy.add(conversation);
    const backoff = new Backoff();
    let draft;
    while (this.online() && (draft = this.of(conversation).find(({ state }) => state === "pending"))) {
      try {
        const ok = await this.request("message.send", command(draft));
        draft.state = "sent";
        draft.rev = ok.rev;
        this.confirmed(draft, ok);
        backoff.reset();
      } catch (error) {
        const refusal = /** @type {import("./errors.js").ImError} */ (error);
        if (refusal.code === "connection_lost") break;
        const wait = this.#pauseAfter(refusal);
        if (wait === null) this.#fail(draft, refusal.code);
        else await sleep(wait || backoff.next());
      }
    }
    this.#busy.delete(conversation);
  }

  /** @param {import("./errors.js").ImError} refusal @returns {number | null} null: it is given up */
  #pauseAfter({ code, retry, retryAfter, details }) {
    if (retry === "no") return null;
    if (!FOR_A_WHILE.has(code)) return retryAfter;
    const left = Date.parse(details?.until) - this.now();
    return left <= PATIENCE ? Math.max(0, left) : null;
  }

  /** @param {Draft} draft @param {string} code */
  #fail(draft, code) {
    draft.state = "failed";
    draft.code = code;
    this.#keep(draft);
  }
}

/** @param {Draft} draft */
function command({ conversation, key, kind, content, reply_to, mentions }) {
  return { conversation, key, kind, content, reply_to, mentions };
}

/** @param {Draft} one @param {Draft} other */
function inOrder(one, other) {
  return one.order - other.order;
}

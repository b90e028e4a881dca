import { Conversation } from "./conversation.js";

const WRITE_DELAY = 300;
const KEPT = 100;
const TOLD_AT_MOST = 600; // heads that fit into one frame of 64 KiB

/** The conversations in memory, written behind to the store. */
export class Shelf {
  /** @type {Map<string, Conversation>} */
  conversations = new Map();
  /** @type {Set<Conversation>} */
  #dirty = new Set();
  /** @type {Set<{ id: string }>} */
  #looks = new Set();
  /** @type {any} */
  #timer = null;

  /**
   * @param {object} options
   * @param {() => import("./store.js").Store} options.store
   * @param {() => string} options.me
   * @param {(person: string) => boolean} options.hasBlocked
   */
  constructor({ store, me, hasBlocked }) {
    this.store = store;
    this.me = me;
    this.hasBlocked = hasBlocked;
  }

  /** @param {string} id */
  get(id) {
    return this.conversations.get(id);
  }

  /** Newest first. */
  list() {
    return [...this.conversations.values()].sort((one, other) => lastAt(other).localeCompare(lastAt(one)));
  }

  /** @param {import("./types.js").Snapshot[]} snapshots */
  restore(snapshots) {
    for (const snapshot of snapshots)
      this.conversations.set(snapshot.id, Conversation.restore(snapshot, this.me(), this.hasBlocked));
  }

  /** @param {import("./types.js").Head} head */
  add(head) {
    const conversation = new Conversation(head, this.me(), this.hasBlocked);
    this.conversations.set(conversation.id, conversation);
    this.touch(conversation);
    return conversation;
  }

  /** @param {string} id */
  remove(id) {
    const conversation = this.get(id);
    if (!conversation) return;
    this.conversations.delete(id);
    this.#dirty.delete(conversation);
    this.store().deleteConversation(id);
  }

  /**
   * What the server is told we have. An opened chat without a message is nobody's yet, so it is left out, and so is what
   * is kept of a group after one's time there.
   */
  heads({ isPulling = false } = {}) {
    const told = this.list()
      .filter(({ head }) => head.rev > 0 && !head.former)
      .sort((one, other) => isOwn(other) - isOwn(one)) // by it hangs what is known of all others
      .slice(0, TOLD_AT_MOST);
    return Object.fromEntries(told.map((conversation) => [conversation.id, conversation.known(isPulling)]));
  }

  /** Have it written soon. @param {Conversation} conversation */
  touch(conversation) {
    this.#dirty.add(conversation);
    this.#timer ??= setTimeout(() => this.flush(), WRITE_DELAY);
  }

  /** Until the signal all of its messages stay that have been loaded. @param {string} id @param {AbortSignal} signal */
  look(id, signal) {
    const look = { id };
    this.#looks.add(look);
    signal.addEventListener("abort", () => {
      this.#looks.delete(look);
      const conversation = this.get(id);
      if (conversation) this.touch(conversation);
    });
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const looked = new Set([...this.#looks].map(({ id }) => id));
    for (const conversation of this.#dirty) if (!looked.has(conversation.id)) trim(conversation);
    if (this.#dirty.size)
      this.store().putConversations([...this.#dirty].map((conversation) => conversation.snapshot()));
    this.#dirty.clear();
  }
}

/** Pages bring again what goes; what is unread stays, to be counted. @param {Conversation} conversation */
function trim({ loading, head, timeline, unread }) {
  if (!loading && !head.former) timeline.trim(Math.max(KEPT, unread.held + 1));
}

/** @param {Conversation} conversation */
function isOwn({ head }) {
  return Number(head.kind === "self");
}

/** What one's own log tells of other things moves one's notes nowhere. @param {Conversation} conversation */
function lastAt({ head }) {
  return (head.kind === "self" ? head.last?.created_at : head.last_at) ?? "";
}

import { Conversation } from "./conversation.js";

const WRITE_DELAY = 300;
const TOLD_AT_MOST = 600; // heads that fit into one frame of 64 KiB

/** The conversations in memory, written behind to the store. */
export class Shelf {
  /** @type {Map<string, Conversation>} */
  conversations = new Map();
  /** @type {Set<Conversation>} */
  #dirty = new Set();
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
  heads() {
    const told = this.list()
      .filter(({ head }) => head.rev > 0 && !head.former)
      .slice(0, TOLD_AT_MOST);
    return Object.fromEntries(told.map((conversation) => [conversation.id, conversation.known()]));
  }

  /** Have it written soon. @param {Conversation} conversation */
  touch(conversation) {
    this.#dirty.add(conversation);
    this.#timer ??= setTimeout(() => this.flush(), WRITE_DELAY);
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#dirty.size)
      this.store().putConversations([...this.#dirty].map((conversation) => conversation.snapshot()));
    this.#dirty.clear();
  }
}

/** What one's own log tells of other things moves one's notes nowhere. @param {Conversation} conversation */
function lastAt({ head }) {
  return (head.kind === "self" ? head.last?.created_at : head.last_at) ?? "";
}

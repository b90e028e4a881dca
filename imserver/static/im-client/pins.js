import { newer } from "./timeline.js";

/**
 * The pinned messages of a conversation that is looked at, the latest pinned first: read at every welcome, then kept by
 * the changes that come in. Changes that come during a reading are applied once more after it. Event: `change`.
 *
 * @typedef {import("./types.js").Entry} Entry
 */
export class Pins extends EventTarget {
  /** @type {Entry[]} */
  #items = [];
  /** What came in during a reading. @type {Entry[] | null} */
  #meanwhile = null;
  #asked = 0;
  #closing = new AbortController();

  /** @param {import("./client.js").Client} client @param {import("./conversation.js").Conversation} conversation */
  constructor(client, conversation) {
    super();
    this.client = client;
    this.conversation = conversation;
    const { signal } = this.#closing;
    client.connection.addEventListener("welcome", () => this.refresh(), { signal });
    client.addEventListener("conversation", (event) => this.#follow(/** @type {CustomEvent} */ (event).detail), {
      signal,
    });
    if (client.connection.online) this.refresh();
  }

  close() {
    this.#closing.abort();
  }

  /** @returns {Entry[]} */
  get items() {
    return this.#items.filter(({ seq = 0 }) => !this.conversation.veil.covers(seq));
  }

  /** Reads them again. What is on its way by then does not count. */
  async refresh() {
    if (this.conversation.head.former) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.#meanwhile ??= [];
    const items = await this.client.messages.pins(this.conversation.id).catch(() => null);
    if (asked !== this.#asked) return;
    const changing = this.#meanwhile;
    this.#meanwhile = null;
    if (!items) return; // offline: asked again at the next welcome
    this.#items = changing.reduce(applied, items);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {{ conversation: any, changes?: import("./conversation.js").Changes }} told */
  #follow({ conversation, changes }) {
    if (conversation !== this.conversation || !changes) return;
    const { changing, reset, updated } = changes;
    this.#meanwhile?.push(...changing);
    this.#items = changing.reduce(applied, this.#items);
    if (reset && this.client.connection.online) this.refresh();
    if (changing.length || updated.length || reset) this.dispatchEvent(new Event("change"));
  }
}

/** @param {Entry[]} items @param {Entry} change @returns {Entry[]} */
function applied(items, { kind, target, state }) {
  const held = items.find(({ seq }) => seq === target);
  if (kind === "unpin" || kind === "recall") return items.filter((item) => item !== held);
  if (!state) return items;
  if (held) return items.map((item) => (item === held ? newer(state, held) : item));
  return kind === "pin" && state.pinned ? [state, ...items] : items;
}

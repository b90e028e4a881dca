import { coalesced } from "./backoff.js";

/** What one does elsewhere with a conversation, so that another number of its messages counts. */
const COUNTS = new Set(["conversation.updated", "conversation.left", "message.hidden", "history.cleared"]);

/**
 * How many messages are unread in all conversations that are not muted, as `GET /v1/badge` says it: counted here by
 * the heads, and asked for where the server has conversations that are not here. Told as `badge` {unread}.
 */
export class Badge {
  unread = 0;
  /** Of conversations that are not here. */
  #beyond = 0;
  /** How many were here when that was asked for. */
  #size = 0;

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    this.client = client;
    for (const type of ["ready", "conversation", "removed"]) client.addEventListener(type, () => this.#count());
    client.connection.addEventListener("welcome", () => this.#ask());
    client.connection.addEventListener("frame", (event) => this.#frame(/** @type {CustomEvent} */ (event).detail));
    client.addEventListener("notice", (event) => this.#notice(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {{ type: string, data: any }} frame */
  #frame({ type, data }) {
    if (type === "marks" && data.user === this.client.user.id) this.#moved(data.conversation);
  }

  /** @param {{ conversation: import("./conversation.js").Conversation, entry: import("./types.js").Entry }} told */
  #notice({ conversation: { head }, entry: { kind, content } }) {
    if (head.kind === "self" && COUNTS.has(kind)) this.#moved(content?.conversation);
  }

  /** @param {string} id */
  #moved(id) {
    if (!this.client.get(id)) this.#ask();
  }

  #here() {
    return this.client.list().reduce((sum, { head }) => sum + ((head.notify ?? "all") === "all" ? head.unread : 0), 0);
  }

  #count() {
    if (this.#beyond && this.client.list().length !== this.#size) this.#ask();
    const unread = this.#here() + this.#beyond;
    if (unread === this.unread) return;
    this.unread = unread;
    this.client.emit("badge", { unread });
  }

  #ask = coalesced(async () => {
    const { client } = this;
    this.#size = client.list().length;
    const all = client.directory.more ? await client.session.call("GET", "/v1/badge").catch(() => null) : { unread: 0 };
    if (all) this.#beyond = Math.max(0, all.unread - this.#here());
    this.#count();
  });
}

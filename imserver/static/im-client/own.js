/**
 * What this person does with messages for himself, on whatever device: the self conversation tells of it. Its log is
 * pulled without a gap; if it is too far behind for that, nothing of what is held counts.
 *
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./conversation.js").Changes} Changes
 */
export class Own {
  /** @param {import("./client.js").Client} client */
  constructor(client) {
    this.client = client;
    const { selfLog } = client;
    selfLog.addEventListener("entry", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail.entry));
    selfLog.addEventListener("gap", (event) => /** @type {CustomEvent} */ (event).detail.isNew || this.#missed());
  }

  /** @param {string} id @param {number} seq */
  hidden(id, seq) {
    this.#take(id, (conversation) => conversation.hide(seq));
  }

  /** @param {string} id @param {number} seq */
  cleared(id, seq) {
    this.#take(id, (conversation) => conversation.clear(seq));
  }

  #missed() {
    const { client } = this;
    const held = client.list().filter(({ head }) => head.kind !== "self" && !head.former);
    for (const conversation of held) client.replica.changed(conversation, conversation.forget());
  }

  /** @param {import("./types.js").Entry} entry */
  #hear({ kind, content }) {
    if (kind === "message.hidden") this.hidden(content?.conversation, content?.seq);
    else if (kind === "history.cleared") this.cleared(content?.conversation, content?.before_seq);
  }

  /** @param {string} id @param {(conversation: Conversation) => Changes} work */
  #take(id, work) {
    const conversation = this.client.get(id);
    if (!conversation) return;
    this.client.replica.changed(conversation, work(conversation));
  }
}

import { coalesced } from "./backoff.js";

/** A head says only what differs from this. */
const USUAL = { notify: "all", pinned: false, archived: false, marked_unread: false };
const PAGE = 200;
/** A head that comes this soon after a notice may have been read before it. */
const OVERTAKEN_FOR = 20_000;

/**
 * What a person sets for himself in a conversation, by REST. It shows in the heads once the self conversation tells
 * of it, as it does on all other devices.
 *
 * @typedef {import("./types.js").Head} Head
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {Partial<Pick<Head, "notify" | "pinned" | "archived" | "marked_unread">> & { nickname?: string }} Settings
 */
export class OwnSettings {
  /** @type {Map<string, { content: any, until: number }>} */
  #heard = new Map();

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    this.client = client;
    /** @param {string} type @param {(detail: any) => void} handle */
    const on = (type, handle) =>
      client.selfLog.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
    on("entry", ({ entry: { kind, content } }) => kind === "conversation.updated" && content && this.#hear(content));
    on("gap", ({ isNew }) => !isNew && this.#readAgain().catch(() => {})); // the next gap asks again
  }

  /** @param {string} id @param {Settings} changes */
  update(id, changes) {
    return this.client.session.call("PATCH", `/v1/conversations/${encodeURIComponent(id)}/settings`, changes);
  }

  /** All of it is read, and no mark says otherwise. @param {Conversation} conversation */
  async markRead(conversation) {
    this.client.read(conversation, conversation.head.seq);
    if (conversation.head.marked_unread) await this.update(conversation.id, { marked_unread: false });
  }

  /** What was heard a moment ago is newer than a head that was on its way. @param {Conversation} conversation */
  reapply({ id, head }) {
    const heard = this.#heard.get(id);
    if (heard && heard.until > Date.now()) settle(head, heard.content);
    else this.#heard.delete(id);
  }

  /** @param {{ conversation: string } & Settings} content */
  #hear(content) {
    const id = content.conversation;
    const before = this.#heard.get(id)?.content;
    this.#heard.set(id, { content: { ...before, ...content }, until: Date.now() + OVERTAKEN_FOR });
    const conversation = this.client.get(id);
    if (conversation && settle(conversation.head, content)) this.client.replica.changed(conversation);
  }

  /** The heads of all conversations that are here, once more. */
  #readAgain = coalesced(async () => {
    const { session, replica } = this.client;
    const asked = new Set(this.client.list().map(({ id }) => id));
    let cursor = "";
    do {
      const { items, next } = await session.call("GET", `/v1/conversations?limit=${PAGE}${cursor}`);
      for (const head of items) if (asked.delete(head.conversation)) replica.head(head);
      cursor = next && `&cursor=${encodeURIComponent(next)}`;
    } while (cursor && asked.size);
  });
}

/** @param {Head} head @param {any} content of the notice @returns {boolean} whether the head is another now */
function settle(head, { read_seq = head.read_seq, ...content }) {
  const told = /** @type {Record<string, any>} */ (head);
  let isOther = false;
  for (const [name, usual] of Object.entries(USUAL)) {
    const isOver = name === "marked_unread" && head.read_seq > read_seq;
    if (!(name in content) || isOver || (told[name] ?? usual) === content[name]) continue;
    isOther = true;
    told[name] = content[name];
  }
  return isOther;
}

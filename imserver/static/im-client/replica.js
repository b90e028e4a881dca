/**
 * The conversations as the server's heads and entries make them, whatever way those came.
 *
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./conversation.js").Changes} Changes
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Head} Head
 */
import { confirmedEntry } from "./timeline.js";

export class Replica {
  /** Whose heads could not be asked for. @type {Set<string>} */
  #unsure = new Set();

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    this.client = client;
  }

  /** The server's history is another one: nothing held here counts. @param {Head[]} heads */
  startAnew(heads) {
    const stay = new Set(heads.map((head) => head.conversation));
    for (const { id, head } of this.client.shelf.list()) if (!stay.has(id) && !head.former) this.remove(id);
    for (const head of heads) head.reset = true;
  }

  /** @param {{ heads: Head[], left?: string[], more?: boolean }} answer */
  heads({ heads, left = [], more }) {
    for (const head of heads) this.head(head);
    for (const id of left) this.part(id);
    if (more) this.client.directory.more = true;
    for (const id of this.#unsure) this.#ask(id);
  }

  /** @param {Head} head */
  head(head) {
    const { shelf, marks, puller } = this.client;
    const known = shelf.get(head.conversation);
    const returns = known?.head.former;
    if (returns) head.reset = true; // what was written in between is not this person's
    const conversation = known ?? shelf.add(head);
    const changes = known?.applyHead(head);
    this.client.settings.reapply(conversation);
    this.changed(conversation, changes);
    if (returns) this.client.emit("returned", { id: conversation.id });
    if (conversation.head.read_seq > head.read_seq) marks.add(conversation.id, conversation.head.read_seq);
    puller.want(conversation);
    return conversation;
  }

  /** @param {{ type: string, data: any }} frame */
  frame({ type, data }) {
    const { client } = this;
    const held = client.get(data.conversation);
    const conversation = held?.head.former ? undefined : held;
    if (type === "typing") client.typing.heard(data.conversation, data.user);
    else if (type === "entries" && conversation) this.entries(conversation, data);
    else if (type === "entries") client.sync(); // somebody's first message, or one is back: the head tells
    else if (type === "marks" && conversation?.applyMarks(data)) this.changed(conversation);
  }

  /** @param {Conversation} conversation @param {any} frame */
  entries(conversation, frame) {
    const changes = conversation.applyEntries(frame);
    if (changes) this.changed(conversation, changes, { isLive: frame.head === undefined });
    this.client.puller.want(conversation);
  }

  /** @param {import("./types.js").Draft} draft @param {any} ok */
  confirmed(draft, ok) {
    const { client } = this;
    const conversation = client.get(ok.conversation);
    if (!conversation) return client.outbox.remove(draft.key);
    this.changed(conversation, conversation.applyOk(ok, confirmedEntry(draft, ok, client.user.id)));
    client.puller.want(conversation);
  }

  /** @param {string} id @param {Entry} answer a message, or the change that made it so */
  state(id, answer) {
    const conversation = this.client.get(id);
    const state = answer.state ?? answer;
    if (conversation && state.seq !== undefined) this.changed(conversation, conversation.applyState(state));
  }

  /** @param {Conversation} conversation @param {Changes} [changes] @param {{ isLive?: boolean }} [how] */
  changed(conversation, changes, { isLive = true } = {}) {
    const { shelf, typing, outbox } = this.client;
    shelf.touch(conversation);
    for (const { sender } of changes?.added ?? []) typing.ended(conversation.id, sender);
    this.client.emit("conversation", { conversation, changes });
    for (const key of changes?.keys ?? []) outbox.remove(key);
    outbox.settle(conversation.id, conversation.cursor);
    for (const entry of changes?.notices ?? []) this.#notice(conversation, entry, isLive);
    if (changes?.unsure) this.#ask(conversation.id);
  }

  /** What is not known here, its head says. @param {string} id */
  #ask(id) {
    this.#unsure.add(id);
    const done = () => this.#unsure.delete(id);
    this.client.directory.again(id).then(done, ({ retry }) => retry === "no" && done());
  }

  /**
   * This person is no member any more: what this device has of a group stays, to be read. @param {string} id
   */
  part(id) {
    const { client } = this;
    const conversation = client.get(id);
    if (!conversation || conversation.head.former) return;
    const { head, timeline } = conversation;
    if (head.kind !== "group" || !timeline.length) return this.remove(id);
    Object.assign(head, { former: true, read_seq: head.seq, unread: 0, mentions: 0, marked_unread: false });
    conversation.wanted = conversation.cursor;
    timeline.complete = true;
    client.emit("parted", { id });
    this.changed(conversation);
  }

  /** @param {string} id */
  remove(id) {
    const { shelf } = this.client;
    if (!shelf.get(id)) return;
    shelf.remove(id);
    this.client.emit("removed", { id });
  }

  /** @param {Conversation} conversation @param {Entry} entry @param {boolean} isLive */
  #notice(conversation, entry, isLive) {
    const { client } = this;
    if (entry.kind === "conversation.left") this.#left(entry, isLive);
    else if (entry.kind === "conversation.joined") client.sync();
    else if (entry.kind === "profile.updated") client.become(entry.content ?? {});
    client.emit("notice", { conversation, entry });
  }

  /** Who goes himself leaves nothing behind. @param {Entry} entry @param {boolean} isLive */
  #left({ sender, content }, isLive) {
    const id = content?.conversation;
    const end = () => (sender === this.client.user.id ? this.remove(id) : this.part(id));
    const held = this.client.get(id);
    if (isLive || !held || held.head.former) end();
    else this.client.directory.again(id).catch(({ code }) => code === "not_a_member" && end()); // one may be back since
  }
}

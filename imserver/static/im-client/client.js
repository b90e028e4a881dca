import { Account } from "./account.js";
import { coalesced } from "./backoff.js";
import { Connection } from "./connection.js";
import { Directory } from "./directory.js";
import { Friends } from "./friends.js";
import { followPage } from "./lifecycle.js";
import { Marks } from "./marks.js";
import { followBlocks } from "./mentions.js";
import { Outbox } from "./outbox.js";
import { Presence } from "./presence.js";
import { Puller } from "./puller.js";
import { Shelf } from "./shelf.js";
import { MemoryStore, openStore } from "./store.js";
import { confirmedEntry } from "./timeline.js";
import { Typing } from "./typing.js";
import { uuid7 } from "./uuid.js";

const PAGE = 50;

/**
 * One person's conversations on one device, kept equal to the server's.
 *
 * Events, each with a `detail`:
 *   `ready`         what the store kept is there
 *   `status`        {status, reason, retryAt}: connecting, online, waiting, stopped
 *   `conversation`  {conversation, changes?}: a head, its marks or its messages changed
 *   `removed`       {id}
 *   `notice`        {conversation, entry}: an entry that is no message, as it comes in
 *   `user`          {user}: the person who is logged in, perhaps under a new name
 *   `outbox`        {id, draft}
 *   `typing`        {id}
 *
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./conversation.js").Changes} Changes
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Head} Head
 */
export class Client extends EventTarget {
  /** @type {Record<string, any>} */
  limits = {};
  /** @type {import("./store.js").Store} */
  #store = new MemoryStore();
  /** @type {{ epoch?: string, clock?: number }} `clock`: the server's less ours, in milliseconds */
  #meta = {};
  #closing = new AbortController();
  #started = Promise.resolve();

  /**
   * @typedef {{ session: import("./session.js").Session, url: string, store?: import("./store.js").Store }} Options
   * @param {Options & import("./connection.js").Link} options
   */
  constructor({ session, url, store, ...link }) {
    super();
    this.session = session;
    this.user = /** @type {import("./types.js").Person} */ (session.user);
    this.givenStore = store;
    this.connection = new Connection({
      ...link,
      url,
      tokens: session,
      hello: () => ({ epoch: this.#meta.epoch, heads: this.shelf.heads() }),
    });
    this.connection.addEventListener("status", () => this.#emit("status", this.status));
    this.connection.addEventListener("welcome", (event) => this.#welcomed(/** @type {CustomEvent} */ (event).detail));
    this.connection.addEventListener("frame", (event) => this.#frame(/** @type {CustomEvent} */ (event).detail));
    const request = this.connection.request.bind(this.connection);
    const currentStore = () => this.#store;
    const hasBlocked = (/** @type {string} */ person) => this.friends.hasBlocked(person);
    this.shelf = new Shelf({ store: currentStore, me: () => this.user.id, hasBlocked });
    this.account = new Account({ session, changed: (user) => this.#become(user) });
    this.directory = new Directory({ session, known: (id) => Boolean(this.get(id)), take: (head) => this.#head(head) });
    this.friends = new Friends(this);
    this.presence = new Presence(this);
    followBlocks(this, (conversation) => this.#changed(conversation));
    this.marks = new Marks({ request });
    this.puller = new Puller({
      request,
      apply: (conversation, frame) => this.#entries(conversation, frame),
      gone: (conversation) => this.#remove(conversation.id),
    });
    this.outbox = new Outbox({
      store: currentStore,
      request,
      online: () => this.connection.online,
      confirmed: (draft, ok) => this.#confirmed(draft, ok),
      changed: (draft) => this.#emit("outbox", { id: draft.conversation, draft }),
    });
    const say = (/** @type {string} */ conversation) => this.connection.notify("typing", { conversation });
    this.typing = new Typing({ changed: (id) => this.#emit("typing", { id }), say });
  }

  get status() {
    const { status, reason, retryAt } = this.connection;
    return { status, reason, retryAt };
  }

  start() {
    return (this.#started = this.#start());
  }

  async #start() {
    this.#store = this.givenStore ?? (await openStore(`im.${this.user.id}`));
    const { conversations, outbox, meta } = await this.#store.load();
    if (this.#closing.signal.aborted) return;
    this.#meta = meta;
    this.shelf.restore(conversations);
    this.outbox.adopt(outbox);
    this.#emit("ready", {});
    followPage(this, this.#closing.signal);
    this.connection.start();
  }

  /** @param {{ forget?: boolean }} [options] `forget`: leave nothing of this person on the device */
  async stop({ forget = false } = {}) {
    this.#closing.abort();
    this.connection.stop();
    this.shelf.flush();
    await this.#started;
    if (forget) await this.#store.destroy().catch(() => {});
    else this.#store.close();
  }

  flush() {
    this.marks.flush();
    this.shelf.flush();
  }

  /** @param {string} id */
  get(id) {
    return this.shelf.get(id);
  }

  list() {
    return this.shelf.list();
  }

  /** Now, by the server's clock. */
  now() {
    return Date.now() + (this.#meta.clock ?? 0);
  }

  /**
   * @param {string} conversation
   * @param {{ kind?: string, content: object, reply_to?: number, mentions?: string[] }} message
   */
  send(conversation, { kind = "text", ...message }) {
    this.typing.sent(conversation);
    const now = this.now();
    return this.outbox.add({
      conversation,
      kind,
      ...message,
      key: uuid7(now),
      created_at: new Date(now).toISOString(),
    });
  }

  /** @param {string} id @param {number} seq @param {object} content */
  async edit(id, seq, content) {
    this.#state(id, await this.session.call("PATCH", `/v1/conversations/${id}/messages/${seq}`, { content }));
  }

  /** @param {string} id @param {number} seq */
  async recall(id, seq) {
    this.#state(id, await this.session.call("DELETE", `/v1/conversations/${id}/messages/${seq}`));
  }

  /** Older messages of a conversation, or its newest if none are here. @param {Conversation} conversation */
  async loadOlder(conversation) {
    const { id, timeline } = conversation;
    if (timeline.complete || conversation.loading) return;
    conversation.expectPage();
    try {
      const before_seq = timeline.first?.seq;
      const { items, complete } = await this.connection.request("pull", { conversation: id, before_seq, limit: PAGE });
      if (timeline !== conversation.timeline) return; // reset meanwhile: the page belongs to the past
      this.#changed(conversation, conversation.applyPage(items, complete));
    } finally {
      conversation.endPage();
    }
  }

  /** @param {Conversation} conversation @param {number} seq */
  read(conversation, seq) {
    if (!conversation.read(Math.min(seq, conversation.head.seq))) return;
    this.marks.add(conversation.id, conversation.head.read_seq);
    this.#changed(conversation);
  }

  /** Asks the server what differs. */
  sync = coalesced(async () => {
    if (!this.connection.online) return; // the next welcome answers the same question
    const answer = await this.connection.request("sync", { heads: this.shelf.heads() }).catch(() => null);
    if (answer) this.#heads(answer);
  });

  /** @param {any} welcome */
  async #welcomed({ user, epoch, reset, limits, server_time, ...answer }) {
    const startAnew = reset || (this.#meta.epoch !== undefined && this.#meta.epoch !== epoch);
    this.#become(user);
    this.limits = limits;
    this.#meta = { epoch, clock: Date.parse(server_time) - Date.now() };
    this.#store.putMeta(this.#meta);
    if (startAnew) this.#startAnew(answer.heads);
    this.#heads(answer);
    const { outbox } = await this.#store.load(); // another tab may have left some behind
    this.outbox.adopt(outbox);
  }

  /** The server's history is another one: nothing held here counts. @param {Head[]} heads */
  #startAnew(heads) {
    const stay = new Set(heads.map((head) => head.conversation));
    for (const id of this.shelf.conversations.keys()) if (!stay.has(id)) this.#remove(id);
    for (const head of heads) head.reset = true;
  }

  /** @param {{ heads: Head[], left?: string[], more?: boolean }} answer */
  #heads({ heads, left = [], more }) {
    for (const head of heads) this.#head(head);
    for (const id of left) this.#remove(id);
    if (more) this.directory.more = true;
  }

  /** @param {Head} head */
  #head(head) {
    const known = this.get(head.conversation);
    const conversation = known ?? this.shelf.add(head);
    this.#changed(conversation, known?.applyHead(head));
    if (conversation.head.read_seq > head.read_seq) this.marks.add(conversation.id, conversation.head.read_seq);
    this.puller.want(conversation);
    return conversation;
  }

  /** @param {{ type: string, data: any }} frame */
  #frame({ type, data }) {
    const conversation = this.get(data.conversation);
    if (type === "typing") this.typing.heard(data.conversation, data.user);
    else if (type === "entries" && conversation) this.#entries(conversation, data);
    else if (type === "entries") this.sync(); // somebody's first message: the head tells who
    else if (type === "marks" && conversation?.applyMarks(data)) this.#changed(conversation);
  }

  /** @param {Conversation} conversation @param {any} frame */
  #entries(conversation, frame) {
    const changes = conversation.applyEntries(frame);
    if (changes) this.#changed(conversation, changes);
    this.puller.want(conversation);
  }

  /** @param {import("./types.js").Draft} draft @param {any} ok */
  #confirmed(draft, ok) {
    const conversation = this.get(ok.conversation);
    if (!conversation) return this.outbox.remove(draft.key);
    this.#changed(conversation, conversation.applyOk(ok, confirmedEntry(draft, ok, this.user.id)));
    this.puller.want(conversation);
  }

  /** @param {string} id @param {Entry} answer a message, or the change that made it so */
  #state(id, answer) {
    const conversation = this.get(id);
    const state = answer.state ?? answer;
    if (conversation && state.seq !== undefined) this.#changed(conversation, conversation.applyState(state));
  }

  /** @param {Conversation} conversation @param {Changes} [changes] */
  #changed(conversation, changes) {
    this.shelf.touch(conversation);
    for (const { sender } of changes?.added ?? []) this.typing.ended(conversation.id, sender);
    this.#emit("conversation", { conversation, changes });
    for (const key of changes?.keys ?? []) this.outbox.remove(key);
    this.outbox.settle(conversation.id, conversation.cursor);
    for (const notice of changes?.notices ?? []) this.#notice(conversation, notice);
  }

  /** @param {Conversation} conversation @param {Entry} entry */
  #notice(conversation, entry) {
    if (entry.kind === "conversation.left") this.#remove(entry.content?.conversation);
    else if (entry.kind === "conversation.joined" || conversation.head.kind === "group") this.sync();
    else if (entry.kind === "profile.updated") this.#become(entry.content ?? {});
    this.#emit("notice", { conversation, entry });
  }

  /** @param {Partial<import("./types.js").Person>} changes */
  #become(changes) {
    this.user = { ...this.user, ...changes };
    this.session.update(this.user);
    this.#emit("user", { user: this.user });
  }

  /** @param {string} id */
  #remove(id) {
    if (!this.get(id)) return;
    this.shelf.remove(id);
    this.#emit("removed", { id });
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

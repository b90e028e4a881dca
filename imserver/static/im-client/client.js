import { Account } from "./account.js";
import { coalesced } from "./backoff.js";
import { Badge } from "./badge.js";
import { Calls } from "./calls.js";
import { Connection } from "./connection.js";
import { Directory } from "./directory.js";
import { Drafts } from "./drafts.js";
import { Friends } from "./friends.js";
import { Groups } from "./groups.js";
import { followPage } from "./lifecycle.js";
import { Marks } from "./marks.js";
import { followBlocks } from "./mentions.js";
import { Messages } from "./messages.js";
import { Outbox } from "./outbox.js";
import { OwnSettings } from "./own-settings.js";
import { Own } from "./own.js";
import { People } from "./people.js";
import { Presence } from "./presence.js";
import { Puller } from "./puller.js";
import { Replica } from "./replica.js";
import { SelfLog } from "./self-log.js";
import { Shelf } from "./shelf.js";
import { Stars } from "./stars.js";
import { MemoryStore, openStore } from "./store.js";
import { Typing } from "./typing.js";
import { uuid7 } from "./uuid.js";

const PAGE = 50;
const ROUNDS = 5; // of `sync`: as many heads as one says come in three

/**
 * One person's conversations on one device, kept equal to the server's.
 *
 * Events, each with a `detail`:
 *   `ready`         what the store kept is there
 *   `status`        {status, reason, retryAt}: connecting, online, waiting, stopped
 *   `conversation`  {conversation, changes?}: a head, its marks or its messages changed
 *   `parted`        {id}: of a group, for this person is no member any more; what is held of it stays, to be read
 *   `returned`      {id}: to a group, from now on
 *   `removed`       {id}
 *   `notice`        {conversation, entry}: an entry that is no message, as it comes in
 *   `user`          {user}: the person who is logged in, perhaps under a new name
 *   `outbox`        {id, draft}
 *   `draft`         {id}: what was begun there is another
 *   `badge`         {unread}: in all conversations that are not muted
 *   `typing`        {id}
 *
 * @typedef {import("./conversation.js").Conversation} Conversation
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
    this.connection.addEventListener("status", () => this.emit("status", this.status));
    this.connection.addEventListener("welcome", (event) => this.#welcomed(/** @type {CustomEvent} */ (event).detail));
    this.connection.addEventListener("frame", (event) => this.replica.frame(/** @type {CustomEvent} */ (event).detail));
    const request = this.connection.request.bind(this.connection);
    this.replica = new Replica(this);
    const currentStore = () => this.#store;
    const hasBlocked = (/** @type {string} */ person) => this.friends.hasBlocked(person);
    this.shelf = new Shelf({ store: currentStore, me: () => this.user.id, hasBlocked });
    this.account = new Account({ session, changed: (user) => this.become(user) });
    const take = (/** @type {import("./types.js").Head} */ head) => this.replica.head(head);
    this.directory = new Directory({ session, take });
    this.selfLog = new SelfLog(this);
    this.messages = new Messages(this);
    this.stars = new Stars(this);
    this.own = new Own(this);
    this.friends = new Friends(this);
    this.people = new People(this);
    this.groups = new Groups(this);
    this.presence = new Presence(this);
    this.calls = new Calls(this);
    this.settings = new OwnSettings(this);
    this.drafts = new Drafts(this);
    this.badge = new Badge(this);
    followBlocks(this, (conversation) => this.replica.changed(conversation));
    this.marks = new Marks({ request });
    this.puller = new Puller({
      request,
      apply: (conversation, frame) => this.replica.entries(conversation, frame),
      gone: (conversation) => this.replica.part(conversation.id),
    });
    this.outbox = new Outbox({
      store: currentStore,
      request,
      online: () => this.connection.online,
      confirmed: (draft, ok) => this.replica.confirmed(draft, ok),
      changed: (draft) => this.emit("outbox", { id: draft.conversation, draft }),
      now: () => this.now(),
    });
    const say = (/** @type {string} */ conversation) => this.connection.notify("typing", { conversation });
    this.typing = new Typing({ changed: (id) => this.emit("typing", { id }), say });
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
    this.emit("ready", {});
    followPage(this, this.#closing.signal);
    this.connection.start();
  }

  /** @param {{ forget?: boolean }} [options] `forget`: leave nothing of this person on the device */
  async stop({ forget = false } = {}) {
    this.#closing.abort();
    this.calls.leave();
    this.connection.stop();
    this.drafts.stop({ forget });
    this.shelf.flush();
    await this.#started;
    if (forget) await this.#store.destroy().catch(() => {});
    else this.#store.close();
  }

  flush() {
    this.marks.flush();
    this.drafts.flush();
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

  /**
   * Older messages of a conversation, or its newest if none are here.
   * @param {Conversation} conversation @param {number} [limit]
   */
  async loadOlder(conversation, limit = PAGE) {
    const { id, timeline } = conversation;
    if (timeline.complete || conversation.loading) return;
    conversation.expectPage();
    try {
      const before_seq = timeline.first?.seq;
      const { items, complete } = await this.connection.request("pull", { conversation: id, before_seq, limit });
      if (timeline !== conversation.timeline) return; // reset meanwhile: the page belongs to the past
      this.replica.changed(conversation, conversation.applyPage(items, complete));
    } finally {
      conversation.endPage();
    }
  }

  /** @param {Conversation} conversation @param {number} seq */
  read(conversation, seq) {
    if (!conversation.read(Math.min(seq, conversation.head.seq))) return;
    this.marks.add(conversation.id, conversation.head.read_seq);
    this.replica.changed(conversation);
  }

  /** A conversation is on the screen: what is loaded of it stays. @param {string} id @param {AbortSignal} signal */
  look(id, signal) {
    this.shelf.look(id, signal);
  }

  /** Takes what is kept of a group after one's time there from this device. @param {string} id */
  forget(id) {
    if (this.get(id)?.head.former) this.replica.remove(id);
  }

  /** Asks the server what differs. */
  sync = coalesced(async () => {
    for (let round = 0; round < ROUNDS && this.connection.online; round += 1) {
      const heads = this.shelf.heads({ isPulling: true });
      const answer = await this.connection.request("sync", { heads }).catch(() => null);
      if (!answer) return; // the next welcome answers the same question
      this.replica.heads(answer);
      if (!goesOn(answer, heads)) return;
    }
  });

  /** @param {any} welcome */
  async #welcomed({ user, epoch, reset, limits, server_time, ...answer }) {
    const startAnew = reset || (this.#meta.epoch !== undefined && this.#meta.epoch !== epoch);
    this.become(user);
    this.limits = limits;
    this.#meta = { epoch, clock: Date.parse(server_time) - Date.now() };
    this.#store.putMeta(this.#meta);
    if (startAnew) this.replica.startAnew(answer.heads);
    const told = this.shelf.heads();
    this.replica.heads(answer);
    if (goesOn(answer, told)) this.sync();
    this.outbox.adopt(await this.#store.loadOutbox().catch(() => [])); // another tab may have left some behind
  }

  /** The person who is logged in, as known from now on. @param {Partial<import("./types.js").Person>} changes */
  become(changes) {
    this.user = { ...this.user, ...changes };
    this.session.update(this.user);
    this.emit("user", { user: this.user });
  }

  /** @param {string} type @param {object} detail */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * Whether there may be more of what was said: that comes first, and the rest is read page by page.
 * @param {{ heads: import("./types.js").Head[], more?: boolean }} answer @param {object} said
 */
function goesOn({ heads, more }, said) {
  const last = heads.at(-1);
  return Boolean(more && last && last.conversation in said);
}

import { none } from "./changes.js";
import { Notices } from "./notices.js";
import { Timeline, newer } from "./timeline.js";
import { Unread } from "./unread.js";
import { Veil } from "./veil.js";

const KEPT = 100;
/** More than this behind, the newest page is cheaper than every entry in between. */
const TOO_FAR_BEHIND = 1000;

/**
 * What this device knows of one conversation: the log's rules, no input or output.
 *
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Head} Head
 * @typedef {import("./changes.js").Changes} Changes
 */
export class Conversation {
  /** The rev up to which every entry has been applied. */
  cursor;
  /** The highest rev known to exist; above the cursor there is something to pull. */
  wanted;
  timeline = new Timeline();
  notices = new Notices();
  veil = new Veil();
  /** While a page is on its way: states newer than those it may hold. @type {Map<number, Entry> | null} */
  #overtaking = null;

  /** @param {Head} head @param {string} me @param {(person: string) => boolean} [hasBlocked] */
  constructor(head, me, hasBlocked = () => false) {
    this.id = head.conversation;
    this.head = { ...head };
    this.me = me;
    this.hasBlocked = hasBlocked;
    this.unread = new Unread(this);
    this.cursor = this.wanted = head.rev;
    if (!head.seq) this.timeline.complete = true;
  }

  /** As by `new`. @param {import("./types.js").Snapshot} snapshot @param {string} me @param {any} [hasBlocked] */
  static restore(snapshot, me, hasBlocked) {
    const conversation = new Conversation(snapshot.head, me, hasBlocked);
    const { cursor, messages, complete } = snapshot;
    const timeline = new Timeline(messages, complete);
    const [notices, veil] = [new Notices(snapshot.notices), new Veil(snapshot.veil)];
    return Object.assign(conversation, { cursor, wanted: cursor, timeline, notices, veil });
  }

  /** @returns {import("./types.js").Snapshot} */
  snapshot() {
    const messages = this.timeline.all().slice(this.head.former ? 0 : -KEPT);
    const complete = this.timeline.complete && messages.length === this.timeline.length;
    const [notices, veil] = [this.notices.snapshot(), this.veil.snapshot()];
    return { id: this.id, head: this.head, cursor: this.cursor, complete, messages, notices, veil };
  }

  /** What `hello` says of it; and `sync`, which need not tell again of what is being pulled. @param {boolean} isPulling */
  known(isPulling) {
    const { read_seq, kind, peer_read = 0, peer_delivered = 0 } = this.head;
    const rev = isPulling ? Math.max(this.wanted, this.cursor) : this.cursor;
    return kind === "direct" ? [rev, read_seq, peer_read, peer_delivered] : [rev, read_seq];
  }

  get behind() {
    return this.wanted > this.cursor;
  }

  /** Takes a head of the server. @param {Head} head @returns {Changes} */
  applyHead(head) {
    const changes = none();
    if (head.rev < this.head.rev && !head.reset) return changes; // overtaken by live entries
    const before = this.head;
    this.head = { ...head };
    this.unread.toldAnew();
    if (!head.reset) this.#keepMarks(before);
    if (head.reset || head.rev - this.cursor > TOO_FAR_BEHIND) this.#forget(head.rev, changes);
    // Holding no message there is nothing to bring up to date: start from the head. But one's own log tells of others.
    if (!this.timeline.length && head.kind !== "self" && head.rev > this.cursor) this.#startAt(head.rev, changes);
    if (head.seq <= this.veil.cleared) this.timeline.complete = true;
    this.wanted = Math.max(this.wanted, head.rev);
    this.#lookBack();
    return changes;
  }

  /**
   * Takes entries in rev order. Returns null if entries before them are missing: pull.
   * @param {{ prev: number, reset?: boolean, items: Entry[], head?: number }} frame @returns {Changes | null}
   */
  applyEntries({ prev, reset, items, head }) {
    const changes = none();
    if (reset && prev > this.cursor) this.#skipTo(prev, this.timeline.after(prev), changes);
    else if (reset) this.#forget(prev, changes);
    this.wanted = Math.max(this.wanted, head ?? 0, items.at(-1)?.rev ?? 0);
    if (prev > this.cursor) return null;
    const live = head === undefined;
    let isShaken = false;
    for (const entry of items) {
      if (entry.rev <= this.cursor) continue;
      if (live && this.#lacksState(entry)) break; // a pull says what this person may see of it
      this.cursor = entry.rev;
      isShaken ||= entry.rev > this.head.rev && this.unread.isShakenBy(entry);
      this.#apply(entry, changes);
    }
    changes.unsure = !this.unread.recount() && isShaken;
    return changes;
  }

  /**
   * Takes the confirmation of an own message, which the sending socket gets instead of the entry.
   * @param {{ rev: number, prev: number, duplicate?: boolean }} ok @param {Entry} entry @returns {Changes}
   */
  applyOk(ok, entry) {
    const changes = none();
    this.wanted = Math.max(this.wanted, ok.rev);
    if (ok.duplicate) return changes; // the log shows it, or a pull will, with what has become of it
    if (ok.prev === this.cursor) {
      this.cursor = ok.rev;
      this.#apply(entry, changes);
    } else {
      this.#insert(entry, changes);
    }
    return changes;
  }

  /** Whether a page is on its way. */
  get loading() {
    return this.#overtaking !== null;
  }

  /** Call before a page is asked for, and `endPage` after, whatever came of it. */
  expectPage() {
    this.#overtaking = new Map();
  }

  endPage() {
    this.#overtaking = null;
  }

  /** @param {Entry[]} items @param {boolean} complete whether the page reaches the first message @returns {Changes} */
  applyPage(items, complete) {
    const changes = none();
    for (const item of items) this.#put(newer(item, this.#overtaking?.get(item.seq ?? 0)), changes);
    if (complete || items[0]?.seq === 1) this.timeline.complete = true;
    this.unread.recount();
    return changes;
  }

  /** Takes a message's newer state, for example the answer to an edit. @param {Entry} state @returns {Changes} */
  applyState(state) {
    return this.#replace(state, none());
  }

  /** This person deleted a message for himself, on whatever device. @param {number} seq @returns {Changes} */
  hide(seq) {
    if (!this.veil.hide(seq)) return none();
    const updated = this.timeline.veil(seq);
    const unsure = !this.#lookBack() || (seq > this.head.read_seq && !this.unread.recount());
    return { ...none(), updated, unsure };
  }

  /** This person cleared the history up to a message, on whatever device. @param {number} seq @returns {Changes} */
  clear(seq) {
    if (!this.veil.clear(seq)) return none();
    this.timeline = this.timeline.above(seq);
    if (seq >= this.head.seq) this.timeline.complete = true;
    const unsure = !this.#lookBack() || (this.head.unread > 0 && !this.unread.recount());
    return { ...none(), reset: true, unsure };
  }

  /** Drops what is held of it; pages bring it again. @returns {Changes} */
  forget() {
    return this.#forget(Math.max(this.wanted, this.head.rev), none());
  }

  /** @param {{ user: string, read_seq?: number, delivered_seq?: number }} marks @returns {boolean} whether one moved */
  applyMarks({ user, read_seq = 0, delivered_seq = 0 }) {
    if (user === this.me) return this.read(read_seq);
    const { peer_read = 0, peer_delivered = 0 } = this.head;
    if (read_seq <= peer_read && delivered_seq <= peer_delivered) return false;
    this.head.peer_read = Math.max(peer_read, read_seq);
    this.head.peer_delivered = Math.max(peer_delivered, delivered_seq);
    return true;
  }

  /** Moves this person's own read mark. @param {number} seq @returns {boolean} whether it moved */
  read(seq) {
    if (seq <= this.head.read_seq) return false;
    this.head.read_seq = seq;
    this.head.marked_unread = false;
    this.unread.marked();
    return true;
  }

  /** How far an own message has come. @param {Entry} message @returns {"sent" | "delivered" | "read"} */
  progress({ seq = 0 }) {
    const { peer_read = 0, peer_delivered = 0 } = this.head;
    if (seq <= peer_read) return "read";
    return seq <= peer_delivered ? "delivered" : "sent";
  }

  /** What everybody hears of a change has no state where a newcomer may not see its target. @param {Entry} entry */
  #lacksState({ target, state }) {
    return target !== undefined && !state && (this.head.last?.seq === target || Boolean(this.timeline.get(target)));
  }

  /** @param {Entry} entry @param {Changes} changes */
  #apply(entry, changes) {
    const isNews = entry.rev > this.head.rev; // the head may have counted it already
    if (entry.seq !== undefined) {
      if (isNews) this.#countMessage(entry);
      this.#insert(entry, changes);
    } else if (entry.target !== undefined) {
      changes.changing.push(entry);
      if (entry.state) this.#replace(entry.state, changes);
      if (isNews && entry.kind === "recall") this.unread.recalled(entry);
    } else {
      if (this.head.kind === "group") this.notices.put([entry]);
      changes.notices.push(entry);
    }
    this.head.rev = Math.max(this.head.rev, entry.rev);
  }

  /** @param {Entry} entry */
  #countMessage(entry) {
    const { head } = this;
    head.seq = Math.max(head.seq, entry.seq ?? 0);
    if (!entry.hidden && !this.veil.covers(entry.seq ?? 0)) head.last = entry;
    head.last_at = entry.created_at;
    if (entry.sender === this.me) {
      if (entry.kind !== "call") this.read(head.seq); // of calls the server tells
      return;
    }
    this.unread.came(entry);
  }

  /** @param {Entry} entry @param {Changes} changes */
  #insert(entry, changes) {
    if (entry.sender === this.me && entry.key) changes.keys.push(entry.key);
    const { first } = this.timeline;
    if (first && /** @type {number} */ (entry.seq) < /** @type {number} */ (first.seq)) return;
    this.#put(entry, changes);
    if (entry.seq === 1) this.timeline.complete = true;
  }

  /** @param {Entry} state @param {Changes} changes */
  #replace(state, changes) {
    const seq = /** @type {number} */ (state.seq);
    const { last } = this.head;
    if (last?.seq === seq) this.head.last = newer(state, last);
    if (this.timeline.get(seq)) this.#put(state, changes);
    else this.#overtaking?.set(seq, newer(state, this.#overtaking.get(seq)));
    return changes;
  }

  /** @param {Entry} entry @param {Changes} changes */
  #put(entry, changes) {
    const seq = /** @type {number} */ (entry.seq);
    if (entry.hidden && this.veil.hide(seq)) this.timeline.veil(seq);
    const what = seq > this.veil.cleared && this.timeline.put(this.veil.over(entry));
    if (what) changes[what].push(/** @type {Entry} */ (this.timeline.get(seq)));
  }

  /** The list's last line is a message that can be seen. @returns {boolean} whether it is known which */
  #lookBack() {
    const { head, timeline, veil } = this;
    if (!head.last || !veil.covers(head.last.seq ?? 0)) return true;
    head.last = timeline.lastShown;
    return Boolean(head.last) || timeline.complete;
  }

  /** Marks only rise; ours may not have reached the server yet. @param {Head} before */
  #keepMarks(before) {
    const { head } = this;
    if (before.peer_read) head.peer_read = Math.max(head.peer_read ?? 0, before.peer_read);
    if (before.peer_delivered) head.peer_delivered = Math.max(head.peer_delivered ?? 0, before.peer_delivered);
    this.read(before.read_seq);
  }

  /** @param {number} cursor @param {Changes} changes */
  #forget(cursor, changes) {
    this.notices = new Notices();
    return this.#startAt(cursor, changes);
  }

  /** @param {number} cursor @param {Changes} changes */
  #startAt(cursor, changes) {
    this.wanted = cursor;
    return this.#skipTo(cursor, new Timeline(), changes);
  }

  /** @param {number} cursor @param {Timeline} rest @param {Changes} changes */
  #skipTo(cursor, rest, changes) {
    this.timeline = rest;
    this.cursor = cursor;
    this.notices.asked = false;
    changes.reset = true;
    return changes;
  }
}

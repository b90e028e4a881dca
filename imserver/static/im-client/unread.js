import { names } from "./mentions.js";

/**
 * How many messages of a conversation are unread, and how many of those name this person. The server's head says it
 * once; from then on it is counted here, by the messages held or, where they do not reach down, by what comes.
 *
 * @typedef {import("./types.js").Entry} Entry
 */
export class Unread {
  /** Messages that came after the head, recalled by then: never counted. @type {Set<number>} */
  #uncounted = new Set();

  /** @param {import("./conversation.js").Conversation} conversation */
  constructor(conversation) {
    this.conversation = conversation;
  }

  /** A head has said the numbers anew. */
  toldAnew() {
    this.#uncounted.clear();
  }

  /** A message came that no head has counted. @param {Entry} entry */
  came(entry) {
    const { head, veil } = this.conversation;
    const { seq = 0, recalled, hidden } = entry;
    if (seq <= this.#mark) return;
    if (recalled || hidden || veil.covers(seq)) this.#uncounted.add(seq);
    else head.unread += 1;
    if (!veil.covers(seq) && this.#namesMe(entry)) head.mentions += 1;
  }

  /** A message was recalled that had been counted, perhaps. @param {Entry} recall */
  recalled({ target = 0, state }) {
    const { head, me, veil } = this.conversation;
    if (target <= this.#mark || veil.covers(target) || state?.sender === me || this.#uncounted.has(target)) return;
    head.unread = Math.max(0, head.unread - 1);
  }

  /** Whether a message named this person before a change of it only the message says. @param {Entry} change */
  isShakenBy({ kind, target = 0, state }) {
    const { head, me, veil } = this.conversation;
    if ((kind !== "edit" && kind !== "recall") || target <= this.#mark || veil.covers(target)) return false;
    return state?.sender !== me && (head.mentions > 0 || Boolean(state && this.#namesMe(state)));
  }

  /** The read mark has moved. */
  marked() {
    const { head } = this.conversation;
    head.unread = Math.min(head.unread, head.seq - this.#mark);
    head.mentions = Math.min(head.mentions, head.unread);
    this.recount();
  }

  /** Where every unread message is here, counting beats adding and subtracting. @returns {boolean} whether it is so */
  recount() {
    const { head, timeline, behind, me } = this.conversation;
    if (!this.#reachesDown || behind || (timeline.last?.seq ?? 0) < this.#newest) return false;
    const counts = (/** @type {Entry} */ { sender, recalled, hidden }) => sender !== me && !recalled && !hidden;
    head.unread = timeline.countAbove(this.#mark, counts);
    head.mentions = timeline.countAbove(this.#mark, (message) => this.#namesMe(message));
    return true;
  }

  /** How many messages are held above the mark, if all are. */
  get held() {
    return this.#reachesDown ? this.conversation.timeline.countAbove(this.#mark, () => true) : 0;
  }

  get #reachesDown() {
    const { timeline } = this.conversation;
    return timeline.complete || (timeline.first?.seq ?? Infinity) <= this.#mark + 1;
  }

  /** What is cleared is not unread, whether it was read or not. */
  get #mark() {
    const { head, veil } = this.conversation;
    return Math.max(head.read_seq, veil.cleared);
  }

  /** The newest message that is known to be one to see; pages leave out those that are not. */
  get #newest() {
    const { head, veil } = this.conversation;
    let seq = head.seq;
    while (seq && veil.covers(seq)) seq = seq <= veil.cleared ? 0 : seq - 1;
    return seq;
  }

  /** @param {Entry} message */
  #namesMe(message) {
    const { me, hasBlocked } = this.conversation;
    return message.sender !== me && names(message, me) && !hasBlocked(message.sender);
  }
}

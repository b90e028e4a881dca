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
    const { head } = this.conversation;
    const { seq = 0, recalled } = entry;
    if (seq <= head.read_seq) return;
    if (recalled) this.#uncounted.add(seq);
    else head.unread += 1;
    if (this.#namesMe(entry)) head.mentions += 1;
  }

  /** A message was recalled that had been counted, perhaps. @param {Entry} recall */
  recalled({ target = 0, state }) {
    const { head, me } = this.conversation;
    if (target <= head.read_seq || state?.sender === me || this.#uncounted.has(target)) return;
    head.unread = Math.max(0, head.unread - 1);
  }

  /** The read mark has moved. */
  marked() {
    const { head } = this.conversation;
    head.unread = Math.min(head.unread, head.seq - head.read_seq);
    head.mentions = Math.min(head.mentions, head.unread);
    this.recount();
  }

  /** Where every unread message is here, counting beats adding and subtracting. @returns {boolean} whether it is so */
  recount() {
    const { head, timeline, behind, me } = this.conversation;
    const reachesDown = timeline.complete || (timeline.first?.seq ?? Infinity) <= head.read_seq + 1;
    if (!reachesDown || behind || (timeline.last?.seq ?? 0) < head.seq) return false;
    head.unread = timeline.countAbove(head.read_seq, (message) => message.sender !== me && !message.recalled);
    head.mentions = timeline.countAbove(head.read_seq, (message) => this.#namesMe(message));
    return true;
  }

  /** @param {Entry} message */
  #namesMe(message) {
    const { me, hasBlocked } = this.conversation;
    return message.sender !== me && names(message, me) && !hasBlocked(message.sender);
  }
}

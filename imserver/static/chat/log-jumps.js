import { reach } from "../im-client/reach.js";
import { attempt } from "./attempt.js";
import { busily } from "./busily.js";
import { h, icon, spoken } from "./dom.js";
import { namesMe } from "./mention-marks.js";

/**
 * Ways to what is not on the screen: up to where reading stopped, to messages that name this person, down to the end.
 *
 * @typedef {import("../im-client/types.js").Entry} Entry
 */
export class LogJumps {
  #closing = new AbortController();
  /** How far everything was read when the conversation was opened, and what was unread. */
  #read = 0;
  #unread = 0;
  #mentions = 0;
  /** Whether the first unread message has been on the screen. */
  #found = true;
  /** Messages that name this person and have not been on the screen. @type {Set<number>} */
  #unseen = new Set();
  /** @type {Set<number>} */
  #seen = new Set();

  /**
   * @param {import("../im-client.js").Client} client
   * @param {import("../im-client.js").Conversation} conversation
   * @param {object} log
   * @param {import("./rows.js").MessageRows} log.rows
   * @param {HTMLElement} log.scroller
   * @param {(seq: number) => void} log.show
   * @param {() => void} log.toFirst
   * @param {() => void} log.down
   */
  constructor(client, conversation, { rows, scroller, show, toFirst, down }) {
    this.client = client;
    this.conversation = conversation;
    this.rows = rows;
    this.scroller = scroller;
    this.show = show;
    this.toFirst = toFirst;
    this.words = h("span");
    this.first = h(
      "button",
      { class: "first-unread", type: "button", hidden: true, onclick: () => this.#busily(this.first, () => this.#up()) },
      icon("up"),
      this.words,
    );
    this.named = h("span", { class: "badge", "aria-hidden": "true" });
    this.at = h(
      "button",
      { class: "jump at", type: "button", hidden: true, onclick: () => this.#busily(this.at, () => this.#toMention()) },
      icon("at"),
      this.named,
    );
    this.count = h("span", { class: "badge", hidden: true });
    this.jump = h(
      "button",
      { class: "jump down", type: "button", hidden: true, onclick: down },
      icon("down"),
      this.count,
      spoken("Jump to the newest message"),
    );
    this.node = h("div", { class: "jumps" }, this.at, this.jump);
  }

  /** What was unread then. */
  opened() {
    const { kind, read_seq, unread, mentions } = this.conversation.head;
    this.#read = read_seq;
    this.#unread = unread;
    this.#mentions = kind === "group" ? mentions : 0;
    this.#found = !unread;
    this.#gather(this.conversation.timeline.all());
  }

  close() {
    this.#closing.abort();
  }

  /** @param {Entry[]} touched messages that came, or have another state */
  update(touched) {
    this.#gather(touched);
    const { kind, unread, mentions } = this.conversation.head;
    // It may have been opened before the server said how many there are.
    this.#unread = Math.max(this.#unread, unread);
    if (kind === "group") this.#mentions = Math.max(this.#mentions, mentions);
    this.count.hidden = !unread;
    this.count.textContent = String(unread);
  }

  /** The reader stands elsewhere. @param {boolean} atBottom */
  moved(atBottom) {
    const { top, bottom } = this.scroller.getBoundingClientRect();
    const line = this.rows.node.querySelector(".unread-line");
    if (line && line.getBoundingClientRect().bottom > top) this.#found = true;
    for (const seq of this.#unseen) {
      const place = this.rows.find(seq)?.getBoundingClientRect();
      if (place && place.bottom > top && place.top < bottom) this.#saw(seq);
    }
    this.jump.hidden = atBottom;
    this.#draw();
  }

  /** @param {number} seq */
  #saw(seq) {
    this.#unseen.delete(seq);
    this.#seen.add(seq);
  }

  /** @param {Entry[]} messages */
  #gather(messages) {
    if (this.conversation.head.kind !== "group") return;
    for (const message of messages) {
      const { seq = 0, sender } = message;
      const counts = seq > this.#read && namesMe(this.client, message) && !this.client.friends.hasBlocked(sender);
      if (counts && !this.#seen.has(seq)) this.#unseen.add(seq);
      else this.#unseen.delete(seq);
    }
  }

  /** Of those that are further up nobody knows more than their number. */
  get #waiting() {
    return this.#reachesDown ? this.#unseen.size : Math.max(this.#unseen.size, this.#mentions - this.#seen.size);
  }

  get #reachesDown() {
    const { timeline } = this.conversation;
    return timeline.complete || (timeline.first?.seq ?? Infinity) <= this.#read + 1;
  }

  #draw() {
    this.first.hidden = this.#found;
    this.words.textContent = this.#found ? "" : newMessages(this.#unread);
    const waiting = this.#waiting;
    this.at.hidden = !waiting;
    this.named.textContent = String(waiting);
    this.at.setAttribute("aria-label", `Jump to the next mention, ${waiting} left`);
  }

  async #up() {
    await this.#reach();
    if (this.#closing.signal.aborted) return;
    this.#found = true;
    this.toFirst();
    this.#draw();
  }

  async #toMention() {
    if (!this.#reachesDown && this.#unseen.size < this.#waiting) await this.#reach();
    const next = Math.min(...this.#unseen);
    if (this.#closing.signal.aborted || next === Infinity) return;
    this.#saw(next);
    this.show(next);
    this.#draw();
  }

  #reach() {
    return reach(this.client, this.conversation, this.#read + 1, this.#closing.signal);
  }

  /** @param {HTMLButtonElement} button @param {() => Promise<void>} work */
  #busily(button, work) {
    return busily(button, () => attempt(work));
  }
}

/** @param {number} count */
function newMessages(count) {
  return count === 1 ? "1 new message" : `${count} new messages`;
}

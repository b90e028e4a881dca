import { bubble } from "./bubble.js";
import { h, icon, spoken } from "./dom.js";
import { decorate } from "./grouping.js";
import { LogKeys } from "./log-keys.js";

const NEAR_TOP = 800;
const NEAR_BOTTOM = 80;

/**
 * The messages of a conversation, one row each, found again by key or seq: a change touches only its rows.
 *
 * @typedef {import("../im-client/types.js").Entry} Entry
 * @typedef {import("../im-client/types.js").Draft} Draft
 * @typedef {{ id: string, message: any, node: HTMLElement, drawn: string }} Row  `message`: an entry or a draft
 * @typedef {object} Handlers
 * @property {(message: Entry | Draft, at: { x: number, y: number }) => void} menu
 * @property {() => Promise<boolean>} older
 * @property {(seq: number) => void} seen
 */
export class MessageLog {
  /** @type {Row[]} in the order of the screen */
  #rows = [];
  /** @type {Map<string, Row>} */
  #byId = new Map();
  /** Where "New messages" stands: above the first message after this one. */
  #readAtOpening = 0;
  #atBottom = true;
  /** Whether the reader stands where reading starts; before that nothing counts as seen. */
  #placed = false;

  /**
   * @param {import("../im-client.js").Client} client
   * @param {import("../im-client.js").Conversation} conversation
   * @param {Handlers} handlers
   */
  constructor(client, conversation, handlers) {
    this.client = client;
    this.conversation = conversation;
    this.handlers = handlers;
    this.rows = h("div", { class: "log-rows", role: "log", "aria-label": "Messages", "aria-live": "polite", "aria-relevant": "additions" });
    this.typing = h("div", { class: "typing-dots", "aria-hidden": "true", hidden: true }, h("i"), h("i"), h("i"));
    this.empty = emptiness(conversation);
    this.scroller = h("div", { class: "log-scroll", tabindex: "0", role: "group", "aria-label": "Message history", onscroll: () => this.#scrolled() },
      h("div", { class: "log-column" }, this.empty, this.rows, this.typing));
    this.count = h("span", { class: "badge", hidden: true });
    this.jump = h("button", { class: "jump", type: "button", hidden: true, onclick: () => this.jumpDown() }, icon("down"), this.count, spoken("Jump to the newest message"));
    this.node = h("div", { class: "log" }, this.scroller, this.jump);
    this.keys = new LogKeys(this.scroller, (id, at) => this.handlers.menu(this.#byId.get(id)?.message, at));
    this.resizing = new ResizeObserver(() => this.#atBottom && this.#toBottom());
  }

  open() {
    const { head } = this.conversation;
    this.#readAtOpening = head.unread ? head.read_seq : Infinity;
    this.rebuild();
    this.#place();
    this.resizing.observe(this.scroller);
    this.resizing.observe(this.rows);
  }

  /** Everything that opening needs is loaded, or cannot be had. */
  filled() {
    if (this.#placed || !(this.#rows.length || this.conversation.timeline.complete)) return;
    this.#place();
    this.#placed = true;
    this.reportSeen();
  }

  close() {
    this.resizing.disconnect();
    this.keys.close();
  }

  rebuild() {
    this.#rows = [];
    this.#byId.clear();
    this.rows.replaceChildren();
    this.#put(this.conversation.timeline.all());
    this.updateDrafts();
  }

  /** @param {import("../im-client/conversation.js").Changes} [changes] none: only marks moved */
  update(changes) {
    const touched = [...(changes?.added ?? []), ...(changes?.updated ?? [])];
    if (touched.length) this.#keepingPlace(touched, () => this.#put(touched));
    this.#redrawQuotes(changes?.updated ?? []);
    this.#redrawTicks();
    this.#afterChange();
  }

  updateDrafts() {
    const drafts = this.client.outbox.of(this.conversation.id);
    const keys = new Set(drafts.map(({ key }) => key));
    const gone = this.#rows.filter(({ id, message }) => message.seq === undefined && !keys.has(id));
    for (const row of gone) this.#remove(row);
    this.#put(drafts.filter(({ key }) => this.#byId.get(key)?.message.seq === undefined));
    this.#afterChange();
  }

  /** @param {boolean} typing */
  showTyping(typing) {
    this.typing.hidden = !typing;
    if (this.#atBottom) this.#toBottom();
  }

  jumpDown() {
    this.#toBottom();
    this.reportSeen();
  }

  /** Tells how far down this person has read: only what is on the screen of a page that is looked at. */
  reportSeen() {
    const { read_seq, seq } = this.conversation.head;
    if (!this.#placed || read_seq >= seq || document.hidden || !document.hasFocus()) return;
    const bottom = this.scroller.getBoundingClientRect().bottom + 4;
    const lowest = this.#rows.findLast(({ node, message }) => message.seq !== undefined && node.getBoundingClientRect().bottom <= bottom);
    if (lowest) this.handlers.seen(lowest.message.seq);
  }

  /** @param {(Entry | Draft)[]} messages */
  #put(messages) {
    /** @type {Set<Row>} */
    const moved = new Set();
    for (const message of messages) moved.add(this.#seat(message));
    for (const row of moved) for (const one of this.#neighbours(row)) decorate(one, this.#before(one), this.#readAtOpening, this.client.user.id);
    for (const row of moved) this.#draw(row);
  }

  /** @param {any} message @returns {Row} */
  #seat(message) {
    const mine = message.seq === undefined || message.sender === this.client.user.id;
    const id = mine && message.key ? message.key : String(message.seq);
    const row = this.#byId.get(id) ?? { id, message, node: h("div", { class: mine ? "row mine" : "row theirs", "data-id": id }), drawn: "" };
    const known = this.#byId.has(id);
    const stays = known && row.message.seq === message.seq;
    row.message = message;
    if (stays) return row;
    if (known) this.#rows.splice(this.#rows.indexOf(row), 1);
    this.#byId.set(id, row);
    const index = this.#position(message);
    this.rows.insertBefore(row.node, this.#rows[index]?.node ?? null);
    this.#rows.splice(index, 0, row);
    return row;
  }

  /** @param {any} message */
  #position(message) {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stands(this.#rows[middle].message, message)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {Row} row */
  #remove(row) {
    const below = row.node.nextElementSibling;
    this.#byId.delete(row.id);
    this.#rows.splice(this.#rows.indexOf(row), 1);
    row.node.remove();
    const next = below && this.#rowOf(below);
    if (next) decorate(next, this.#before(next), this.#readAtOpening, this.client.user.id);
  }

  /** @param {Row} row */
  #draw(row) {
    const { message } = row;
    const mine = row.node.classList.contains("mine");
    const progress = mine ? (message.seq === undefined ? message.state : this.#progress(message)) : "";
    const drawn = [message.seq, message.changed_rev, progress].join();
    if (drawn === row.drawn) return;
    row.drawn = drawn;
    row.node.querySelector(".bubble")?.remove();
    row.node.append(bubble({ message, progress, client: this.client, conversation: this.conversation, show: (seq) => this.#show(seq) }));
  }

  /** @param {Entry} message */
  #progress(message) {
    return this.conversation.head.kind === "self" ? "sent" : this.conversation.progress(message);
  }

  /** Marks move at the end: go up until nothing changes. */
  #redrawTicks() {
    for (let index = this.#rows.length - 1; index >= 0; index -= 1) {
      const row = this.#rows[index];
      if (!row.node.classList.contains("mine")) continue;
      const before = row.drawn;
      this.#draw(row);
      if (row.drawn === before && before.endsWith("read")) return;
    }
  }

  /** @param {Entry[]} updated */
  #redrawQuotes(updated) {
    const seqs = new Set(updated.map(({ seq }) => seq));
    if (!seqs.size) return;
    for (const row of this.#rows.filter(({ message }) => seqs.has(message.reply_to))) {
      row.drawn = "";
      this.#draw(row);
    }
  }

  /** The row, and the one after it: what stands above decides how a row looks. @param {Row} row */
  #neighbours(row) {
    const next = row.node.nextElementSibling;
    const below = next && this.#rowOf(next);
    return below ? [row, below] : [row];
  }

  /** @param {Row} row */
  #before(row) {
    const { previousElementSibling } = row.node;
    return previousElementSibling ? this.#rowOf(previousElementSibling) : undefined;
  }

  /** @param {Element} node */
  #rowOf(node) {
    return this.#byId.get(/** @type {HTMLElement} */ (node).dataset.id ?? "");
  }

  /** Older messages push the rest down; the reader must not notice. @param {Entry[]} touched @param {() => void} work */
  #keepingPlace(touched, work) {
    const first = this.#rows[0]?.message.seq ?? Infinity;
    const above = touched.some(({ seq = 0 }) => seq < first);
    const { scrollHeight, scrollTop } = this.scroller;
    if (above) this.rows.setAttribute("aria-live", "off");
    work();
    if (above && !this.#atBottom) this.scroller.scrollTop = scrollTop + this.scroller.scrollHeight - scrollHeight;
    if (above) setTimeout(() => this.rows.setAttribute("aria-live", "polite"));
  }

  #afterChange() {
    const { timeline, head } = this.conversation;
    this.empty.hidden = this.#rows.length > 0 || !timeline.complete;
    this.count.hidden = !head.unread;
    this.count.textContent = String(head.unread);
    if (!this.#placed) this.#place();
    else if (this.#atBottom) this.#toBottom();
    this.reportSeen();
  }

  /** At the first unread message if there is one, else at the end. */
  #place() {
    const line = this.rows.querySelector(".unread-line");
    if (!line) return this.#toBottom();
    line.scrollIntoView({ block: "start" });
    this.scroller.scrollTop -= 72;
    this.#scrolled();
  }

  /** @param {number} seq */
  #show(seq) {
    const node = this.#rows.find(({ message }) => message.seq === seq)?.node;
    node?.scrollIntoView({ block: "center", behavior: "smooth" });
    node?.classList.add("flash");
    setTimeout(() => node?.classList.remove("flash"), 1500);
  }

  #toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#atBottom = true;
    this.jump.hidden = true;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.#atBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    this.jump.hidden = this.#atBottom;
    if (scrollTop < NEAR_TOP) this.handlers.older();
    this.reportSeen();
  }
}

/** Whether one stands above the other: messages by seq, then drafts in the order of writing. @param {any} one @param {any} other */
function stands(one, other) {
  if (one.seq !== undefined && other.seq !== undefined) return one.seq < other.seq;
  if (one.seq === undefined && other.seq === undefined) return one.order < other.order;
  return one.seq !== undefined;
}

/** @param {import("../im-client.js").Conversation} conversation */
function emptiness({ head }) {
  const isSelf = head.kind === "self";
  return h("div", { class: "log-empty", hidden: true },
    h("div", { class: "nobody-art" }, icon(isSelf ? "notes" : "people")),
    h("h3", {}, isSelf ? "Your own notebook" : "Say hello"),
    h("p", { dir: "auto" }, isSelf ? "Write down what you want to find again, on any of your devices." : `This is the beginning of your conversation with ${head.title}.`));
}

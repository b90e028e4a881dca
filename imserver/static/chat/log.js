import { h, icon } from "./dom.js";
import { shownNotices } from "./groups/notice.js";
import { LogJumps } from "./log-jumps.js";
import { LogKeys } from "./log-keys.js";
import { MessageRows } from "./rows.js";

const NEAR_TOP = 800;
const NEAR_BOTTOM = 80;
const FLASH = 1500;

/**
 * The scrolling messages: where the reader stands, what has been seen, when older ones are wanted.
 *
 * @typedef {import("../im-client/types.js").Entry} Entry
 * @typedef {import("../im-client/types.js").Draft} Draft
 * @typedef {object} Handlers
 * @property {(message: Entry | Draft, at: { x: number, y: number }) => void} menu
 * @property {() => void} older
 * @property {(seq: number) => void} seen
 * @property {(seq: number) => void} show   goes to a message that is quoted
 * @property {import("./rows.js").React} react
 */
export class MessageLog {
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
    this.rows = new MessageRows(client, conversation, handlers);
    this.typing = h("div", { class: "typing-dots", "aria-hidden": "true", hidden: true }, h("i"), h("i"), h("i"));
    this.emptyTitle = h("h3", { dir: "auto" });
    this.emptyText = h("p", { dir: "auto" });
    const art = h("div", { class: "nobody-art" }, icon(conversation.head.kind === "self" ? "notes" : "people"));
    this.empty = h("div", { class: "log-empty", hidden: true }, art, this.emptyTitle, this.emptyText);
    const column = h("div", { class: "log-column" }, this.empty, this.rows.node, this.typing);
    const scrolling = { class: "log-scroll", tabindex: "0", role: "group", "aria-label": "Message history" };
    this.scroller = h("div", { ...scrolling, onscroll: () => this.#scrolled() }, column);
    this.jumps = new LogJumps(client, conversation, {
      rows: this.rows,
      scroller: this.scroller,
      show: (seq) => this.show(seq),
      toFirst: () => this.#place(),
      down: () => this.jumpDown(),
    });
    this.node = h("div", { class: "log" }, this.scroller, this.jumps.first, this.jumps.node);
    this.keys = new LogKeys(this.scroller, (id, at) => handlers.menu(this.rows.message(id), at));
    this.resizing = new ResizeObserver(() => this.#atBottom && this.#toBottom());
  }

  open() {
    const { head } = this.conversation;
    this.rows.readAtOpening = head.unread ? head.read_seq : Infinity;
    this.jumps.opened();
    this.rebuild();
    this.#place();
    this.resizing.observe(this.scroller);
    this.resizing.observe(this.rows.node);
  }

  /** Everything that opening needs is loaded, or cannot be had. */
  filled() {
    if (this.#placed || !(this.rows.length || this.conversation.timeline.complete)) return;
    this.#place();
    this.#placed = true;
    this.#scrolled();
  }

  close() {
    this.resizing.disconnect();
    this.keys.close();
    this.jumps.close();
  }

  rebuild() {
    this.rows.clear();
    this.rows.put([...this.conversation.timeline.all(), ...shownNotices(this.conversation)]);
    this.updateDrafts();
  }

  /** @param {import("../im-client/conversation.js").Changes} [changes] none: only marks moved */
  update(changes) {
    const { added = [], updated = [] } = changes ?? {};
    const touched = [...added, ...updated, ...this.rows.missing(shownNotices(this.conversation))];
    if (touched.length) this.#keepingPlace(touched, () => this.rows.put(touched));
    this.rows.redrawQuotes(updated);
    this.rows.redrawTicks();
    this.#afterChange(touched);
  }

  /** How the conversation is called here. @param {string} title @param {boolean} mayWrite */
  describe(title, mayWrite) {
    if (this.conversation.head.kind === "self") {
      this.emptyTitle.textContent = "Your own notebook";
      this.emptyText.textContent = "Write down what you want to find again, on any of your devices.";
    } else {
      this.emptyTitle.textContent = mayWrite ? "Say hello" : title;
      this.emptyText.textContent = `This is the beginning of your conversation with ${title}.`;
    }
    this.rows.rename(title);
  }

  /** People may be called otherwise now. */
  updateNames() {
    this.rows.redrawNames();
    this.#afterChange();
  }

  updateDrafts() {
    this.rows.putDrafts(this.client.outbox.of(this.conversation.id));
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
    const lowest = this.rows.lowestAbove(this.scroller.getBoundingClientRect().bottom + 4);
    if (lowest) this.handlers.seen(lowest.seq);
  }

  /**
   * Older messages push the rest down; the reader must not notice.
   * @param {Entry[]} touched @param {() => void} work
   */
  #keepingPlace(touched, work) {
    const first = this.rows.firstSeq;
    const above = touched.some(({ seq }) => seq !== undefined && seq < first);
    const { scrollHeight, scrollTop } = this.scroller;
    if (above) this.rows.node.setAttribute("aria-live", "off");
    work();
    if (above && !this.#atBottom) this.scroller.scrollTop = scrollTop + this.scroller.scrollHeight - scrollHeight;
    if (above) setTimeout(() => this.rows.node.setAttribute("aria-live", "polite"));
  }

  /** @param {Entry[]} [touched] */
  #afterChange(touched = []) {
    this.empty.hidden = this.rows.length > 0 || !this.conversation.timeline.complete;
    this.jumps.update(touched);
    if (!this.#placed) this.#place();
    else if (this.#atBottom) this.#toBottom();
    if (this.#placed) this.jumps.moved(this.#atBottom);
    this.reportSeen();
  }

  /** At the first unread message if there is one, else at the end. */
  #place() {
    const line = this.rows.node.querySelector(".unread-line");
    if (!line) return this.#toBottom();
    line.scrollIntoView({ block: "start" });
    this.scroller.scrollTop -= 72;
    this.#scrolled();
  }

  /** Goes to a message. @param {number} seq @returns {boolean} whether it is there */
  show(seq) {
    const node = this.rows.find(seq);
    if (!node) return false;
    node.scrollIntoView({ block: "center", behavior: "smooth" });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), FLASH);
    return true;
  }

  #toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#atBottom = true;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.#atBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (!this.#placed) return;
    this.jumps.moved(this.#atBottom);
    if (scrollTop < NEAR_TOP) this.handlers.older();
    this.reportSeen();
  }
}

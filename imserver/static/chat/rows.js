import { authors, bubble } from "./bubble.js";
import { h } from "./dom.js";
import { decorate } from "./grouping.js";
import { isNotice, noticeLine, wordsOf } from "./groups/notice.js";
import { mentionNames } from "./mention-marks.js";
import { namesAt } from "./reactions.js";
import { ticks } from "./ticks.js";

/**
 * The messages on the screen, one row each, found again by key or seq: a change touches only its rows.
 *
 * @typedef {import("../im-client/types.js").Entry} Entry
 * @typedef {import("../im-client/types.js").Draft} Draft
 * @typedef {{ id: string, message: any, node: HTMLElement, drawn: string, progress: string }} Row
 *   `message`: an entry or a draft
 * @typedef {(message: any, emoji: string, isMine: boolean) => void} React   puts one's own, or takes it back
 */
export class MessageRows {
  /** @type {Row[]} in the order of the screen */
  #rows = [];
  /** @type {Map<string, Row>} */
  #byId = new Map();
  /** Where "New messages" stands: above the first message after this one. */
  readAtOpening = Infinity;
  #title = "";

  /**
   * @param {import("../im-client.js").Client} client
   * @param {import("../im-client.js").Conversation} conversation
   * @param {{ show: (seq: number) => void, react: React }} handlers  `show` is called when a quote is followed
   */
  constructor(client, conversation, { show, react }) {
    this.client = client;
    this.conversation = conversation;
    this.show = show;
    this.react = react;
    this.node = h("div", { class: "log-rows", role: "log", "aria-label": "Messages", "aria-live": "polite" });
  }

  get length() {
    return this.#rows.length;
  }

  get firstSeq() {
    return this.#rows.find(({ message }) => message.seq !== undefined)?.message.seq ?? Infinity;
  }

  /** @param {string} id */
  message(id) {
    return this.#byId.get(id)?.message;
  }

  /** @param {number} seq */
  find(seq) {
    return this.#rows.find(({ message }) => message.seq === seq)?.node;
  }

  /** Those of these notices that have no row yet. @param {Entry[]} notices */
  missing(notices) {
    return notices.filter(({ rev }) => !this.#byId.has(noticeId(rev)));
  }

  /** The newest message that ends above a line on the screen. @param {number} line */
  lowestAbove(line) {
    const ends = (/** @type {Row} */ { node }) => node.getBoundingClientRect().bottom;
    return this.#rows.findLast((row) => row.message.seq !== undefined && ends(row) <= line)?.message;
  }

  clear() {
    this.#rows = [];
    this.#byId.clear();
    this.node.replaceChildren();
  }

  /** @param {(Entry | Draft)[]} messages new ones, or newer states */
  put(messages) {
    const { gone, shown } = split(messages);
    for (const row of this.#rows.filter(({ message }) => gone.has(message.seq))) this.#remove(row);
    const touched = new Set(shown.map((message) => this.#seat(message)));
    for (const row of touched) this.#decorateFrom(row);
    for (const row of touched) this.#draw(row);
  }

  /** Drafts as they are now; one that has become a message keeps its row. @param {Draft[]} drafts */
  putDrafts(drafts) {
    const keys = new Set(drafts.map(({ key }) => key));
    const gone = this.#rows.filter(({ id, message }) => isDraft(message) && !keys.has(id));
    for (const row of gone) this.#remove(row);
    this.put(drafts.filter(({ key }) => this.message(key)?.seq === undefined));
  }

  /** Marks move at the end: go up until nothing changes. */
  redrawTicks() {
    for (let index = this.#rows.length - 1; index >= 0; index -= 1) {
      const row = this.#rows[index];
      const before = row.progress;
      this.#draw(row);
      if (before === "read") return;
    }
  }

  /** @param {Entry[]} updated messages that others may quote */
  redrawQuotes(updated) {
    const seqs = new Set(updated.map(({ seq }) => seq));
    if (!seqs.size) return;
    for (const row of this.#rows.filter(({ message }) => seqs.has(message.reply_to))) {
      row.drawn = "";
      this.#draw(row);
    }
  }

  /** People may be called otherwise now. */
  redrawNames() {
    for (const row of this.#rows) this.#draw(row);
  }

  /** The other person is called otherwise now. @param {string} title */
  rename(title) {
    if (title === this.#title) return;
    this.#title = title;
    for (const row of this.#rows) row.drawn = "";
    for (const row of this.#rows) this.#draw(row);
  }

  /** @param {any} message @returns {Row} */
  #seat(message) {
    const mine = !isNotice(message) && (message.seq === undefined || message.sender === this.client.user.id);
    const id = mine && message.key ? message.key : String(message.seq ?? noticeId(message.rev));
    const known = this.#byId.get(id);
    if (known && known.message.seq === message.seq) {
      known.message = message;
      return known;
    }
    const row = known ?? { id, message, node: rowNode(id, mine), drawn: "", progress: "" };
    const stood = known ? this.#rows.indexOf(known) : -1;
    if (known) this.#rows.splice(stood, 1);
    row.message = message;
    this.#byId.set(id, row);
    const index = this.#position(message);
    // Moving a node takes its focus away.
    if (index !== stood) this.node.insertBefore(row.node, this.#rows[index]?.node ?? null);
    this.#rows.splice(index, 0, row);
    return row;
  }

  /** @param {any} message */
  #position(message) {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (standsAbove(this.#rows[middle].message, message)) low = middle + 1;
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
    this.#decorateFrom(this.#rowOf(below));
  }

  /** The row, and those below it that look at what stands above them. @param {Row | undefined} row */
  #decorateFrom(row) {
    let next = row;
    do {
      this.#decorate(next);
      next = this.#rowOf(next?.node.nextElementSibling ?? null);
    } while (next && isNotice(next.message));
    this.#decorate(next);
  }

  /** @param {Row | undefined} row */
  #decorate(row) {
    if (!row) return;
    const above = this.#rowOf(row.node.previousElementSibling);
    let said = above;
    while (said && isNotice(said.message)) said = this.#rowOf(said.node.previousElementSibling);
    const { readAtOpening, conversation, client } = this;
    const reading = { readAtOpening, complete: conversation.timeline.complete };
    decorate(row, { above, said }, client.user.id, reading);
  }

  /** @param {Row} row */
  #draw(row) {
    const { message, node } = row;
    if (isNotice(message)) return this.#drawNotice(row);
    const progress = this.#progress(row);
    const isKept = this.client.stars.has(this.conversation.id, message.seq);
    const names = [authors, mentionNames, namesAt].map((said) => said(message, this.client, this.conversation));
    const { former } = this.conversation.head;
    const drawn = [message.seq, message.changed_rev, message.state === "failed", isKept, former, names].join();
    if (drawn === row.drawn && progress !== row.progress) node.querySelector(".ticks")?.replaceWith(ticks(progress));
    row.progress = progress;
    if (drawn === row.drawn) return;
    row.drawn = drawn;
    const { client, conversation, show, react } = this;
    const before = node.querySelector(".bubble");
    const focused = before?.contains(document.activeElement) ? document.activeElement : null;
    before?.remove();
    const now = bubble({ message, progress, client, conversation, show, react });
    node.append(now);
    if (focused) successor(now, focused).focus({ preventScroll: true });
  }

  /** @param {Row} row */
  #drawNotice(row) {
    const { message, node } = row;
    const text = wordsOf(message, this.client, this.conversation);
    if (text === row.drawn) return;
    row.drawn = text;
    node.classList.add("noticed");
    node.querySelector(".notice")?.remove();
    node.append(noticeLine(text, message.created_at));
  }

  /** @param {Row} row */
  #progress({ message, node }) {
    if (!node.classList.contains("mine")) return "";
    if (message.seq === undefined) return message.state;
    return this.conversation.head.kind === "self" ? "sent" : this.conversation.progress(message);
  }

  /** @param {Element | null} node */
  #rowOf(node) {
    return this.#byId.get(/** @type {HTMLElement | null} */ (node)?.dataset.id ?? "");
  }
}

/** @param {number} rev */
function noticeId(rev) {
  return `notice-${rev}`;
}

/** What stands where the focus was. @param {HTMLElement} node @param {Element} focused @returns {HTMLElement} */
function successor(node, focused) {
  const { emoji } = /** @type {HTMLElement} */ (focused).dataset;
  return (emoji && node.querySelector(`.reaction[data-emoji="${CSS.escape(emoji)}"]`)) || node;
}

/** What this person deleted for himself has no row. @param {any[]} messages */
function split(messages) {
  const gone = new Set(messages.flatMap(({ seq, hidden }) => (hidden ? [seq] : [])));
  return { gone, shown: messages.filter(({ hidden }) => !hidden) };
}

/** @param {string} id @param {boolean} mine */
function rowNode(id, mine) {
  return h("div", { class: mine ? "row mine" : "row theirs", "data-id": id });
}

/** Entries by rev, then drafts in the order of writing. @param {any} one @param {any} other */
function standsAbove(one, other) {
  if (isDraft(one) && isDraft(other)) return one.order < other.order;
  return isDraft(one) || isDraft(other) ? isDraft(other) : one.rev < other.rev;
}

/** @param {any} message */
function isDraft({ order }) {
  return order !== undefined;
}

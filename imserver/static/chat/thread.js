import { Composer } from "./composer.js";
import { confirm } from "./dialog.js";
import { h, toast } from "./dom.js";
import { Foot } from "./foot.js";
import { titleOf } from "./format.js";
import { GroupSide } from "./groups/side.js";
import { MessageLog } from "./log.js";
import { Menu } from "./menu.js";
import { actionsFor } from "./message-actions.js";
import { PersonActions } from "./person-actions.js";
import { ThreadHead } from "./thread-head.js";

const FIRST_SCREEN = 30;
const MINUTE = 60_000;
const WRITING = new Set(["reply", "edit", "retry"]);

/**
 * The open conversation: its head, its messages, its foot.
 * @typedef {import("../im-client/types.js").Entry} Entry
 */
export class Thread {
  #closing = new AbortController();

  /**
   * @param {import("../im-client.js").Client} client
   * @param {import("../im-client.js").Conversation} conversation
   * @param {() => void} leave
   */
  constructor(client, conversation, leave) {
    this.client = client;
    this.conversation = conversation;
    const actions = new PersonActions(client);
    const { signal } = this.#closing;
    const drawing = { changed: () => this.#drawGroup(), tick: () => this.#drawPerson() };
    const isGroup = conversation.head.kind === "group";
    this.group = isGroup ? new GroupSide(client, conversation, drawing, signal) : null;
    this.log = new MessageLog(client, conversation, {
      menu: (message, at) => this.#showMenu(message, at),
      older: () => this.#loadOlder(),
      seen: (seq) => this.#seen(seq),
    });
    this.composer = new Composer(client, conversation, {
      send: (text, reply_to, mentions) => this.#send(text, reply_to, mentions),
      save: (message, text, mentions) => this.#save(message, text, mentions),
      editLast: () => this.#editLast(),
    });
    this.head = new ThreadHead(client, conversation, { leave, actions, group: this.group });
    this.foot = new Foot(conversation, this.composer, actions, this.group);
    this.node = h("section", { class: "thread" }, this.head.node, this.group?.bar.node, this.log.node, this.foot.node);
    this.#drawPerson();
    for (const type of ["focus", "visibilitychange"])
      addEventListener(type, () => this.log.reportSeen(), { signal, capture: true });
    client.addEventListener("status", () => client.connection.online && this.#fill(), { signal });
    client.friends.addEventListener("change", () => this.#drawPerson(), { signal });
    client.presence.addEventListener("change", () => this.updateLine(), { signal });
    const timer = setInterval(() => this.updateLine(), MINUTE); // "today" must not outlive midnight
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** Call once it is in the document. */
  opened() {
    this.log.open();
    this.updateLine();
    if (matchMedia("(pointer: fine)").matches) this.composer.focus();
    this.#unmark();
    this.#fill();
  }

  /** Reading takes the mark away; where nothing is left to be read, looking does. */
  #unmark() {
    const { head } = this.conversation;
    if (head.marked_unread && !head.unread) this.client.settings.markRead(this.conversation).catch(() => {});
  }

  close() {
    this.#closing.abort();
    this.log.close();
    this.composer.close();
    if (!this.conversation.loading) this.conversation.timeline.trim(100);
  }

  /** @param {import("../im-client/conversation.js").Changes} [changes] */
  update(changes) {
    this.#drawPerson();
    if (changes?.reset) this.log.rebuild();
    else this.log.update(changes);
    if (changes?.reset) this.#fill();
  }

  updateDrafts() {
    this.log.updateDrafts();
    if (this.group) this.foot.draw();
  }

  /** Whether the other is typing, or else here. */
  updateLine() {
    const typing = this.client.typing.in(this.conversation.id).length > 0;
    this.head.drawLine(typing);
    this.log.showTyping(typing);
  }

  #drawGroup() {
    if (!this.node) return; // it is being built
    this.#drawPerson();
    this.updateLine();
    this.log.updateNames();
  }

  /** What this person and the other are to each other, and how the other is called. */
  #drawPerson() {
    const title = titleOf(this.conversation, this.client);
    this.node.setAttribute("aria-label", title);
    this.foot.draw();
    this.head.draw(this.foot.mayWrite);
    this.log.describe(title, this.foot.mayWrite);
  }

  /** Enough messages for a screen, and the first unread one if it is not too far up. */
  async #fill() {
    const { timeline, head, loading } = this.conversation;
    if (loading) return;
    const covered = timeline.complete || (timeline.first?.seq ?? Infinity) <= head.read_seq + 1;
    const enough = timeline.length >= 4 * FIRST_SCREEN || (timeline.length >= FIRST_SCREEN && covered);
    const done = timeline.complete || enough || !this.client.connection.online;
    if (!done && (await this.#loadOlder())) await this.#fill();
    else this.log.filled();
  }

  /** @returns {Promise<boolean>} whether anything came */
  async #loadOlder() {
    const { length } = this.conversation.timeline;
    await this.client.loadOlder(this.conversation).catch(() => {}); // offline: asked again at the next welcome
    return this.conversation.timeline.length > length;
  }

  /** @param {number} seq */
  #seen(seq) {
    this.client.read(this.conversation, seq);
  }

  /** @param {string} text @param {number} [reply_to] @param {string[]} [mentions] */
  #send(text, reply_to, mentions) {
    this.client.send(this.conversation.id, { content: { text }, reply_to, mentions });
    this.log.jumpDown();
  }

  /** @param {Entry} message @param {string} text @param {string[]} [mentions] */
  async #save(message, text, mentions) {
    if (text === message.content?.text) return;
    const { messages } = this.client;
    await this.#attempt(() => messages.edit(this.conversation.id, seqOf(message), { text }, mentions), "edited");
  }

  #editLast() {
    const last = this.conversation.timeline
      .all()
      .reverse()
      .find((message) => message.sender === this.client.user.id);
    if (last && actionsFor(this.client, last).includes("edit")) this.composer.edit(last);
  }

  /** @param {any} message an entry or a draft @param {{ x: number, y: number }} at */
  #showMenu(message, { x, y }) {
    const items = {
      reply: { label: "Reply", icon: "reply", act: () => this.composer.reply(message) },
      edit: { label: "Edit", icon: "edit", act: () => this.composer.edit(message) },
      copy: { label: "Copy text", icon: "copy", act: () => navigator.clipboard?.writeText(message.content.text) },
      retry: { label: "Try again", icon: "retry", act: () => this.client.outbox.retry(message.key) },
      discard: { label: "Delete", icon: "recall", danger: true, act: () => this.client.outbox.remove(message.key) },
      recall: { label: "Delete for everyone", icon: "recall", danger: true, act: () => this.#recall(message) },
    };
    const actions = actionsFor(this.client, message).filter((action) => this.foot.mayWrite || !WRITING.has(action));
    if (actions.length) new Menu(actions.map((action) => items[action])).showAt(x, y);
  }

  /** @param {Entry} message */
  async #recall(message) {
    const text =
      this.conversation.head.kind === "self"
        ? "The note is gone for good."
        : "Its text disappears for everyone; that it was there stays visible.";
    if (!(await confirm({ title: "Delete this message?", text, action: "Delete" }))) return;
    await this.#attempt(() => this.client.messages.recall(this.conversation.id, seqOf(message)), "deleted");
  }

  /** @param {() => Promise<void>} work @param {string} done */
  async #attempt(work, done) {
    try {
      await work();
    } catch (error) {
      const { code, message } = /** @type {import("../im-client.js").ImError} */ (error);
      toast(
        code === "connection_lost"
          ? `You are offline: the message was not ${done}.`
          : `The message was not ${done}: ${message}`,
      );
    }
  }
}

/** @param {Entry} message */
function seqOf(message) {
  return /** @type {number} */ (message.seq);
}

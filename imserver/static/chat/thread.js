import { coalesced } from "../im-client/backoff.js";
import { reach } from "../im-client/reach.js";
import { attempt } from "./attempt.js";
import { attempted } from "./attempted.js";
import { Composer } from "./composer.js";
import { h, toast } from "./dom.js";
import { fill } from "./filling.js";
import { Foot } from "./foot.js";
import { openForward } from "./forward.js";
import { GroupSide } from "./groups/side.js";
import { MessageLog } from "./log.js";
import { keepingStyles, readMarkup, writeMarkup } from "./markup.js";
import { MessageMenu } from "./message-menu.js";
import { titleOf } from "./names.js";
import { PersonActions } from "./person-actions.js";
import { PinBar } from "./pin-bar.js";
import { Selection } from "./selection.js";
import { ThreadHead } from "./thread-head.js";

const MINUTE = 60_000;

/**
 * The open conversation: its head, its messages, its foot.
 * @typedef {import("../im-client/types.js").Entry} Entry
 */
export class Thread {
  #closing = new AbortController();
  #filling = Promise.resolve();

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
    client.look(conversation.id, signal);
    const drawing = { changed: () => this.#drawGroup(), tick: () => this.#drawPerson() };
    const isGroup = conversation.head.kind === "group";
    this.group = isGroup ? new GroupSide(client, conversation, drawing, signal) : null;
    this.log = new MessageLog(client, conversation, {
      menu: (message, at) => this.menu.show(message, at),
      react: (message, emoji, isMine) => this.menu.toggle(message, emoji, isMine),
      show: (seq) => this.show(seq),
      older: () => client.loadOlder(conversation).catch(() => {}), // offline: asked again at the next welcome
      seen: (seq) => this.#seen(seq),
    });
    this.composer = new Composer(client, conversation, {
      send: (text, reply_to, mentions) => this.#send(text, reply_to, mentions),
      save: (message, text, mentions) => this.#save(message, text, mentions),
      editLast: () => this.#editLast(),
    });
    this.head = new ThreadHead(client, conversation, { leave, actions, group: this.group });
    this.foot = new Foot(conversation, this.composer, actions, this.group);
    this.selection = new Selection(this.log, {
      forward: (seqs) => openForward(client, conversation.id, seqs, () => this.selection.end()),
      hide: async (seqs) => (await this.menu.hide(seqs)) && this.selection.end(),
    });
    this.menu = new MessageMenu(this);
    this.pins = new PinBar(client, conversation, (seq) => this.show(seq));
    const above = [this.head, this.group?.bar, this.pins, this.selection].flatMap((part) => part?.node ?? []);
    this.node = h("section", { class: "thread" }, ...above, this.log.node, this.foot.node);
    this.#drawPerson();
    for (const type of ["focus", "visibilitychange"])
      addEventListener(type, () => this.log.reportSeen(), { signal, capture: true });
    client.addEventListener("status", () => client.connection.online && this.#fill(), { signal });
    client.friends.addEventListener("change", () => this.#drawPerson(), { signal });
    for (const source of [client.stars, client.people])
      source.addEventListener("change", () => this.#updateNames(), { signal });
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
    this.#filling = this.#fill();
  }

  /** Goes to a message, loading what lies between if it is far up. @param {number} seq */
  async show(seq) {
    const { client, conversation } = this;
    const { signal } = this.#closing;
    await this.#filling;
    await attempt(() => reach(client, conversation, seq, signal));
    if (!signal.aborted && !this.log.show(seq)) toast("This message is not here any more.");
  }

  /** Reading takes the mark away; where nothing is left to be read, looking does. */
  #unmark() {
    const { head } = this.conversation;
    if (head.marked_unread && !head.unread) this.client.settings.markRead(this.conversation).catch(() => {});
  }

  close() {
    this.#closing.abort();
    this.log.close();
    this.selection.end();
    this.pins.close();
    this.composer.close();
  }

  /** @param {import("../im-client/conversation.js").Changes} [changes] */
  update(changes) {
    this.#drawPerson();
    if (changes?.reset) this.log.rebuild();
    else this.log.update(changes);
    this.selection.update();
    this.composer.updateAnswered();
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
    this.#updateNames();
  }

  #updateNames() {
    this.log.updateNames();
    this.composer.updateAnswered();
  }

  /** What this person and the other are to each other, and how the other is called. */
  #drawPerson() {
    const title = titleOf(this.conversation, this.client);
    this.node.setAttribute("aria-label", title);
    this.node.classList.toggle("former", Boolean(this.conversation.head.former));
    this.foot.draw();
    this.head.draw(this.foot.mayWrite);
    this.log.describe(title, this.foot.mayWrite);
  }

  #fill = coalesced(async () => {
    const { signal } = this.#closing;
    await fill(this.client, this.conversation, signal);
    if (!signal.aborted) this.log.filled();
  });

  /** @param {number} seq */
  #seen(seq) {
    this.client.read(this.conversation, seq);
  }

  /** @param {string} text @param {number} [reply_to] @param {string[]} [mentions] */
  #send(text, reply_to, mentions) {
    this.client.send(this.conversation.id, { content: readMarkup(text), reply_to, mentions });
    this.log.jumpDown();
  }

  /** @param {Entry} message @param {string} text @param {string[]} [mentions] @returns {Promise<boolean>} */
  async #save(message, text, mentions) {
    const before = /** @type {any} */ (message.content);
    if (text === writeMarkup(before)) return true;
    const content = keepingStyles(before, readMarkup(text));
    const { messages } = this.client;
    return attempted("The message", "edited", () =>
      messages.edit(this.conversation.id, message.seq ?? 0, content, mentions),
    );
  }

  #editLast() {
    const last = this.conversation.timeline.all().findLast((message) => this.menu.mayEdit(message));
    if (last) this.composer.edit(last);
  }
}

import { attempted } from "./attempted.js";
import { copy } from "./copy.js";
import { confirm } from "./dialog.js";
import { h, icon } from "./dom.js";
import { openEmoji } from "./emoji-chooser.js";
import { QUICK } from "./emoji.js";
import { openForward } from "./forward.js";
import { Menu } from "./menu.js";
import { actionsFor, textOf } from "./message-actions.js";
import { openReaders } from "./readers.js";

const WRITING = new Set(["reply", "edit", "retry"]);

/**
 * What is done with the messages of the open conversation.
 *
 * @typedef {import("../im-client/types.js").Entry} Entry
 * @typedef {object} Place
 * @property {import("../im-client.js").Client} client
 * @property {import("../im-client.js").Conversation} conversation
 * @property {import("./composer.js").Composer} composer
 * @property {import("./foot.js").Foot} foot
 * @property {import("./selection.js").Selection} selection
 */
export class MessageMenu {
  /** @param {Place} place */
  constructor(place) {
    this.place = place;
    this.client = place.client;
    this.id = place.conversation.id;
  }

  /** @param {any} message an entry or a draft @param {{ x: number, y: number }} at */
  show(message, { x, y }) {
    if (this.place.selection.active) return this.place.selection.toggle(message);
    const { mayWrite } = this.place.foot;
    const actions = this.#actions(message).filter((action) => mayWrite || !WRITING.has(action));
    if (!actions.length) return;
    const items = this.#items(message);
    const menu = new Menu(actions.map((action) => items[action]));
    if (actions.includes("star") || actions.includes("unstar")) this.#offerReactions(menu, message);
    menu.showAt(x, y);
    menu.buttons.at(-actions.length)?.focus({ preventScroll: true }); // the reactions are above
  }

  /** @param {any} message @returns {boolean} */
  mayEdit(message) {
    return this.#actions(message).includes("edit");
  }

  /** @param {Entry} message @param {string} emoji @param {boolean} isMine it is taken back then */
  async toggle({ seq = 0 }, emoji, isMine) {
    const { messages } = this.client;
    if (this.place.conversation.head.former) return;
    await attempted("Your reaction", isMine ? "taken back" : "sent", () =>
      isMine ? messages.unreact(this.id, seq, emoji) : messages.react(this.id, seq, emoji),
    );
  }

  /** @param {any} message */
  #actions(message) {
    return actionsFor(this.client, message, this.place.conversation);
  }

  /** @param {any} message @returns {Record<import("./message-actions.js").Action, import("./menu.js").Item>} */
  #items(message) {
    const { client, id, place } = this;
    const { messages, outbox } = client;
    const { seq, key } = message;
    const change = (/** @type {string} */ done, /** @type {() => Promise<unknown>} */ work) => () =>
      attempted("The message", done, work);
    return {
      reply: { label: "Reply", icon: "reply", act: () => place.composer.reply(message) },
      forward: { label: "Forward", icon: "forward", act: () => openForward(client, id, [seq]) },
      copy: { label: "Copy text", icon: "copy", act: () => copy(textOf(message), "The text is copied.") },
      edit: { label: "Edit", icon: "edit", act: () => place.composer.edit(message) },
      pin: { label: "Pin", icon: "pin", act: change("pinned", () => messages.pin(id, seq)) },
      unpin: { label: "Unpin", icon: "unpin", act: change("unpinned", () => messages.unpin(id, seq)) },
      star: { label: "Save", icon: "star", act: change("saved", () => messages.star(id, seq)) },
      unstar: { label: "Take from saved", icon: "unstar", act: change("taken away", () => messages.unstar(id, seq)) },
      readers: { label: "Read by", icon: "eye", act: () => openReaders(client, place.conversation, message) },
      select: { label: "Select", icon: "select", act: () => place.selection.begin(message) },
      hide: { label: "Delete for me", icon: "hide", danger: true, act: () => this.hide([seq]) },
      recall: { label: "Delete for everyone", icon: "recall", danger: true, act: () => this.#recall(message) },
      retry: { label: "Try again", icon: "retry", act: () => outbox.retry(key) },
      discard: { label: "Delete", icon: "recall", danger: true, act: () => outbox.remove(key) },
    };
  }

  /** @param {Menu} menu @param {Entry} message */
  #offerReactions(menu, message) {
    if (this.place.conversation.head.kind === "direct" && !this.place.foot.mayWrite) return;
    const mine = new Set();
    for (const { emoji, users } of message.reactions ?? []) if (users.includes(this.client.user.id)) mine.add(emoji);
    const react = (/** @type {string} */ emoji) => this.toggle(message, emoji, mine.has(emoji));
    const properties = { type: "button", role: "menuitem", tabindex: "-1" };
    const buttons = QUICK.map((emoji) => {
      const pressed = mine.has(emoji) ? "quick mine" : "quick";
      const label = mine.has(emoji) ? `Take back ${emoji}` : `React with ${emoji}`;
      return h("button", { ...properties, class: pressed, "aria-label": label, onclick: () => close(react, emoji) }, emoji);
    });
    const more = { ...properties, class: "quick", "aria-label": "More reactions", onclick: () => close(openEmoji, react) };
    buttons.push(h("button", more, icon("down")));
    /** @param {(value: any) => unknown} act @param {any} value */
    const close = (act, value) => {
      menu.close();
      act(value);
    };
    menu.node.prepend(h("div", { class: "quick-row", role: "none" }, ...buttons));
    menu.buttons.unshift(...buttons);
  }

  /** @param {number[]} seqs @returns {Promise<boolean>} whether it was done */
  async hide(seqs) {
    const [what, these] = seqs.length > 1 ? [`${seqs.length} messages`, "They go"] : ["this message", "It goes"];
    const text = `${these} from all your devices. Others keep what they have.`;
    if (!(await confirm({ title: `Delete ${what} for you?`, text, action: "Delete" }))) return false;
    return attempted("The message", "deleted", async () => {
      for (const seq of seqs) await this.client.messages.hide(this.id, seq);
    });
  }

  /** @param {Entry} message */
  async #recall({ seq = 0 }) {
    const text =
      this.place.conversation.head.kind === "self"
        ? "The note is gone for good."
        : "Its text disappears for everyone; that it was there stays visible.";
    if (!(await confirm({ title: "Delete this message?", text, action: "Delete" }))) return;
    await attempted("The message", "deleted", () => this.client.messages.recall(this.id, seq));
  }
}

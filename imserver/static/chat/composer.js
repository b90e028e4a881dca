import { h, icon } from "./dom.js";
import { authorOf } from "./groups/names.js";
import { writeMarkup } from "./markup.js";
import { membersToMention } from "./members-to-mention.js";
import { MentionBox } from "./mention-box.js";
import { renamed } from "./mention-marks.js";
import { dropEdit, keepEdit, takeEdit } from "./unsaved-edits.js";
import { preview } from "./words.js";

const WARN_FROM = 0.9;
const IME = 229;

/**
 * Where a message is written, answered or edited.
 * @typedef {import("../im-client/types.js").Entry} Entry
 * @typedef {import("../im-client/types.js").Unsent} Unsent
 */
export class Composer {
  /** @type {Entry | null} */
  #editing = null;
  /** @type {Entry | null} */
  #answered = null;
  #isSaving = false;
  #drawn = "";
  #closing = new AbortController();

  /**
   * @param {import("../im-client.js").Client} client
   * @param {import("../im-client.js").Conversation} conversation
   * @typedef {(text: string, reply_to?: number, mentions?: string[]) => void} Send
   * @typedef {(message: Entry, text: string, mentions?: string[]) => Promise<boolean>} Save   whether it is saved
   * @param {{ send: Send, save: Save, editLast: () => void }} actions
   */
  constructor(client, conversation, { send, save, editLast }) {
    this.client = client;
    this.conversation = conversation;
    this.actions = { send, save, editLast };
    this.input = h("textarea", {
      class: "composer-input",
      rows: "1",
      placeholder: "Message",
      "aria-label": "Message",
      dir: "auto",
      enterkeyhint: "send",
      autocomplete: "off",
      oninput: () => this.#typed(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    const isGroup = conversation.head.kind === "group";
    const find = async (/** @type {string} */ name) => (isGroup ? membersToMention(client, conversation.id, name) : []);
    this.mentions = new MentionBox(this.input, find, () => this.#typed());
    this.button = h("button", { class: "send", type: "submit", "aria-label": "Send" }, icon("send"));
    this.counter = h("span", { class: "counter", role: "status" });
    this.context = h("div", { class: "composer-context", hidden: true });
    this.node = h(
      "form",
      { class: "composer", onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      h(
        "div",
        { class: "composer-column" },
        this.mentions.node,
        this.context,
        h(
          "div",
          { class: "composer-row" },
          h("div", { class: "composer-field" }, this.input, this.counter),
          this.button,
        ),
      ),
    );
    const heard = (/** @type {any} */ { detail }) => detail.id === conversation.id && this.#drafted();
    client.addEventListener("draft", heard, { signal: this.#closing.signal });
    this.#load(client.drafts.get(conversation.id));
    const edit = takeEdit(conversation);
    if (edit) this.#beginEdit(edit);
  }

  focus() {
    this.input.focus();
  }

  /** Call once it is in the document. */
  shown() {
    this.#resize();
  }

  /** Keeps what was typed for next time. */
  close() {
    this.#closing.abort();
    this.mentions.close();
    const [message, text, { chosen }] = [this.#editing, this.input.value, this.mentions];
    if (message) keepEdit(this.conversation, { message, text, chosen });
    else this.#keep();
    this.client.drafts.flush([this.conversation.id]);
  }

  /** @param {Entry} message */
  edit(message) {
    if (this.#isSaving) return;
    if (!this.#editing) this.#keep();
    this.#beginEdit({ message, text: writeMarkup(/** @type {any} */ (message.content)), chosen: [] });
    this.#fill(this.input.value);
  }

  /** @param {import("./unsaved-edits.js").Edit} edit */
  #beginEdit({ message, text, chosen }) {
    this.#answered = null;
    this.#editing = message;
    this.mentions.chosen = chosen;
    this.#show("edit", "Edit message", message);
    this.input.value = text;
  }

  /** @param {Entry} message */
  reply(message) {
    if (this.#isSaving) return;
    if (this.#editing) this.#leaveContext();
    this.#answered = message;
    this.#keep();
    this.#showAnswered(message);
    this.#fill(this.input.value);
  }

  /** What is answered has come in or changed, or is by somebody who is known now. */
  updateAnswered() {
    if (!this.#answered) return;
    this.#answered = this.conversation.timeline.get(this.#answered.seq ?? 0) ?? this.#answered;
    this.#showAnswered(this.#answered);
  }

  /** @param {Entry} message */
  #showAnswered(message) {
    if (!message.sender) return this.#show("reply", "Reply", message);
    const mine = message.sender === this.client.user.id;
    const whom = mine ? "yourself" : authorOf(message, this.client, this.conversation);
    this.#show("reply", `Reply to ${whom}`, message);
  }

  /** @param {string} name @param {string} title @param {Entry} message */
  #show(name, title, message) {
    const drawn = [name, title, preview(message)].join("\n");
    if (!this.context.hidden && drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.context.replaceChildren(
      icon(name),
      h(
        "div",
        { class: "context-text" },
        h("strong", { dir: "auto" }, title),
        h("span", { dir: "auto" }, preview(message)),
      ),
      h(
        "button",
        { class: "icon-button", type: "button", "aria-label": "Cancel", onclick: () => this.#leaveContext() },
        icon("close"),
      ),
    );
    this.context.hidden = false;
  }

  /** Or nothing has it, as after a button was pressed that is disabled now. */
  get #hasFocus() {
    const { activeElement, body } = document;
    return activeElement === body || this.node.contains(activeElement);
  }

  #leaveContext(hasFocus = true) {
    if (this.#isSaving) return;
    const wasEditing = this.#editing;
    this.#editing = this.#answered = null;
    this.context.hidden = true;
    if (wasEditing) this.#load(this.client.drafts.get(this.conversation.id));
    else this.#keep();
    if (hasFocus) this.#fill(this.input.value);
  }

  /** Another device, or another tab, went on with it. */
  #drafted() {
    const draft = this.client.drafts.get(this.conversation.id);
    if (!this.#editing && JSON.stringify(draft) !== JSON.stringify(this.#unsent())) this.#load(draft);
  }

  /** @param {Unsent | null} draft */
  #load(draft) {
    const { text = "", reply_to, mentions = [] } = draft ?? {};
    this.input.value = text;
    this.mentions.chosen = [...mentions];
    this.#answered = reply_to === undefined ? null : (this.conversation.timeline.get(reply_to) ?? notHere(reply_to));
    if (this.#answered) this.#showAnswered(this.#answered);
    else this.context.hidden = true;
    this.#resize();
  }

  /** What would be left here. @returns {Unsent | null} */
  #unsent() {
    const text = this.input.value;
    if (!text.trim()) return null;
    const named = new Set(this.mentions.namedIn(text));
    const mentions = this.mentions.chosen.filter(({ id }) => named.has(id));
    return {
      text,
      ...(this.#answered && { reply_to: this.#answered.seq }),
      ...(mentions.length && { mentions }),
    };
  }

  /** @param {string} text */
  #fill(text) {
    this.input.value = text;
    this.#resize();
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text || this.#excess() > 0) return;
    if (this.#editing) return this.#save(this.#editing, text);
    const mentions = this.mentions.namedIn(text);
    this.actions.send(text, this.#answered?.seq, mentions.length ? mentions : undefined);
    this.input.value = "";
    this.mentions.chosen = [];
    this.#leaveContext();
  }

  /** What cannot be saved stays to be edited. @param {Entry} message @param {string} text */
  async #save(message, text) {
    if (this.#isSaving) return;
    const mentions = renamed(message, text, this.mentions.namedIn(text), this.client, this.conversation);
    this.#saves(true);
    const isSaved = await this.actions.save(message, text, mentions);
    this.#saves(false);
    if (isSaved && this.#closing.signal.aborted) dropEdit(this.conversation, message);
    else if (isSaved) this.#leaveContext(this.#hasFocus);
  }

  /** @param {boolean} isSaving */
  #saves(isSaving) {
    this.#isSaving = this.input.readOnly = isSaving;
    this.input.ariaBusy = isSaving ? "true" : null;
    this.#resize();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.keyCode === IME || this.mentions.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) this.#submit(event);
    else if (event.key === "Escape" && !this.context.hidden) {
      event.preventDefault();
      this.#leaveContext();
    } else if (event.key === "ArrowUp" && !this.input.value) {
      event.preventDefault();
      this.actions.editLast();
    }
  }

  #typed() {
    this.#resize();
    this.mentions.update();
    if (this.#editing) return;
    this.#keep();
    if (this.input.value.trim()) this.client.typing.pressed(this.conversation.id);
  }

  #keep() {
    this.client.drafts.set(this.conversation.id, this.#unsent());
  }

  #resize() {
    const { input } = this;
    const limit = this.#limit();
    const length = [...input.value.normalize("NFC")].length;
    input.style.height = "auto";
    if (input.isConnected) input.style.height = `${input.scrollHeight}px`;
    this.button.disabled = this.#isSaving || !input.value.trim() || length > limit;
    this.counter.textContent = length > limit * WARN_FROM ? String(limit - length) : "";
    this.counter.classList.toggle("over", length > limit);
  }

  #excess() {
    return [...this.input.value.trim().normalize("NFC")].length - this.#limit();
  }

  /** Code points, as the server counts them. */
  #limit() {
    return this.client.limits.text ?? Infinity;
  }
}

/** Stands for a message that is further up than what is here. @param {number} seq @returns {any} */
function notHere(seq) {
  return { seq, kind: "text", content: { text: "Earlier message" } };
}

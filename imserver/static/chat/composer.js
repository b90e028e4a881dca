import { h, icon } from "./dom.js";
import { readDraft, writeDraft } from "./drafts.js";
import { preview } from "./format.js";
import { authorOf } from "./groups/names.js";

const WARN_FROM = 0.9;
const IME = 229;

/**
 * Where a message is written, answered or edited.
 * @typedef {import("../im-client/types.js").Entry} Entry
 */
export class Composer {
  /** @type {Entry | null} */
  #editing = null;
  /** @type {Entry | null} */
  #answered = null;

  /**
   * @param {import("../im-client.js").Client} client
   * @param {import("../im-client.js").Conversation} conversation
   * @typedef {(text: string, reply_to?: number) => void} Send
   * @typedef {(message: Entry, text: string) => void} Save
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
    this.button = h("button", { class: "send", type: "submit", "aria-label": "Send" }, icon("send"));
    this.counter = h("span", { class: "counter", role: "status" });
    this.context = h("div", { class: "composer-context", hidden: true });
    this.node = h(
      "form",
      { class: "composer", onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      h(
        "div",
        { class: "composer-column" },
        this.context,
        h(
          "div",
          { class: "composer-row" },
          h("div", { class: "composer-field" }, this.input, this.counter),
          this.button,
        ),
      ),
    );
    this.input.value = readDraft(client.user.id, conversation.id);
    this.#resize();
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
    if (!this.#editing) this.#keep();
  }

  /** @param {Entry} message */
  edit(message) {
    if (!this.#editing) this.#keep();
    this.#answered = null;
    this.#editing = message;
    this.#show("edit", "Edit message", message, message.content?.text);
  }

  /** @param {Entry} message */
  reply(message) {
    if (this.#editing) this.#leaveContext();
    this.#answered = message;
    const mine = message.sender === this.client.user.id;
    this.#show(
      "reply",
      mine ? "Reply to yourself" : `Reply to ${authorOf(message, this.client, this.conversation)}`,
      message,
      this.input.value,
    );
  }

  /** @param {string} name @param {string} title @param {Entry} message @param {string} text */
  #show(name, title, message, text) {
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
    this.#fill(text);
  }

  #leaveContext() {
    const wasEditing = this.#editing;
    this.#editing = this.#answered = null;
    this.context.hidden = true;
    this.#fill(wasEditing ? readDraft(this.client.user.id, this.conversation.id) : this.input.value);
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
    if (this.#editing) {
      this.actions.save(this.#editing, text);
      this.#leaveContext();
      return;
    }
    this.actions.send(text, this.#answered?.seq);
    this.input.value = "";
    this.#leaveContext();
    this.#keep();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.keyCode === IME) return;
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
    if (this.#editing) return;
    this.#keep();
    if (this.input.value.trim()) this.client.typing.pressed(this.conversation.id);
  }

  #keep() {
    writeDraft(this.client.user.id, this.conversation.id, this.input.value);
    dispatchEvent(new Event("draft"));
  }

  #resize() {
    const { input } = this;
    const limit = this.#limit();
    const length = [...input.value.normalize("NFC")].length;
    input.style.height = "auto";
    if (input.isConnected) input.style.height = `${input.scrollHeight}px`;
    this.button.disabled = !input.value.trim() || length > limit;
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

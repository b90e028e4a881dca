import { avatar } from "./avatar.js";
import { h, icon } from "./dom.js";
import { nameOf, titleOf } from "./names.js";
import { shortTime } from "./times.js";
import { preview } from "./words.js";

/**
 * Messages of any conversation below each other, each a button that leads to it.
 * @typedef {import("../im-client/types.js").Starred} Starred
 */
export class MessageList {
  /**
   * @param {import("../im-client.js").Client} client @param {string} label
   * @param {object} actions
   * @param {(message: Starred) => void} actions.open
   * @param {{ label: string, icon: string, act: (message: Starred) => void }} [actions.beside]
   */
  constructor(client, label, { open, beside }) {
    this.client = client;
    this.open = open;
    this.beside = beside;
    this.node = h("ul", { class: "found-messages", "aria-label": label });
  }

  /** @param {Starred[]} messages */
  show(messages) {
    this.node.replaceChildren(...messages.map((message) => this.#row(message)));
  }

  /** @param {Starred} message */
  #row(message) {
    const { client, beside } = this;
    const { sender, created_at } = message;
    const conversation = client.get(message.conversation);
    const name = nameOf(client, sender, conversation) ?? "Somebody";
    const title = conversation ? titleOf(conversation, client) : name;
    const where = this.beside && title !== name ? ` · ${title}` : "";
    const top = h("span", { class: "found-top" }, h("strong", { dir: "auto" }, name), h("span", {}, where));
    const time = h("time", { datetime: created_at }, shortTime(created_at));
    const text = h("span", { class: "found-text", dir: "auto" }, preview(/** @type {any} */ (message)));
    const properties = { class: "found-message", type: "button", onclick: () => this.open(message) };
    const body = h("span", { class: "found-body" }, h("span", { class: "found-head" }, top, time), text);
    const act = () => beside?.act(message);
    return h(
      "li",
      {},
      h("button", properties, avatar(sender, name === "You" ? client.user.display_name : name, "small"), body),
      beside &&
        h("button", { class: "icon-button", type: "button", "aria-label": beside.label, onclick: act }, icon(beside.icon)),
    );
  }
}

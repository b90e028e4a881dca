import { Pins } from "../im-client.js";
import { h, icon } from "./dom.js";
import { openPins } from "./pins.js";
import { preview } from "./words.js";

/** Below the head of a conversation: what is pinned there. Each click leads to the one pinned before. */
export class PinBar {
  #at = 0;
  #drawn = "";

  /**
   * @param {import("../im-client.js").Client} client @param {import("../im-client.js").Conversation} conversation
   * @param {(seq: number) => void} show
   */
  constructor(client, conversation, show) {
    this.pins = new Pins(client, conversation);
    this.show = show;
    this.title = h("strong");
    this.text = h("span", { dir: "auto" });
    const texts = h("span", { class: "pin-text" }, this.title, this.text);
    this.button = h("button", { class: "pin-jump", type: "button", onclick: () => this.#jump() }, icon("pin"), texts);
    const all = () => openPins(client, conversation, this.pins, show);
    const listing = { class: "icon-button", type: "button", "aria-label": "All pinned messages", onclick: all };
    this.all = h("button", listing, icon("list"));
    this.node = h("div", { class: "pin-bar", role: "region", "aria-label": "Pinned", hidden: true }, this.button, this.all);
    this.pins.addEventListener("change", () => this.#draw());
  }

  close() {
    this.pins.close();
  }

  #jump() {
    const { items } = this.pins;
    const item = items[this.#at % items.length];
    this.#at = (this.#at + 1) % items.length;
    this.#draw();
    this.show(item.seq ?? 0);
  }

  #draw() {
    const { items } = this.pins;
    const drawn = JSON.stringify([this.#at, items.map(({ seq, changed_rev }) => [seq, changed_rev])]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.node.hidden = !items.length;
    if (!items.length) return;
    this.#at %= items.length;
    const place = items.length > 1 ? ` ${items.length - this.#at} of ${items.length}` : "";
    this.title.textContent = `Pinned message${place}`;
    this.text.textContent = preview(items[this.#at]);
    this.all.hidden = items.length < 2;
  }
}

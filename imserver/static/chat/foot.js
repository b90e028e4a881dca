import { h } from "./dom.js";
import { gate, gateKey } from "./gate.js";

/** Below the messages: the composer, or why there is none. */
export class Foot {
  #drawn = "";

  /**
   * @param {import("../im-client.js").Conversation} conversation
   * @param {import("./composer.js").Composer} composer
   * @param {import("./person-actions.js").PersonActions} actions
   */
  constructor({ head }, composer, actions) {
    this.peer = head.kind === "direct" ? head.peer : undefined;
    this.composer = composer;
    this.actions = actions;
    this.node = h("div", { class: "foot" });
    this.draw();
  }

  get mayWrite() {
    return !this.peer || this.actions.friends.mayWrite(this.peer.id);
  }

  draw() {
    const { peer, actions, composer, mayWrite } = this;
    const drawn = mayWrite || !peer ? "composer" : gateKey(actions, peer);
    if (drawn === this.#drawn) return;
    const hadFocus = this.node.contains(document.activeElement);
    this.#drawn = drawn;
    this.node.replaceChildren(mayWrite || !peer ? composer.node : gate(actions, peer));
    composer.shown();
    if (hadFocus) this.focus();
  }

  focus() {
    if (this.mayWrite) this.composer.focus();
    else this.node.querySelector("button")?.focus();
  }
}

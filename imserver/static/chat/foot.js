import { h } from "./dom.js";
import { gate, gateKey, gateNode } from "./gate.js";

/** Below the messages: the composer, or why there is none. */
export class Foot {
  #drawn = "";
  /** Whether the composer was taken away from under somebody's hands. */
  #wasWriting = false;

  /**
   * @param {import("../im-client.js").Conversation} conversation
   * @param {import("./composer.js").Composer} composer
   * @param {import("./person-actions.js").PersonActions} actions
   * @param {import("./groups/side.js").GroupSide | null} group
   */
  constructor({ head }, composer, actions, group) {
    this.peer = head.kind === "direct" ? head.peer : undefined;
    this.composer = composer;
    this.actions = actions;
    this.group = group;
    this.node = h("div", { class: "foot" });
    this.draw();
  }

  get mayWrite() {
    if (this.group) return !this.group.obstacle();
    return !this.peer || this.actions.friends.mayWrite(this.peer.id);
  }

  draw() {
    const { key, node, count = "" } = this.#view();
    const left = this.node.querySelector(".gate-count");
    if (left) left.textContent = count;
    if (key === this.#drawn) return;
    const hadFocus = this.node.contains(document.activeElement);
    const comesBack = this.#wasWriting && document.activeElement === document.body;
    this.#wasWriting = hadFocus && this.#drawn === "composer";
    this.#drawn = key;
    this.node.replaceChildren(node());
    this.composer.shown();
    if (hadFocus || comesBack) this.focus();
  }

  focus() {
    if (this.mayWrite) this.composer.focus();
    else this.node.querySelector("button")?.focus();
  }

  /** @returns {{ key: string, node: () => HTMLElement, count?: string }} */
  #view() {
    const { peer, actions, composer } = this;
    const obstacle = this.group?.obstacle();
    if (obstacle) return { key: obstacle.text, count: obstacle.count, node: () => gateNode(obstacle) };
    if (this.mayWrite || !peer) return { key: "composer", node: () => composer.node };
    return { key: gateKey(actions, peer), node: () => gate(actions, peer) };
  }
}

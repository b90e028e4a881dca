import { avatar } from "./avatar.js";
import { openDevices } from "./call-devices.js";
import { nameOf } from "./call-words.js";
import { h, icon } from "./dom.js";
import { Problem } from "./form.js";

/** It rings: who it is, and what one can do. Nothing pressed by chance takes or declines it. */
export class IncomingCall {
  /** @param {import("../im-client.js").Client} client @param {import("../im-client/call.js").Call} call */
  constructor(client, call) {
    this.client = client;
    this.call = call;
    const withPicture = call.media === "video";
    this.face = h("div", { class: "call-face" });
    this.name = h("h2", { id: "incoming-name", dir: "auto" });
    this.problem = new Problem();
    this.buttons = [
      this.#button("call", "Decline", "decline", () => client.calls.hangUp(call)),
      this.#button("call", withPicture ? "Voice only" : "Accept", "take", () => this.#accept(false)),
      withPicture && this.#button("video", "Accept", "take", () => this.#accept(true)),
    ];
    const text = withPicture ? "Video call" : "Voice call";
    this.node = h(
      "dialog",
      {
        class: "dialog call-incoming",
        role: "alertdialog",
        tabindex: "-1",
        closedby: "none",
        "aria-labelledby": "incoming-name incoming-text",
        oncancel: (/** @type {Event} */ event) => event.preventDefault(),
        onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && event.preventDefault(),
      },
      this.face,
      this.name,
      h("p", { id: "incoming-text" }, text),
      this.problem.node,
      h("div", { class: "call-answers" }, ...this.buttons),
    );
    this.draw();
    document.body.append(this.node);
    this.node.showModal();
    this.node.focus(); // on no button: who is typing must not answer
  }

  draw() {
    const name = nameOf(this.client, this.call);
    if (name === this.name.textContent) return;
    this.name.textContent = name;
    this.face.replaceChildren(avatar(this.call.peer ?? this.call.conversation, name, "huge"));
  }

  close() {
    this.node.close();
    this.node.remove();
  }

  /** @param {boolean} withPicture */
  async #accept(withPicture) {
    this.#disable(true);
    this.problem.say("");
    try {
      const { stream, note } = await openDevices(withPicture);
      this.call.note = note;
      await this.client.calls.accept(this.call, stream);
    } catch (error) {
      this.problem.say(/** @type {Error} */ (error).message); // it goes on ringing
    } finally {
      this.#disable(false);
    }
  }

  /** @param {boolean} opening */
  #disable(opening) {
    for (const button of this.buttons.slice(1)) if (button) button.disabled = opening;
  }

  /** @param {string} symbol @param {string} text @param {string} look @param {() => void} act */
  #button(symbol, text, look, act) {
    return h(
      "button",
      { class: `call-answer ${look}`, type: "button", onclick: act },
      h("span", { class: "call-round" }, icon(symbol)),
      text,
    );
  }
}

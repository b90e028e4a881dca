import { CallControls } from "./call-controls.js";
import { elapsed, nameOf, progress } from "./call-words.js";
import { h, icon } from "./dom.js";

/** A call that goes on while one looks at something else. */
export class CallBar {
  /** @type {any} */
  #timer = null;

  /** @param {import("../im-client.js").Client} client @param {() => void} open */
  constructor(client, open) {
    this.client = client;
    this.text = h("span", { class: "call-bar-text", dir: "auto" });
    this.time = h("span", { class: "call-bar-time", "aria-hidden": "true" });
    this.back = h("button", { class: "call-back", type: "button", onclick: open }, icon("call"), this.text, this.time);
    this.node = h("div", { class: "call-bar", role: "region", "aria-label": "Call", hidden: true });
  }

  /** @param {import("../im-client/call.js").Call | null} call */
  show(call) {
    clearInterval(this.#timer);
    this.node.hidden = !call;
    if (!call) return;
    const { microphone, hangUp } = new CallControls(this.client, call, () => {});
    this.back.setAttribute("aria-label", `Back to the call with ${nameOf(this.client, call)}`);
    this.node.replaceChildren(this.back, microphone, hangUp);
    const draw = () => {
      this.text.textContent = nameOf(this.client, call);
      this.time.textContent = call.since && !call.shaky ? elapsed(call.since) : progress(call);
    };
    draw();
    this.#timer = setInterval(draw, 500);
  }
}

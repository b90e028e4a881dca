import { CallBar } from "./call-bar.js";
import { IncomingCall } from "./call-incoming.js";
import { Tone } from "./call-tone.js";
import { CallWindow } from "./call-window.js";
import { ending, nameOf, stopped } from "./call-words.js";
import { toast } from "./dom.js";

/**
 * Where calls come in and go on: the bell, the question whether to take it, the window and the bar.
 * @typedef {import("../im-client/call.js").Call} Call
 */
export class CallDesk {
  tone = new Tone();
  /** @type {IncomingCall | null} */
  incoming = null;
  /** @type {CallWindow | null} */
  window = null;

  /** @param {import("../im-client.js").Client} client @param {AbortSignal} signal */
  constructor(client, signal) {
    this.client = client;
    this.bar = new CallBar(client, () => this.window?.open());
    const { calls } = client;
    const change = (/** @type {any} */ { detail }) => this.#change(detail.call);
    calls.addEventListener("change", change, { signal });
    calls.addEventListener("show", () => this.window?.open(), { signal });
    client.addEventListener("conversation", () => this.#redraw(), { signal }); // by then one knows who it is
    signal.addEventListener("abort", () => this.#clear());
  }

  /** @param {Call} call */
  #change(call) {
    if (call !== this.client.calls.current) return;
    this.#sound(call);
    const asks = call.incoming && call.state === "ringing";
    if (asks && !this.incoming) this.#ask(call);
    if (!asks) this.#answered(call);
    if (call.active && !asks) this.#show(call);
    else if (!call.active) this.#ended(call);
  }

  /** @param {Call} call */
  #ask(call) {
    this.#closeWindow();
    this.incoming = new IncomingCall(this.client, call);
    if (!this.client.get(call.conversation)) this.client.directory.fetch(call.conversation).catch(() => {});
  }

  /** @param {Call} call */
  #answered(call) {
    if (!this.incoming) return;
    this.incoming.close();
    this.incoming = null;
    const news = call.active || call.hungUp ? "" : stopped(call, nameOf(this.client, call));
    if (news) toast(news);
  }

  /** @param {Call} call */
  #show(call) {
    if (this.window?.call !== call) {
      this.#closeWindow();
      this.window = new CallWindow(this.client, call, () => this.#drawBar());
    }
    this.window.draw();
  }

  /** @param {Call} call */
  #ended(call) {
    const { window } = this;
    if (window?.call !== call) return;
    if (window.small || call.hungUp) {
      this.#closeWindow();
      if (!call.hungUp) toast(ending(call, nameOf(this.client, call)));
    } else {
      window.draw();
      window.end(() => this.window === window && this.#closeWindow());
    }
  }

  /** @param {Call} call */
  #sound(call) {
    if (call.incoming && call.state === "ringing") this.tone.ring();
    else if (call.state === "ringing") this.tone.ringBack();
    else this.tone.stop();
  }

  #drawBar() {
    const { window } = this;
    this.bar.show(window?.small && window.call.active ? window.call : null);
  }

  #redraw() {
    this.incoming?.draw();
    if (this.window?.call.active) this.window.draw();
  }

  #closeWindow() {
    this.window?.close();
    this.window = null;
    this.#drawBar();
  }

  #clear() {
    this.tone.stop();
    this.incoming?.close();
    this.#closeWindow();
  }
}

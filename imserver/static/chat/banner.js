import { h, icon } from "./dom.js";

/** A connection that comes back within this time is not worth a word. */
const PATIENCE = 1200;

/** @type {Record<string, string>} */
const STOPPED = {
  too_old: "This page is out of date. Reload it.",
  too_many: "Too many pages are open. Close some and reload.",
  bad_frames: "Something went wrong. Reload the page.",
};

/** Says when the page is not live, and why. */
export class Banner {
  /** @type {any} */
  #timer = null;

  /** @param {import("../im-client.js").Client} client @param {AbortSignal} signal */
  constructor(client, signal) {
    this.client = client;
    this.text = h("span");
    this.retry = h("button", { class: "link", type: "button", onclick: () => client.connection.retryNow() }, "Try now");
    this.node = h("div", { class: "banner", role: "status", hidden: true }, icon("offline"), this.text, this.retry);
    client.addEventListener("status", () => this.#update());
    for (const type of ["online", "offline"]) addEventListener(type, () => this.#update(), { signal });
  }

  /** One timer from the loss on: each attempt changes the status, and must not begin the waiting anew. */
  #update() {
    const { status } = this.client.status;
    if (status === "online") {
      clearTimeout(this.#timer);
      this.#timer = null;
      this.node.hidden = true;
    } else if (!this.node.hidden || !navigator.onLine || status === "stopped") this.#show();
    else this.#timer ??= setTimeout(() => this.#show(), PATIENCE);
  }

  #show() {
    const { status, reason } = this.client.status;
    if (status === "online" || reason === "closed" || reason === "signed_out") return;
    this.text.textContent = this.#words(status, reason);
    this.retry.hidden = status !== "waiting" || !navigator.onLine;
    this.node.hidden = false;
  }

  /** @param {string} status @param {string | null} reason */
  #words(status, reason) {
    if (status === "stopped") return STOPPED[reason ?? ""] ?? "The connection was closed. Reload the page.";
    if (!navigator.onLine) return "You are offline. What you write is sent when you are back.";
    return "Connecting… What you write is sent as soon as the server answers.";
  }
}

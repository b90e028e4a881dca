import { coalesced } from "../im-client/backoff.js";
import { knowsPasskeys } from "../im-client/passkeys.js";
import { openAppCodes } from "./app-codes.js";
import { browserName } from "./browser.js";
import { confirm, openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { factorRows } from "./factor-rows.js";
import { Problem, reason } from "./form.js";
import { proven } from "./prove.js";
import { openRecovery } from "./recovery.js";

/** @typedef {import("../im-client/types.js").Factor} Factor */

/** @param {import("../im-client.js").Client} client */
export function openTwoStep(client) {
  const view = new TwoStep(client);
  const dialog = openDialog("Two-step log-in", ...view.nodes);
  const closing = new AbortController();
  const { signal } = closing;
  dialog.addEventListener("close", () => closing.abort());
  const heard = (/** @type {any} */ { detail }) => detail.entry.content?.mfa && view.refresh();
  client.addEventListener("notice", heard, { signal });
  client.addEventListener("status", () => client.connection.online && view.refresh(), { signal });
  view.refresh();
}

/** What a log-in asks for beside the password, and how to change it. */
export class TwoStep {
  /** @param {import("../im-client.js").Client} client */
  constructor(client) {
    this.client = client;
    this.factors = client.account.factors;
    this.lead = h("p", { class: "panel-lead", role: "status" }, "Loading…");
    this.list = h("div", { class: "settings", tabindex: "-1" });
    this.problem = new Problem();
    this.nodes = [this.lead, this.problem.node, this.list];
  }

  refresh = coalesced(async () => {
    try {
      this.#draw(await this.factors.list());
      this.problem.say("");
    } catch (error) {
      this.#explain(error);
    }
  });

  /** @param {Factor[]} found */
  #draw(found) {
    this.lead.textContent = found.length
      ? "A log-in asks for your password, and then for something that only you have."
      : "Let a log-in ask, beside your password, for something that only you have.";
    const hadFocus = this.list.contains(document.activeElement);
    this.list.replaceChildren(...factorRows(found, this));
    if (hadFocus) this.list.focus({ preventScroll: true });
  }

  setUpApp() {
    return this.#attempt(() => openAppCodes(this.client, () => this.#attempt(() => this.#showCodes())));
  }

  async removeApp() {
    const text = "Recovery codes and passkeys stay, if there is a passkey.";
    if (await confirm({ title: "Turn off the app’s codes?", text, action: "Turn off" }))
      await this.#attempt(() => proven(this.client, () => this.factors.removeApp()));
  }

  addPasskey() {
    return this.#attempt(async () => {
      const options = await proven(this.client, () => this.factors.beginPasskey());
      if (!options) return;
      const hasNewCodes = await this.factors.addPasskey(browserName(navigator.userAgent), options);
      if (hasNewCodes) await this.#showCodes();
    });
  }

  /** @param {Factor} key */
  async removePasskey({ id, name }) {
    const text = "It no longer logs you in. Remove it from the device as well.";
    if (await confirm({ title: `Remove “${name}”?`, text, action: "Remove" }))
      await this.#attempt(() => proven(this.client, () => this.factors.removePasskey(/** @type {number} */ (id))));
  }

  showCodes() {
    return this.#attempt(() => this.#showCodes());
  }

  async renewCodes() {
    const text = "The old ones are good no more.";
    if (!(await confirm({ title: "Make new recovery codes?", text, action: "Make new ones" }))) return;
    await this.#attempt(async () => {
      const codes = await proven(this.client, () => this.factors.newRecoveryCodes());
      if (codes) openRecovery(codes, this.client.user.username);
    });
  }

  get mayAddPasskeys() {
    return knowsPasskeys();
  }

  async #showCodes() {
    const codes = await proven(this.client, () => this.factors.recoveryCodes());
    if (codes) openRecovery(codes, this.client.user.username);
  }

  /** @param {() => Promise<unknown>} work */
  async #attempt(work) {
    this.problem.say("");
    try {
      await work();
      await this.refresh();
    } catch (error) {
      this.#explain(error);
    }
  }

  /** @param {unknown} error */
  #explain(error) {
    this.problem.say(reason(/** @type {import("../im-client.js").ImError} */ (error)));
  }
}

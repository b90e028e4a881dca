import { smallButton } from "./button.js";
import { h, icon, toast } from "./dom.js";
import { mayBeForwarded } from "./message-actions.js";

/** As many as are forwarded at once. */
const MOST = 100;

/** Several messages at once; while some are chosen, a click chooses. */
export class Selection {
  /** @type {Set<number>} */
  #chosen = new Set();
  #ending = new AbortController();

  /**
   * @param {import("./log.js").MessageLog} log
   * @param {{ forward: (seqs: number[]) => void, hide: (seqs: number[]) => void }} actions
   */
  constructor(log, actions) {
    this.rows = log.rows;
    this.conversation = log.conversation;
    log.node.addEventListener("click", (event) => this.#click(event), { capture: true });
    this.count = h("span", { class: "selection-count", role: "status" });
    const button = (/** @type {string} */ text, /** @type {string} */ symbol, /** @type {() => void} */ act) =>
      smallButton(text, act, { label: text, look: "soft", symbol });
    this.forwarding = button("Forward", "forward", () => actions.forward(this.seqs));
    const cancel = { class: "icon-button", type: "button", "aria-label": "Cancel", onclick: () => this.end() };
    this.node = h(
      "div",
      { class: "selection", role: "toolbar", "aria-label": "Selected messages", hidden: true },
      h("button", cancel, icon("close")),
      this.count,
      this.forwarding,
      button("Delete for me", "hide", () => actions.hide(this.seqs)),
    );
  }

  get active() {
    return !this.node.hidden;
  }

  get seqs() {
    return [...this.#chosen].sort((one, other) => one - other);
  }

  /** @param {{ seq?: number }} message */
  begin(message) {
    if (!this.active) this.#listen();
    this.node.hidden = false;
    this.toggle(message);
    this.node.querySelector("button")?.focus({ preventScroll: true });
  }

  #listen() {
    this.#ending = new AbortController();
    document.addEventListener("keydown", (event) => this.#key(event), { signal: this.#ending.signal });
  }

  /** @param {{ seq?: number, content?: any, recalled?: object }} message */
  toggle({ seq, content }) {
    if (seq === undefined || !content) return;
    if (this.#chosen.has(seq)) this.#drop(seq);
    else if (this.#chosen.size < MOST) this.#chosen.add(seq);
    else toast(`${MOST} messages are selected, and that is as many as can be at once.`);
    this.#draw();
  }

  /** Messages may be gone, or have other rows. */
  update() {
    const { head, timeline, veil } = this.conversation;
    if (head.former) return this.end();
    for (const seq of this.#chosen) {
      const message = timeline.get(seq);
      if (veil.covers(seq) || (message && !message.content)) this.#drop(seq);
    }
    if (this.active) this.#draw();
  }

  end() {
    for (const seq of this.#chosen) this.#drop(seq);
    this.node.hidden = true;
    this.#ending.abort();
  }

  /** @param {number} seq */
  #drop(seq) {
    this.#chosen.delete(seq);
    this.rows.find(seq)?.classList.remove("chosen");
  }

  #draw() {
    for (const seq of this.#chosen) this.rows.find(seq)?.classList.add("chosen");
    const { timeline } = this.conversation;
    this.forwarding.hidden = !this.seqs.every((seq) => mayBeForwarded(timeline.get(seq) ?? {}));
    this.count.textContent = `${this.#chosen.size} selected`;
    if (!this.#chosen.size) this.end();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const row = /** @type {HTMLElement} */ (event.target).closest(".row");
    if (!this.active || !row) return;
    event.preventDefault();
    event.stopPropagation();
    this.toggle(this.rows.message(/** @type {HTMLElement} */ (row).dataset.id ?? "") ?? {});
  }

  /** Wherever the focus is; menus and windows above it close first. @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.end();
  }
}

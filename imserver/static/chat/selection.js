import { h, icon } from "./dom.js";

const MOST = 100;

/** Several messages at once; while some are chosen, a click chooses. */
export class Selection {
  /** @type {Set<number>} */
  #chosen = new Set();

  /**
   * @param {import("./log.js").MessageLog} log
   * @param {{ forward: (seqs: number[]) => void, hide: (seqs: number[]) => void }} actions
   */
  constructor(log, actions) {
    this.rows = log.rows;
    log.node.addEventListener("click", (event) => this.#click(event), { capture: true });
    this.count = h("span", { class: "selection-count", role: "status" });
    const button = (/** @type {string} */ text, /** @type {string} */ symbol, /** @type {() => void} */ act) =>
      h("button", { class: "button small soft", type: "button", "aria-label": text, onclick: act }, icon(symbol), h("span", {}, text));
    const cancel = { class: "icon-button", type: "button", "aria-label": "Cancel", onclick: () => this.end() };
    this.node = h(
      "div",
      {
        class: "selection",
        role: "toolbar",
        "aria-label": "Selected messages",
        hidden: true,
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      },
      h("button", cancel, icon("close")),
      this.count,
      button("Forward", "forward", () => actions.forward(this.seqs)),
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
    this.node.hidden = false;
    this.toggle(message);
    this.node.querySelector("button")?.focus({ preventScroll: true });
  }

  /** @param {{ seq?: number, content?: any, recalled?: object }} message */
  toggle({ seq, content }) {
    if (seq === undefined || !content) return;
    const isChosen = !this.#chosen.has(seq) && this.#chosen.size < MOST;
    if (isChosen) this.#chosen.add(seq);
    else this.#chosen.delete(seq);
    this.rows.find(seq)?.classList.toggle("chosen", isChosen);
    this.count.textContent = `${this.#chosen.size} selected`;
    if (!this.#chosen.size) this.end();
  }

  end() {
    for (const seq of this.#chosen) this.rows.find(seq)?.classList.remove("chosen");
    this.#chosen.clear();
    this.node.hidden = true;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const row = /** @type {HTMLElement} */ (event.target).closest(".row");
    if (!this.active || !row) return;
    event.preventDefault();
    event.stopPropagation();
    this.toggle(this.rows.message(/** @type {HTMLElement} */ (row).dataset.id ?? "") ?? {});
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.end();
  }
}

import { onLongPress } from "./long-press.js";

/** Keys, clicks and long presses on the messages: moving between them, and opening the menu of one. */
export class LogKeys {
  #closing = new AbortController();

  /** @param {HTMLElement} scroller @param {(id: string, at: { x: number, y: number }) => void} menu */
  constructor(scroller, menu) {
    this.scroller = scroller;
    this.menu = menu;
    const { signal } = this.#closing;
    scroller.addEventListener("keydown", (event) => this.#key(event), { signal });
    scroller.addEventListener("click", (event) => this.#click(event), { signal });
    scroller.addEventListener("contextmenu", (event) => this.#contextMenu(event), { signal });
    onLongPress(scroller, (target, at) => this.#open(target.closest(".row"), at), { signal, isFor: isOfMessage });
  }

  close() {
    this.#closing.abort();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const here = /** @type {HTMLElement} */ (event.target).closest(".row");
    if (event.key === "Enter" && here && event.target === here.querySelector(".bubble")) {
      event.preventDefault();
      const { left, bottom } = here.querySelector(".bubble")?.getBoundingClientRect() ?? { left: 0, bottom: 0 };
      this.#open(here, { x: left, y: bottom });
      return;
    }
    const step = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
    if (!step) return;
    const rows = this.scroller.querySelectorAll(".row");
    let next = here ? here[/** @type {"nextElementSibling"} */ (step)] : rows[rows.length - 1];
    while (next && !next.querySelector(".bubble")) next = next[/** @type {"nextElementSibling"} */ (step)];
    event.preventDefault();
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector(".bubble"))?.focus();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const button = /** @type {HTMLElement} */ (event.target).closest(".more");
    if (!button) return;
    const { left, bottom } = button.getBoundingClientRect();
    this.#open(button.closest(".row"), { x: left, y: bottom });
  }

  /** @param {MouseEvent} event */
  #contextMenu(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const selecting = !getSelection()?.isCollapsed;
    if (!target.closest(".bubble") || target.closest("a") || selecting) return; // the browser's own menu serves better
    event.preventDefault();
    this.#open(target.closest(".row"), { x: event.clientX, y: event.clientY });
  }

  /** @param {Element | null} row @param {{ x: number, y: number }} at */
  #open(row, at) {
    const { id } = /** @type {HTMLElement} */ (row).dataset;
    if (id) this.menu(id, at);
  }
}

/** @param {HTMLElement} target */
function isOfMessage(target) {
  return target.closest(".bubble") !== null && !target.closest("a, button");
}

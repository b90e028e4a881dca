const LONG_PRESS = 450;

/** Keys, clicks and long presses on the messages: moving between them, and opening the menu of one. */
export class LogKeys {
  /** @type {any} */
  #press = null;
  #closing = new AbortController();

  /** @param {HTMLElement} scroller @param {(id: string, at: { x: number, y: number }) => void} menu */
  constructor(scroller, menu) {
    this.scroller = scroller;
    this.menu = menu;
    const { signal } = this.#closing;
    scroller.addEventListener("keydown", (event) => this.#key(event), { signal });
    scroller.addEventListener("click", (event) => this.#click(event), { signal });
    scroller.addEventListener("contextmenu", (event) => this.#contextMenu(event), { signal });
    scroller.addEventListener("pointerdown", (event) => this.#pressed(event), { signal });
    for (const type of ["pointerup", "pointercancel", "pointermove", "scroll"])
      scroller.addEventListener(type, () => clearTimeout(this.#press), { signal, passive: true });
  }

  close() {
    clearTimeout(this.#press);
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
    clearTimeout(this.#press);
    this.#open(target.closest(".row"), { x: event.clientX, y: event.clientY });
  }

  /** Some touch browsers know no context menu. @param {PointerEvent} event */
  #pressed(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.pointerType !== "touch" || !target.closest(".bubble") || target.closest("a, button")) return;
    this.#press = setTimeout(
      () => this.#open(target.closest(".row"), { x: event.clientX, y: event.clientY }),
      LONG_PRESS,
    );
  }

  /** @param {Element | null} row @param {{ x: number, y: number }} at */
  #open(row, at) {
    const { id } = /** @type {HTMLElement} */ (row).dataset;
    if (id) this.menu(id, at);
  }
}

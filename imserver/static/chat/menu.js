import { h, icon, living } from "./dom.js";

const MARGIN = 8;

/**
 * A small menu at a point or below a button. Keys: arrows, Enter, Escape.
 * @typedef {{ label: string, act: () => void, icon?: string, danger?: boolean }} Plain
 * @typedef {Plain & { checked?: boolean, ruled?: boolean }} Item
 *   `checked`: one of several that exclude each other, and whether it is the one; `ruled`: below a line
 */
export class Menu {
  #closing = new AbortController();
  #before = /** @type {HTMLElement | null} */ (document.activeElement);

  /** @param {Item[]} items @param {{ title?: string, note?: string }} [head] */
  constructor(items, { title, note } = {}) {
    this.buttons = items.map((item) =>
      h(
        "button",
        {
          class: `menu-item ${item.danger ? "danger" : ""} ${item.ruled ? "ruled" : ""}`,
          role: item.checked === undefined ? "menuitem" : "menuitemradio",
          "aria-checked": item.checked === undefined ? null : String(item.checked),
          type: "button",
          tabindex: "-1",
          onclick: () => this.#choose(item),
        },
        symbol(item),
        item.label,
      ),
    );
    this.node = h(
      "div",
      { class: "menu", role: "menu", onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event) },
      title && h("div", { class: "menu-head" }, h("strong", { dir: "auto" }, title), h("span", {}, note)),
      ...this.buttons,
    );
  }

  /** @param {number} x @param {number} y */
  showAt(x, y) {
    document.querySelector(".menu")?.remove();
    // Beside an open dialog it would be out of reach.
    ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(this.node);
    const { offsetWidth, offsetHeight } = this.node;
    const left = Math.min(x, innerWidth - offsetWidth - MARGIN);
    const top = y + offsetHeight + MARGIN > innerHeight ? Math.max(MARGIN, y - offsetHeight) : y;
    this.node.style.left = `${Math.max(MARGIN, left)}px`;
    this.node.style.top = `${top}px`;
    const { signal } = this.#closing;
    addEventListener("pointerdown", (event) => this.node.contains(/** @type {Node} */ (event.target)) || this.close(), {
      signal,
      capture: true,
    });
    for (const type of ["resize", "blur", "hashchange"]) addEventListener(type, () => this.close(), { signal });
    (this.buttons.find(({ ariaChecked }) => ariaChecked === "true") ?? this.buttons[0])?.focus({ preventScroll: true });
  }

  /** @param {HTMLElement} anchor */
  showBelow(anchor) {
    const { left, bottom } = anchor.getBoundingClientRect();
    this.showAt(left, bottom + 6);
  }

  close() {
    this.#closing.abort();
    if (this.node.contains(document.activeElement)) living(this.#before)?.focus({ preventScroll: true });
    this.node.remove();
  }

  /** @param {Item} item */
  #choose(item) {
    this.close();
    item.act();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { buttons } = this;
    const here = buttons.indexOf(/** @type {any} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: here + 1, ArrowUp: here - 1 + buttons.length, Home: 0, End: buttons.length - 1 };
    if (event.key in moves) buttons[moves[event.key] % buttons.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") this.close();
    else return;
    event.preventDefault();
  }
}

/** @param {Item} item */
function symbol({ icon: name, checked }) {
  if (name) return icon(name);
  return checked ? icon("save") : h("span", { class: "icon" });
}

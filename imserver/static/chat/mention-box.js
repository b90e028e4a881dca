import { h, icon } from "./dom.js";
import { begunAt, fitting, namedIn } from "./mention-text.js";
import { personBody } from "./person-list.js";

const PAUSE = 120;
let made = 0;

/**
 * Offers people while a name is typed after "@". Keys: up and down, Enter or Tab takes one, Escape closes.
 * @typedef {import("./mention-text.js").Named & { line: string, names: string[] }} Option   `names`: found by them
 */
export class MentionBox {
  /** Who was taken from the list so far. @type {import("./mention-text.js").Named[]} */
  chosen = [];
  /** @type {Option[]} */
  #options = [];
  #active = 0;
  #asked = 0;
  /** Where Escape was pressed: there it stays closed. */
  #closedAt = -1;
  /** @type {any} */
  #timer = null;

  /**
   * @param {HTMLTextAreaElement} input
   * @param {(name: string) => Promise<Option[]>} find
   * @param {() => void} changed   the text is another one
   */
  constructor(input, find, changed) {
    this.input = input;
    this.find = find;
    this.changed = changed;
    this.id = `mention-box-${(made += 1)}`;
    this.node = h("ul", { class: "mention-box", id: this.id, role: "listbox", "aria-label": "People", hidden: true });
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.id);
    for (const type of ["click", "keyup"]) input.addEventListener(type, () => this.update());
    input.addEventListener("blur", () => this.close());
  }

  get isOpen() {
    return !this.node.hidden;
  }

  /** As `mentions` of the message. @param {string} text */
  namedIn(text) {
    return namedIn(text, this.chosen);
  }

  /** The caret or the text has moved. */
  update() {
    const begun = this.#begun();
    if (!begun) this.#closedAt = -1;
    if (!begun || begun.start === this.#closedAt) return this.close();
    const { name } = begun;
    if (this.node.dataset.name === name) return;
    this.node.dataset.name = name;
    if (this.isOpen) this.#offer(fitting(this.#options, name)); // till the answer is here
    this.#asked += 1;
    const asked = this.#asked;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(name, asked), PAUSE);
  }

  close() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.#active = 0;
    delete this.node.dataset.name;
    this.node.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it was meant for the list */
  key(event) {
    if (!this.isOpen) return false;
    const { length } = this.#options;
    if (event.key === "ArrowDown") this.#activate((this.#active + 1) % length);
    else if (event.key === "ArrowUp") this.#activate((this.#active - 1 + length) % length);
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#options[this.#active]);
    else if (event.key === "Escape") this.#dismiss();
    else return false;
    event.preventDefault();
    return true;
  }

  #begun() {
    const { value, selectionStart, selectionEnd } = this.input;
    return selectionStart === selectionEnd ? begunAt(value, selectionStart) : null;
  }

  #dismiss() {
    this.#closedAt = this.#begun()?.start ?? -1;
    this.close();
  }

  /** @param {string} name @param {number} asked */
  async #ask(name, asked) {
    const found = await this.find(name).catch(() => []); // offline: the name is just text
    if (asked === this.#asked) this.#offer(found);
  }

  /** @param {Option[]} options */
  #offer(options) {
    const active = this.#options[this.#active]?.id;
    this.#options = options;
    this.node.replaceChildren(...options.map((option, index) => this.#option(option, index)));
    this.node.hidden = !options.length;
    if (options.length) this.#activate(Math.max(0, options.findIndex(({ id }) => id === active)));
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {Option} option @param {number} index */
  #option(option, index) {
    const body = option.id === "all" ? everybody(option) : personBody(option);
    const properties = {
      class: "mention-option",
      id: `${this.id}-${index}`,
      role: "option",
      // The text keeps the focus.
      onpointerdown: (/** @type {Event} */ event) => event.preventDefault(),
      onclick: () => this.#take(option),
    };
    return h("li", properties, ...body);
  }

  /** @param {number} index */
  #activate(index) {
    this.#active = index;
    [...this.node.children].forEach((node, each) => node.setAttribute("aria-selected", String(each === index)));
    const active = this.node.children[index];
    active?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", active?.id ?? "");
  }

  /** @param {Option} option */
  #take({ id, name }) {
    const begun = this.#begun();
    if (!begun) return this.close();
    const { input } = this;
    const rest = input.value.slice(input.selectionStart);
    const before = `${input.value.slice(0, begun.start)}@${name} `;
    input.value = before + rest.replace(/^ /, "");
    input.setSelectionRange(before.length, before.length);
    this.chosen.push({ id, name });
    this.close();
    this.changed();
  }
}

/** @param {Option} option */
function everybody({ name, line }) {
  return [
    h("span", { class: "avatar small notes", "aria-hidden": "true" }, icon("people")),
    h(
      "span",
      { class: "person-body" },
      h("strong", { class: "person-name" }, name),
      h("span", { class: "person-line" }, line),
    ),
  ];
}

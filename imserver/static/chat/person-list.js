import { avatar, withDot } from "./avatar.js";
import { arrange, h, spoken, succeed } from "./dom.js";

/**
 * @typedef {{ id: string, name: string, line: string, online?: boolean }} View   `line`: below the name
 * @typedef {{ node: HTMLLIElement, drawn: string }} Row
 */

/**
 * People below each other. A row is drawn again only when it looks otherwise, and keeps the focus.
 * @template {View} V
 */
export class PersonList {
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /** @param {string} label @param {(view: V) => Node[]} draw */
  constructor(label, draw) {
    this.draw = draw;
    this.node = h("ul", { class: "persons", "aria-label": label, tabindex: "-1" });
  }

  /** @param {V[]} views */
  show(views) {
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const place = this.#placeOf(active);
    const nodes = views.map((view) => this.#row(view));
    arrange(this.node, nodes);
    const present = new Set(views.map(({ id }) => id));
    for (const id of this.#rows.keys()) if (!present.has(id)) this.#rows.delete(id);
    this.node.hidden = !views.length;
    if (place && document.activeElement !== active) this.#focus(place);
  }

  /** @param {V} view */
  #row(view) {
    const row = this.#rows.get(view.id) ?? { node: h("li", { class: "person" }), drawn: "" };
    const drawn = JSON.stringify(view);
    if (drawn !== row.drawn) {
      const old = buttonsOf(row.node);
      row.node.replaceChildren(...this.draw(view));
      succeed(old, buttonsOf(row.node));
    }
    row.drawn = drawn;
    this.#rows.set(view.id, row);
    return row.node;
  }

  /** @param {HTMLElement | null} active */
  #placeOf(active) {
    const node = active && this.node.contains(active) ? active.closest("li") : null;
    return node && { node, index: buttonsOf(node).indexOf(/** @type {any} */ (active)) };
  }

  /** @param {{ node: HTMLLIElement, index: number }} place */
  #focus({ node, index }) {
    (buttonsOf(node)[node.isConnected ? index : -1] ?? this.node).focus({ preventScroll: true });
  }
}

/** The face and the names, with whatever else stands below them. @param {View} view @param {...(Node | null)} below */
export function personBody({ id, name, line, online = false }, ...below) {
  return [
    withDot(avatar(id, name, "small"), online),
    h(
      "span",
      { class: "person-body" },
      h("strong", { class: "person-name", dir: "auto" }, name),
      online && spoken(" online"),
      h("span", { class: "person-line" }, line),
      ...below,
    ),
  ];
}

/** @param {HTMLElement} node */
function buttonsOf(node) {
  return [...node.querySelectorAll("button")];
}

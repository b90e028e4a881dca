import { h } from "./dom.js";

/**
 * Panels of which one is seen. Keys: left and right, Home, End.
 * @typedef {{ name: string, label: string, node: HTMLElement }} Panel
 */
export class Tabs {
  /** @type {Map<string, { tab: HTMLButtonElement, badge: HTMLElement, panel: HTMLElement }>} */
  #parts = new Map();

  /** @param {string} label @param {Panel[]} panels */
  constructor(label, panels) {
    for (const panel of panels) this.#add(panel);
    this.bar = h(
      "div",
      {
        class: "tabs",
        role: "tablist",
        "aria-label": label,
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      },
      ...this.#tabs,
    );
  }

  get #tabs() {
    return [...this.#parts.values()].map(({ tab }) => tab);
  }

  /** @param {Panel} panel */
  #add({ name, label, node }) {
    const badge = h("span", { class: "badge", hidden: true });
    const properties = {
      class: "tab",
      id: `tab-${name}`,
      role: "tab",
      type: "button",
      "aria-controls": `panel-${name}`,
    };
    const tab = h("button", { ...properties, onclick: () => this.select(name) }, label, badge);
    node.id = `panel-${name}`;
    node.role = "tabpanel";
    node.setAttribute("aria-labelledby", tab.id);
    this.#parts.set(name, { tab, badge, panel: node });
  }

  /** @param {string} name */
  select(name) {
    for (const [each, { tab, panel }] of this.#parts) {
      const selected = each === name;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      panel.hidden = !selected;
    }
  }

  /** Which of them there are now, by name. @param {Record<string, boolean>} offered */
  offer(offered) {
    for (const [name, { tab }] of this.#parts) tab.hidden = !offered[name];
    const shown = this.#tabs.filter((tab) => !tab.hidden);
    this.bar.hidden = shown.length < 2;
    if (!shown.some((tab) => tab.ariaSelected === "true")) shown[0]?.click();
  }

  /** @param {string} name @param {number} count */
  count(name, count) {
    const badge = this.#parts.get(name)?.badge;
    if (!badge) return;
    badge.hidden = !count;
    badge.textContent = String(count);
  }

  focus() {
    this.#tabs.find((tab) => tab.ariaSelected === "true")?.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const tabs = this.#tabs.filter((tab) => !tab.hidden);
    const here = tabs.indexOf(/** @type {any} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const moves = { ArrowRight: here + 1, ArrowLeft: here - 1 + tabs.length, Home: 0, End: tabs.length - 1 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const next = tabs[moves[event.key] % tabs.length];
    next.click();
    next.focus();
  }
}

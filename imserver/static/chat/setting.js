import { h } from "./dom.js";

/**
 * @typedef {{ name: string, title: string, hint: string }} Spec
 * @typedef {Spec & { options: [string, string][] }} Options   values, and what they are called
 */

/** One of a few, side by side. */
export class Choice {
  /** @param {Options} spec @param {(value: string) => void} changed */
  constructor({ name, title, hint, options }, changed) {
    this.inputs = options.map(([value]) =>
      h("input", { type: "radio", name, value, onchange: () => changed(value), "aria-describedby": `${name}-hint` }),
    );
    this.hint = h("p", { class: "setting-hint", id: `${name}-hint` }, hint);
    const segments = options.map(([, label], index) =>
      h("label", { class: "segment" }, this.inputs[index], h("span", {}, label)),
    );
    this.node = h(
      "fieldset",
      { class: "setting" },
      h("legend", { class: "setting-title" }, title),
      this.hint,
      h("div", { class: "segments" }, ...segments),
    );
  }

  /** @param {string} hint */
  explain(hint) {
    if (this.hint.textContent !== hint) this.hint.textContent = hint;
  }

  /** @param {string} value */
  show(value) {
    for (const input of this.inputs) input.checked = input.value === value;
  }
}

/** Yes or no. */
export class Switch {
  /** @param {Spec} spec @param {(value: boolean) => void} changed */
  constructor({ name, title, hint }, changed) {
    this.input = h("input", {
      type: "checkbox",
      role: "switch",
      class: "switch",
      "aria-labelledby": `${name}-title`,
      "aria-describedby": `${name}-hint`,
      onchange: () => changed(this.input.checked),
    });
    this.node = h(
      "label",
      { class: "setting switched" },
      h(
        "span",
        { class: "setting-body" },
        h("span", { class: "setting-title", id: `${name}-title` }, title),
        h("span", { class: "setting-hint", id: `${name}-hint` }, hint),
      ),
      this.input,
    );
  }

  /** @param {boolean} value */
  show(value) {
    this.input.checked = value;
  }
}

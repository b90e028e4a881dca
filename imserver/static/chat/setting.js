import { h } from "./dom.js";

/**
 * @typedef {{ name: string, title: string, hint: string }} Spec
 * @typedef {Spec & { options: [string | number, string][] }} Options   values, and what they are called
 */

/** One of a few, side by side. */
export class Choice {
  /** @param {Options} spec @param {(value: any) => void} changed   with the value of the option */
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

  /** @param {string | number} value */
  show(value) {
    for (const input of this.inputs) input.checked = input.value === String(value);
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
    this.hint = h("span", { class: "setting-hint", id: `${name}-hint` }, hint);
    this.node = h(
      "label",
      { class: "setting switched" },
      h(
        "span",
        { class: "setting-body" },
        h("span", { class: "setting-title", id: `${name}-title` }, title),
        this.hint,
      ),
      this.input,
    );
  }

  /** @param {boolean} value */
  show(value) {
    this.input.checked = value;
  }
}

/** Settings whose changes are saved at once, one after the other; meanwhile they show what was chosen. */
export class Settings {
  /** What the server has. @type {Record<string, any> | null} */
  #known = null;
  #saving = Promise.resolve();
  #pending = 0;

  /**
   * @param {(Spec | Options)[]} specs
   * @param {(change: Record<string, any>) => Promise<Record<string, any>>} save   answers what holds now
   * @param {(error: unknown) => void} told   what was refused; undefined when somebody tries again
   */
  constructor(specs, save, told) {
    this.save = save;
    this.told = told;
    const changed = (/** @type {string} */ name) => (/** @type {unknown} */ value) => this.#change({ [name]: value });
    /** @type {Map<string, Choice | Switch>} */
    this.controls = new Map(
      specs.map((spec) => [
        spec.name,
        "options" in spec ? new Choice(spec, changed(spec.name)) : new Switch(spec, changed(spec.name)),
      ]),
    );
    this.node = h("div", { class: "settings" }, ...[...this.controls.values()].map(({ node }) => node));
  }

  /** @param {Record<string, any>} settings   what the server has; a change that is on its way is newer */
  show(settings) {
    this.#known = settings;
    if (!this.#pending) for (const [name, control] of this.controls) control.show(settings[name]);
  }

  /** @param {string} name @param {string} hint */
  explain(name, hint) {
    const control = this.#control(name);
    if (control.hint.textContent !== hint) control.hint.textContent = hint;
  }

  /** @param {string} name @param {boolean} isOffered */
  offer(name, isOffered) {
    this.#control(name).node.hidden = !isOffered;
  }

  /** @param {string} name */
  #control(name) {
    return /** @type {Choice | Switch} */ (this.controls.get(name));
  }

  /** @param {Record<string, any>} change */
  #change(change) {
    if (!this.#pending) this.told(undefined); // of several in a row, what one was told stays while the others are saved
    this.#pending += 1;
    this.#saving = this.#saving.then(async () => {
      try {
        this.#known = await this.save(change);
      } catch (error) {
        this.told(error);
      }
      this.#pending -= 1;
      if (this.#known) this.show(this.#known);
    });
  }
}

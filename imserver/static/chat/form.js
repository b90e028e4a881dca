import { h, icon } from "./dom.js";

/**
 * @typedef {{ name: string, label: string, hint?: string, multiline?: boolean, wrong?: string }} Named
 *   `wrong`: what is said of a code that is refused
 * @typedef {Named & Record<string, any>} Field
 * @typedef {HTMLInputElement | HTMLTextAreaElement} Input
 * @typedef {import("../im-client.js").ImError} ImError
 */

/** A form that says what is wrong with which field. */
export class Form {
  /**
   * @param {object} options
   * @param {string} options.name                            ids begin with it
   * @param {Field[]} options.fields
   * @param {string} options.action                          what its button says
   * @param {(values: Record<string, string>) => Promise<unknown>} options.send
   * @param {Record<string, string>} [options.places]        the field that an error code is about
   * @param {Record<string, string | undefined>} [options.words]   what to say of it in place of the server's message
   */
  constructor({ name, fields, action, send, places = {}, words = {} }) {
    this.send = send;
    this.places = places;
    this.words = words;
    this.problem = new Problem();
    this.button = h("button", { class: "button wide", type: "submit" }, action);
    this.node = h(
      "form",
      { class: "form", onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      ...fields.map((spec) => field(name, spec)),
      this.problem.node,
      this.button,
    );
  }

  /** @returns {Input[]} */
  get inputs() {
    return [...this.node.querySelectorAll(".field :is(input, textarea)")].map((input) => /** @type {Input} */ (input));
  }

  /** @param {string} name @returns {Input} */
  input(name) {
    return /** @type {Input} */ (this.node.elements.namedItem(name));
  }

  /** What stands below a field while nothing is wrong with it. @param {string} name @param {string} text */
  setHint(name, text) {
    const input = this.input(name);
    hintOf(input).dataset.hint = text;
    mark(input, "");
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    if (this.button.disabled) return;
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(this.node)));
    this.problem.say("");
    for (const input of this.inputs) mark(input, "");
    this.button.disabled = true;
    try {
      await this.send(values);
    } catch (error) {
      this.explain(/** @type {ImError} */ (error));
    } finally {
      this.button.disabled = false;
    }
  }

  /** @param {ImError} error */
  explain(error) {
    const fields = this.#faults(error);
    const wrong = this.inputs.filter((input) => fields[input.name]);
    for (const input of wrong) mark(input, fields[input.name]);
    wrong[0]?.focus();
    if (!wrong.length) this.problem.say(reason(error));
  }

  /** @param {ImError} error @returns {Record<string, string>} */
  #faults({ code, message, status, fields }) {
    if (status === 429) return {}; // no field is wrong, whichever the server names
    return this.places[code] ? { [this.places[code]]: this.words[code] ?? message } : fields;
  }
}

/** A place that says what went wrong. */
export class Problem {
  node = h("p", { class: "problem", role: "alert" });

  /** @param {string} text */
  say(text) {
    this.node.replaceChildren(...(text ? [icon("failed"), text] : []));
  }
}

/** @param {ImError} error */
export function reason(error) {
  if (error.code === "connection_lost") return "The server cannot be reached. Check your connection and try again.";
  if (error.status === 429 && error.code !== "asked_recently") return "Too many attempts. Wait a minute and try again.";
  if (error.fields?.credential) return "This passkey is not known here.";
  return error.fields?.form || error.message;
}

/** @param {string} form @param {Field} spec */
function field(form, { name, label, hint = "", multiline = false, wrong: _, ...attributes }) {
  const id = `${form}-${name}`;
  const input = h(multiline ? "textarea" : "input", {
    id,
    name,
    required: true,
    dir: "auto",
    autocapitalize: "none",
    spellcheck: "false",
    ...attributes,
    "aria-describedby": attributes["aria-describedby"] ?? `${id}-hint`,
  });
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    input,
    h("small", { id: `${id}-hint`, "data-hint": hint }, hint),
  );
}

/** @param {Input} input @param {string} text */
function mark(input, text) {
  const hint = hintOf(input);
  input.toggleAttribute("aria-invalid", Boolean(text));
  hint.textContent = text || hint.dataset.hint || "";
  hint.classList.toggle("wrong", Boolean(text));
}

/** @param {Input} input */
function hintOf(input) {
  return /** @type {HTMLElement} */ (input.parentElement?.querySelector("small"));
}

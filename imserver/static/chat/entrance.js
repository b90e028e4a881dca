import { h, icon } from "./dom.js";

/**
 * Log in and sign up.
 * @typedef {{ name: string, label: string, type?: string, hint?: string, autocomplete: string }} Described
 * @typedef {Described & { minlength?: number, maxlength?: number, pattern?: string }} Field
 */
/** @type {Field[]} */
const LOG_IN = [
  { name: "login", label: "User name or e-mail", autocomplete: "username" },
  { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
];
/** @type {Field[]} */
const SIGN_UP = [
  { name: "display_name", label: "Your name", hint: "What others see", autocomplete: "name", maxlength: 64 },
  {
    name: "username",
    label: "User name",
    hint: "Small letters, digits, . _ -",
    autocomplete: "username",
    minlength: 3,
    maxlength: 32,
    pattern: "[A-Za-z0-9._\\-]+",
  },
  { name: "email", label: "E-mail", type: "email", autocomplete: "email" },
  {
    name: "password",
    label: "Password",
    type: "password",
    hint: "At least 8 characters",
    autocomplete: "new-password",
    minlength: 8,
  },
];

export class Entrance {
  person = null;

  /** @param {import("../im-client.js").Session} session */
  constructor(session) {
    this.session = session;
    this.card = h("div", { class: "entrance-card" });
    this.node = h("main", { class: "entrance" }, this.card);
    document.title = "Messages";
    this.#show("login");
  }

  close() {}

  /** @param {"login" | "signup"} mode */
  #show(mode) {
    const isLogin = mode === "login";
    const fields = isLogin ? LOG_IN : SIGN_UP;
    this.problem = h("p", { class: "entrance-problem", role: "alert" });
    this.button = h("button", { class: "button wide", type: "submit" }, isLogin ? "Log in" : "Create account");
    this.form = h(
      "form",
      { class: "entrance-form", onsubmit: (/** @type {Event} */ event) => this.#submit(event, mode) },
      ...fields.map((spec) => field(spec)),
      this.problem,
      this.button,
    );
    this.card.replaceChildren(
      h("img", {
        class: "entrance-logo",
        src: new URL("icon.svg", import.meta.url).href,
        alt: "",
        width: 64,
        height: 64,
      }),
      h("h1", {}, isLogin ? "Welcome back" : "Create your account"),
      h(
        "p",
        { class: "entrance-lead" },
        isLogin ? "Log in to go on with your conversations." : "It takes half a minute.",
      ),
      this.form,
      h(
        "p",
        { class: "entrance-switch" },
        isLogin ? "New here? " : "Already have an account? ",
        h(
          "button",
          { class: "link", type: "button", onclick: () => this.#show(isLogin ? "signup" : "login") },
          isLogin ? "Sign up" : "Log in",
        ),
      ),
    );
    this.form.querySelector("input")?.focus();
  }

  /** @param {Event} event @param {"login" | "signup"} mode */
  async #submit(event, mode) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (this.form);
    const button = /** @type {HTMLButtonElement} */ (this.button);
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    this.#clear();
    button.disabled = true;
    try {
      if (mode === "login") await this.session.logIn(credentials(values));
      else await this.session.signUp(/** @type {any} */ ({ ...values, username: values.username.toLowerCase() }));
    } catch (error) {
      this.#explain(/** @type {import("../im-client.js").ImError} */ (error));
    } finally {
      button.disabled = false;
    }
  }

  #clear() {
    this.problem?.replaceChildren();
    for (const input of this.form?.querySelectorAll("input") ?? []) this.#mark(input, "");
  }

  /** @param {import("../im-client.js").ImError} error */
  #explain(error) {
    const inputs = [...(this.form?.querySelectorAll("input") ?? [])].filter((input) => error.fields[input.name]);
    for (const input of inputs) this.#mark(input, error.fields[input.name]);
    inputs[0]?.focus();
    if (!inputs.length) this.problem?.append(icon("failed"), reason(error));
  }

  /** @param {HTMLInputElement} input @param {string} text */
  #mark(input, text) {
    input.toggleAttribute("aria-invalid", Boolean(text));
    const hint = /** @type {HTMLElement} */ (document.getElementById(`${input.id}-hint`));
    hint.textContent = text || hint.dataset.hint || "";
    hint.classList.toggle("wrong", Boolean(text));
  }
}

/** @param {Field} spec */
function field({ name, label, hint = "", ...attributes }) {
  const id = `entrance-${name}`;
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    h("input", {
      id,
      name,
      required: true,
      dir: "auto",
      autocapitalize: "none",
      spellcheck: "false",
      "aria-describedby": `${id}-hint`,
      ...attributes,
    }),
    h("small", { id: `${id}-hint`, "data-hint": hint }, hint),
  );
}

/** @param {Record<string, string>} values */
function credentials({ login, password }) {
  const name = login.trim();
  return name.includes("@") ? { email: name, password } : { username: name.toLowerCase(), password };
}

/** @param {import("../im-client.js").ImError} error */
function reason(error) {
  if (error.code === "connection_lost") return "The server cannot be reached. Check your connection and try again.";
  if (error.status === 429) return "Too many attempts. Wait a minute and try again.";
  return error.fields.form || error.message;
}

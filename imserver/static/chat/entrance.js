import { h } from "./dom.js";
import { Form } from "./form.js";

/** @typedef {import("./form.js").Field} Field */

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

/** Log in and sign up. */
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
    const form = new Form({
      name: "entrance",
      fields: isLogin ? LOG_IN : SIGN_UP,
      action: isLogin ? "Log in" : "Create account",
      send: (values) => (isLogin ? this.#logIn(values) : this.#signUp(values)),
    });
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
      form.node,
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
    form.inputs[0].focus();
  }

  /** @param {Record<string, string>} values */
  #logIn(values) {
    return this.session.logIn(credentials(values));
  }

  /** @param {Record<string, any>} values */
  #signUp(values) {
    return this.session.signUp(/** @type {any} */ ({ ...values, username: values.username.toLowerCase() }));
  }
}

/** @param {Record<string, string>} values */
function credentials({ login, password }) {
  const name = login.trim();
  return name.includes("@") ? { email: name, password } : { username: name.toLowerCase(), password };
}

import { knowsPasskeys } from "../im-client/passkeys.js";
import { h, icon } from "./dom.js";
import { secondStep } from "./entrance-factor.js";
import { LOG_IN, SIGN_UP, named } from "./entrance-fields.js";
import { byCode, forgotten, verify } from "./entrance-mail.js";
import { farewell } from "./farewell.js";
import { Form } from "./form.js";
import { link } from "./link-button.js";

/**
 * @typedef {(string | Node)[]} Text
 * @typedef {{ title: string, lead: Text, notice?: string | null, form: Form, foot: Text, back?: Screen }} Screen
 */

/** Log in and sign up, by password or by a code of a mail. */
export class Entrance {
  person = null;
  /** @type {Screen | undefined} */
  screen;

  /** @param {import("../im-client.js").Session} session */
  constructor(session) {
    this.session = session;
    this.card = h("div", { class: "entrance-card" });
    this.node = h("main", { class: "entrance" }, this.card);
    document.title = "Messages";
    this.logIn({ notice: farewell(session.ended) });
  }

  /** Call once it is in the document. Where keys are drawn on the screen, they wait until they are wanted. */
  opened() {
    if (matchMedia("(pointer: fine)").matches) this.#focus();
  }

  close() {}

  /** @param {{ login?: string, lead?: string, notice?: string | null, problem?: string }} [options] */
  logIn({ login = "", lead = "Log in to go on with your conversations.", notice, problem = "" } = {}) {
    const form = new Form({
      name: "entrance",
      fields: LOG_IN,
      action: "Log in",
      send: ({ login, password }) => this.enter(this.session.logIn({ ...named(login), password }), login.trim()),
    });
    const address = () => named(form.input("login").value).email;
    form.input("login").value = login;
    form.problem.node.before(
      link("Forgot your password?", () => forgotten(this, address()), "link entrance-forgotten"),
    );
    const others = [link("Use a code instead", () => byCode(this, address()), "button quiet")];
    if (knowsPasskeys()) others.push(link("Use a passkey", () => this.#byPasskey(form), "button quiet"));
    form.node.append(h("div", { class: "entrance-others" }, ...others));
    form.problem.say(problem);
    const foot = ["New here? ", link("Sign up", () => this.#signUp())];
    this.show({ title: "Welcome back", lead: [lead], notice, form, foot });
  }

  #signUp() {
    const form = new Form({
      name: "entrance",
      fields: SIGN_UP,
      action: "Create account",
      send: (values) => this.enter(this.session.signUp(account(values)), values.email),
    });
    const foot = ["Already have an account? ", link("Log in", () => this.logIn())];
    this.show({ title: "Create your account", lead: ["It takes half a minute."], form, foot });
  }

  /** @param {Form} form where it is said if there is none */
  async #byPasskey(form) {
    form.problem.say("");
    try {
      await this.enter(this.session.logInByPasskey(), "");
    } catch (error) {
      form.explain(/** @type {import("../im-client.js").ImError} */ (error));
    }
  }

  /** Goes on to the next step where the server wants one. @param {Promise<unknown>} entering @param {string} login */
  async enter(entering, login) {
    if (await entering) return;
    if (this.session.pending?.id === "mfa_authenticate") secondStep(this, login);
    else verify(this, login);
  }

  /** Going back to a screen finds it as it was left. @param {Screen} screen */
  show(screen) {
    const { title, lead, notice, form, foot, back } = screen;
    this.screen = screen;
    this.card.replaceChildren(
      ...(back ? [backButton(() => this.show(back))] : []),
      h("img", {
        class: "entrance-logo",
        src: new URL("icon.svg", import.meta.url).href,
        alt: "",
        width: 64,
        height: 64,
      }),
      h("h1", {}, title),
      h("p", { class: "entrance-lead", id: "entrance-lead" }, ...lead),
      ...(notice ? [h("p", { class: "notice", role: "alert" }, icon("logout"), notice)] : []),
      form.node,
      h("p", { class: "entrance-foot" }, ...foot),
    );
    this.#focus();
  }

  #focus() {
    const inputs = this.screen?.form.inputs ?? [];
    (inputs.find((input) => !input.value) ?? inputs[0] ?? this.screen?.form.button)?.focus();
  }
}

/** @param {Record<string, string>} values @returns {any} */
function account(values) {
  return { ...values, username: values.username.toLowerCase() };
}

/** @param {() => void} onclick */
function backButton(onclick) {
  const attributes = { class: "icon-button entrance-back", type: "button", "aria-label": "Back", onclick };
  return h("button", attributes, icon("back"));
}

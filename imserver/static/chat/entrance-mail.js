import { h } from "./dom.js";
import { codeForm, sendAgain } from "./entrance-code.js";
import { EMAIL, NEW_PASSWORD } from "./entrance-fields.js";
import { Form } from "./form.js";

/**
 * What goes over the mailbox. Whether an address has an account is said in the mail alone.
 *
 * @typedef {import("./entrance.js").Entrance} Entrance
 * @typedef {(email: string) => Promise<unknown>} Ask
 * @typedef {(email: string, over: () => void) => Form} MakeForm
 */

const OVER = "This code is no longer good.";

/** The address of who signed up. @param {Entrance} entrance @param {string} login a user name, or the address itself */
export function verify(entrance, login) {
  const { session } = entrance;
  const form = codeForm({
    action: "Continue",
    send: ({ code }) => entrance.enter(session.verifyEmail(code), login),
    over: () => entrance.logIn({ login, problem: `${OVER} Log in to get another.` }),
  });
  const address = login.includes("@") ? exactly(login) : "your e-mail address";
  showCode(entrance, { lead: ["We sent a code to ", address, "."], form, again: () => session.resendCode() });
}

/** @param {Entrance} entrance @param {string} [email] as far as it is known */
export function byCode(entrance, email) {
  const { session } = entrance;
  askAddress(entrance, {
    email,
    title: "Log in with a code",
    lead: "We send six digits to your e-mail address.",
    ask: (email) => session.requestCode(email),
    form: (email, over) => {
      const send = ({ code = "" }) => entrance.enter(session.confirmCode(code), email);
      return codeForm({ action: "Log in", send, over });
    },
  });
}

/** @param {Entrance} entrance @param {string} [email] as far as it is known */
export function forgotten(entrance, email) {
  askAddress(entrance, {
    email,
    title: "Forgot your password?",
    lead: "We send six digits to your e-mail address. With them you set a new one.",
    ask: (email) => entrance.session.requestReset(email),
    form: (email, over) => {
      const send = ({ code = "", password = "" }) => reset(entrance, email, code, password);
      const form = codeForm({ action: "Set password and log in", fields: [NEW_PASSWORD], send, over });
      // Password managers ask whose password it is.
      form.node.prepend(h("input", { autocomplete: "username", value: email, hidden: true }));
      return form;
    },
  });
}

/** @param {Entrance} entrance @param {string} email @param {string} code @param {string} password */
async function reset(entrance, email, code, password) {
  const { session } = entrance;
  await session.resetPassword(code, password);
  try {
    await entrance.enter(session.logIn({ email, password }), email);
  } catch {
    entrance.logIn({ login: email, lead: "Your new password is set. Log in with it." });
  }
}

/**
 * @param {Entrance} entrance
 * @param {{ email?: string, title: string, lead: string, ask: Ask, form: MakeForm }} options
 */
function askAddress(entrance, { email = "", title, lead, ask, form: make }) {
  const form = new Form({
    name: "address",
    fields: [EMAIL],
    action: "Send code",
    send: async ({ email }) => {
      await ask(email);
      const lead = ["If ", exactly(email), " has an account, a code is on its way there."];
      showCode(entrance, { lead, form: make(email, () => over()), again: () => ask(email) });
    },
  });
  const screen = { title, lead: [lead], form, foot: [], back: entrance.screen };
  form.input("email").value = email;
  entrance.show(screen);

  function over() {
    entrance.show(screen);
    form.problem.say(`${OVER} Ask for another.`);
  }
}

/**
 * @param {Entrance} entrance
 * @param {{ lead: (string | Node)[], form: Form, again: () => Promise<unknown> }} options
 */
function showCode(entrance, { lead, form, again }) {
  entrance.show({ title: "Check your mail", lead, form, foot: [sendAgain(form, again)], back: entrance.screen });
}

/** @param {string} text */
function exactly(text) {
  return h("b", { dir: "auto" }, text);
}

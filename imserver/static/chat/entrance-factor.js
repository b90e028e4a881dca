import { knowsPasskeys } from "../im-client/passkeys.js";
import { codeForm, unlessOver } from "./entrance-code.js";
import { APP_CODE, RECOVERY_CODE } from "./entrance-fields.js";
import { Form } from "./form.js";
import { link } from "./link-button.js";

/** @typedef {import("./entrance.js").Entrance} Entrance */

const OVER = "This took too long, or too many tries. Log in again.";

/**
 * The second step of a log-in, by what the person has; other ways stand below.
 * @param {Entrance} entrance @param {string} login
 */
export function secondStep(entrance, login) {
  const { session, screen: back } = entrance;
  const types = session.pending?.types ?? [];
  const over = () => entrance.logIn({ login, problem: OVER });
  const send = ({ code = "" }) => entrance.enter(session.secondCode(code.replace(/[\s-]/g, "")), login);
  const ways = [
    {
      type: "totp",
      name: "Use the code of your app",
      lead: "Enter the code that your authenticator app shows.",
      form: () => codeForm({ code: APP_CODE, action: "Log in", send, over }),
    },
    {
      type: "webauthn",
      name: "Use a passkey",
      lead: "Confirm with your passkey that it is you.",
      form: () => passkeyForm(unlessOver(() => entrance.enter(session.secondPasskey(), login), over)),
    },
    {
      type: "recovery_codes",
      name: "Use a recovery code",
      lead: "Enter one of the codes that you have kept for this.",
      form: () => recoveryForm(unlessOver(send, over)),
    },
  ].filter(({ type }) => types.includes(type) && (type !== "webauthn" || knowsPasskeys()));
  if (ways.length) show(ways[0]);
  else entrance.logIn({ login, problem: "This browser knows no passkeys. Take another one, or another device." });

  /** @param {typeof ways[number]} way */
  function show({ type, lead, form: make }) {
    const others = ways.filter((way) => way.type !== type);
    const foot = others.map((way) => link(way.name, () => show(way), "link entrance-way"));
    entrance.show({ title: "Two-step log-in", lead: [lead], form: make(), foot, back });
  }
}

/** @param {() => Promise<unknown>} send */
function passkeyForm(send) {
  return new Form({ name: "passkey", fields: [], action: "Use a passkey", send });
}

/** @param {(values: Record<string, string>) => Promise<unknown>} send */
function recoveryForm(send) {
  return new Form({
    name: "recovery",
    fields: [RECOVERY_CODE],
    action: "Log in",
    places: { incorrect_code: "code" },
    words: { incorrect_code: "This is none of your codes, or it was used." },
    send,
  });
}

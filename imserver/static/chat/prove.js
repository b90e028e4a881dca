import { knowsPasskeys } from "../im-client/passkeys.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { APP_CODE } from "./entrance-fields.js";
import { Form } from "./form.js";
import { link } from "./link-button.js";

/**
 * Does what needs a proof of who one is, asking for it where the server wants one.
 * @template T
 * @param {import("../im-client.js").Client} client @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>} nothing where the person gave no proof
 */
export async function proven(client, work) {
  try {
    return await work();
  } catch (error) {
    const { code, answer } = /** @type {import("../im-client.js").ImError} */ (error);
    if (code !== "reauthentication_needed") throw error;
    return (await prove(client, answer.data.flows)) ? work() : undefined;
  }
}

const PASSWORD = {
  name: "password",
  label: "Password",
  type: "password",
  autocomplete: "current-password",
  autofocus: true,
};

/**
 * @param {import("../im-client.js").Client} client @param {{ id: string, types?: string[] }[]} flows
 * @returns {Promise<boolean>}
 */
function prove({ account, user }, flows) {
  const { factors } = account;
  const byPassword = flows.some(({ id }) => id === "reauthenticate");
  const types = flows.flatMap((flow) => flow.types ?? []);
  return new Promise((resolve) => {
    const done = async (/** @type {Promise<unknown>} */ proving) => {
      await proving;
      resolve(true);
      dialog.close();
    };
    const form = new Form({
      name: "proof",
      fields: [byPassword ? PASSWORD : { ...APP_CODE, autofocus: true }],
      action: "Continue",
      places: { wrong_password: "password", incorrect_code: "code" },
      words: { incorrect_code: APP_CODE.wrong },
      send: ({ password, code }) => done(byPassword ? factors.proveByPassword(password) : factors.proveByCode(code)),
    });
    // Password managers ask whose password it is.
    form.node.prepend(h("input", { autocomplete: "username", value: user.username, hidden: true }));
    const byPasskey = () => done(factors.proveByPasskey()).catch((error) => form.explain(error));
    if (types.includes("webauthn") && knowsPasskeys())
      form.node.append(link("Use a passkey", byPasskey, "button quiet wide"));
    const lead = h("p", { class: "panel-lead" }, "Before this is changed, show that it is you.");
    const dialog = openDialog("Is it you?", lead, form.node);
    dialog.addEventListener("close", () => resolve(false));
  });
}

import { ImError } from "./errors.js";

/** Whether this browser knows passkeys and how servers spell them. */
export function knowsPasskeys() {
  return Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON);
}

/** A new passkey of the person's device. @param {any} options as the server spells them @returns {Promise<any>} */
export function makePasskey({ publicKey }) {
  return asked(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) }),
  );
}

/** What a passkey answers to the server's question. @param {any} options @returns {Promise<any>} */
export function usePasskey({ publicKey }) {
  return asked(() =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) }),
  );
}

/** @param {() => Promise<any>} ask */
async function asked(ask) {
  try {
    return (await ask()).toJSON();
  } catch (error) {
    const known = /** @type {any} */ (error).name === "InvalidStateError";
    throw new ImError(
      known
        ? { code: "passkey_known", message: "This device has a passkey for your account already." }
        : { code: "passkey_missing", message: "No passkey was used. Try again, or take another way." },
    );
  }
}

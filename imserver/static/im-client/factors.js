import { makePasskey, usePasskey } from "./passkeys.js";

const PATH = "/v1/account/authenticators";

/**
 * What a log-in asks for beside the password: codes of an app, passkeys, recovery codes in their place. Changing it
 * needs a proof, not older than five minutes, of who one is: else `reauthentication_needed`, then `prove…` and again.
 *
 * @typedef {import("./types.js").Factor} Factor
 */
export class Factors {
  /** @param {{ session: import("./session.js").Session }} options */
  constructor({ session }) {
    this.session = session;
  }

  /** @returns {Promise<Factor[]>} */
  async list() {
    return (await this.#call("GET", PATH)).data;
  }

  /**
   * What an app has to know, also as the picture of a QR code; then comes `confirmApp`.
   * @returns {Promise<{ secret: string, url: string, svg: string }>}
   */
  async beginApp() {
    try {
      await this.#call("GET", `${PATH}/totp`);
    } catch (error) {
      const { status, answer } = /** @type {import("./errors.js").ImError} */ (error);
      const { secret, totp_url: url, totp_svg: svg } = answer?.meta ?? {};
      if (status === 404 && secret) return { secret, url, svg };
      throw error;
    }
    throw new Error("An app is set up already.");
  }

  /** @param {string} code */
  confirmApp(code) {
    return this.#call("POST", `${PATH}/totp`, { code });
  }

  removeApp() {
    return this.#call("DELETE", `${PATH}/totp`);
  }

  /** Those that have not been used. @returns {Promise<string[]>} */
  async recoveryCodes() {
    return (await this.#call("GET", `${PATH}/recovery-codes`)).data.unused_codes;
  }

  /** The old ones are good no more. @returns {Promise<string[]>} */
  async newRecoveryCodes() {
    return (await this.#call("POST", `${PATH}/recovery-codes`, {})).data.unused_codes;
  }

  /** What a new passkey needs to know: ask for it first, as it may want a proof. @returns {Promise<any>} */
  async beginPasskey() {
    return (await this.#call("GET", `${PATH}/webauthn?passwordless`)).data.creation_options;
  }

  /**
   * Answers whether recovery codes were made with it.
   * @param {string} name @param {any} options @returns {Promise<boolean>}
   */
  async addPasskey(name, options) {
    const credential = await makePasskey(options);
    return (await this.#call("POST", `${PATH}/webauthn`, { name, credential })).meta.recovery_codes_generated;
  }

  /** @param {number} id */
  removePasskey(id) {
    return this.#call("DELETE", `${PATH}/webauthn`, { authenticators: [id] });
  }

  /** @param {string} password */
  proveByPassword(password) {
    return this.#call("POST", "/v1/auth/reauthenticate", { password });
  }

  /** @param {string} code of the app, or a recovery code */
  proveByCode(code) {
    return this.#call("POST", "/v1/auth/2fa/reauthenticate", { code });
  }

  async proveByPasskey() {
    const { data } = await this.#call("GET", "/v1/auth/webauthn/reauthenticate");
    const credential = await usePasskey(data.request_options);
    return this.#call("POST", "/v1/auth/webauthn/reauthenticate", { credential });
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  #call(method, path, body) {
    return this.session.call(method, path, body);
  }
}

import { usePasskey } from "./passkeys.js";
import { ask, call, refusal } from "./rest.js";

/**
 * How a person comes in: at once, or in steps of one try. The server knows the try again by a token that lives in
 * memory alone, and a new one takes its place. `conflict` and `not_authenticated` say that the try is over.
 *
 * @typedef {import("./types.js").Person} Person
 * @typedef {{ name?: string, platform?: string, version?: string }} About   as the list of devices shows it
 */
export class LogIn extends EventTarget {
  #try = "";
  /** What the try waits for, and with which `types` of factors. @type {{ id: string, types?: string[] } | null} */
  pending = null;

  /** @param {{ base: string, device: About }} options */
  constructor({ base, device }) {
    super();
    this.base = base;
    this.device = device;
  }

  /**
   * Answers the person, or null where `pending` comes first: `verify_email`, to whose address a code went, or
   * `mfa_authenticate`, the second factor.
   * @param {{ username: string, email: string, password: string, display_name?: string }} form
   */
  signUp(form) {
    return this.#enter("/v1/auth/signup", form);
  }

  /** Answers as `signUp` does. @param {{ username?: string, email?: string, password: string }} form */
  logIn(form) {
    return this.#enter("/v1/auth/login", form);
  }

  /** @param {string} code */
  verifyEmail(code) {
    return this.#enter("/v1/auth/email/verify", { key: code }, this.#try);
  }

  /** The second factor. @param {string} code of the app, or a recovery code */
  secondCode(code) {
    return this.#enter("/v1/auth/2fa/authenticate", { code }, this.#try);
  }

  async secondPasskey() {
    return this.#passkey("/v1/auth/webauthn/authenticate", this.#try);
  }

  /** Without name and password: the passkey knows who comes. */
  async logInByPasskey() {
    return this.#passkey("/v1/auth/webauthn/login");
  }

  /** Another code for `verifyEmail`, once a minute. */
  async resendCode() {
    await this.#step("/v1/auth/email/verify/resend", undefined, this.#try);
  }

  /** A code to log in with. Asked again, only the newest is good. @param {string} email */
  async requestCode(email) {
    await this.#step("/v1/auth/code/request", { email });
  }

  /** @param {string} code */
  confirmCode(code) {
    return this.#enter("/v1/auth/code/confirm", { code }, this.#try);
  }

  /** A code to set a new password with. Asked again, only the newest is good. @param {string} email */
  async requestReset(email) {
    await this.#step("/v1/auth/password/request", { email });
  }

  /** Logs all devices out; `logIn` afterwards. @param {string} code @param {string} password */
  async resetPassword(code, password) {
    try {
      await this.#step("/v1/auth/password/reset", { key: code, password }, this.#try);
    } catch (error) {
      // It is done, and nobody is logged in yet.
      if (/** @type {any} */ (error).status !== 401) throw error;
    }
  }

  /** Somebody has come in. @param {string} _access @param {string} _refresh @param {Person} _user */
  entered(_access, _refresh, _user) {}

  /** @param {string} path @param {string} [token] */
  async #passkey(path, token) {
    const { data, meta } = await this.#step(path, undefined, token, "GET");
    const credential = await usePasskey(data.request_options);
    return this.#enter(path, { credential }, meta?.session_token ?? token);
  }

  /** @param {string} path @param {object} form @param {string} [token] of the try that goes on */
  async #enter(path, form, token) {
    const answer = await this.#step(path, form, token);
    if (!answer) return null;
    const { access_token, refresh_token } = answer.meta;
    const user = await call("GET", `${this.base}/v1/me`, { token: access_token });
    this.entered(access_token, refresh_token, user);
    return user;
  }

  /**
   * Null where the server now waits for another step.
   * @param {string} path @param {object} [body] @param {string} [token] @param {string} [method]
   */
  async #step(path, body, token, method = "POST") {
    const headers = { ...described(this.device), ...(token && { "X-Session-Token": token }) };
    const { status, answer } = await ask(method, this.base + path, { body, headers });
    if (status < 300) return answer;
    const pending = answer?.data?.flows?.find((/** @type {any} */ flow) => flow.is_pending);
    if (status !== 401 || !pending) throw refusal(status, answer);
    this.pending = pending;
    this.#try = answer.meta.session_token;
    return null;
  }
}

/** @param {About} device @returns {Record<string, string>} */
function described({ name = "", platform = "", version = "" }) {
  const headers = { "X-Device-Name": name, "X-Device-Platform": platform, "X-App-Version": version };
  const plain = Object.entries(headers).map(([header, value]) => [header, value.replace(/[^ -~]/g, "")]);
  return Object.fromEntries(plain.filter(([, value]) => value));
}

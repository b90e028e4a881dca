import { ask, call, refusal } from "./rest.js";

/**
 * How a person comes in: at once, or by a code of a mail. The code takes two steps, one try; the server knows the try
 * again by a token that lives in memory alone, and a new one takes its place. `conflict` and `not_authenticated` say
 * that the try is over.
 *
 * @typedef {import("./types.js").Person} Person
 * @typedef {{ name?: string, platform?: string, version?: string }} About   as the list of devices shows it
 */
export class LogIn extends EventTarget {
  #try = "";

  /** @param {{ base: string, device: About }} options */
  constructor({ base, device }) {
    super();
    this.base = base;
    this.device = device;
  }

  /**
   * Answers the person, or null where a code went to the address first: `verifyEmail` goes on.
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

  /** @param {string} path @param {object} form @param {string} [token] of the try that goes on */
  async #enter(path, form, token) {
    const answer = await this.#step(path, form, token);
    if (!answer) return null;
    const { access_token, refresh_token } = answer.meta;
    const user = await call("GET", `${this.base}/v1/me`, { token: access_token });
    this.entered(access_token, refresh_token, user);
    return user;
  }

  /** Null where the server now waits for a code. @param {string} path @param {object} [body] @param {string} [token] */
  async #step(path, body, token) {
    const headers = { ...described(this.device), ...(token && { "X-Session-Token": token }) };
    const { status, answer } = await ask("POST", this.base + path, { body, headers });
    if (status < 300) return answer;
    const waits = answer?.data?.flows?.some((/** @type {any} */ flow) => flow.is_pending);
    if (status !== 401 || !waits) throw refusal(status, answer);
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

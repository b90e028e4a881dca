import { SignedOut } from "./errors.js";
import { LogIn } from "./log-in.js";
import { call } from "./rest.js";

const EXPIRES_SOON = 30_000;

/**
 * Who is logged in on this device: log-in and log-out, the tokens, and REST calls made with them.
 * All tabs share one session through `storage`; one tab at a time refreshes.
 * Events: `change` when a person comes or goes, in whatever tab; `ended` says then why, if it was not done here.
 *
 * @typedef {{ access: string, refresh: string, user: import("./types.js").Person }} Held
 */
export class Session extends LogIn {
  /** @param {{ base?: string, storage?: Storage, name?: string, device?: import("./log-in.js").About }} [options] */
  constructor({ base = "", storage = globalThis.localStorage, name = "im.session", device = {} } = {}) {
    super({ base, device });
    this.storage = storage;
    this.name = name;
    globalThis.addEventListener?.("storage", (event) => {
      if (/** @type {StorageEvent} */ (event).key === name) this.dispatchEvent(new Event("change"));
    });
  }

  /** @returns {Held | null} */
  get held() {
    return JSON.parse(this.storage.getItem(this.name) || "null");
  }

  get user() {
    return this.held?.user ?? null;
  }

  /** Why the last log-in came to an end that nobody here asked for: the server's code, or what `end` was told. */
  get ended() {
    return this.storage.getItem(`${this.name}.ended`);
  }

  /** The server has ended it. @param {string} why */
  end(why) {
    if (this.held) this.#forget(why);
  }

  /** Ends the session here even if the server cannot be reached; it then expires there. */
  async logOut() {
    const token = this.held?.access;
    this.#forget();
    if (token) await this.#call("DELETE", "/v1/auth/session", { token }).catch(() => {});
  }

  /** What the server says of the person now. @param {import("./types.js").Person} user */
  update(user) {
    // A refresh in another tab must not be overwritten with the tokens it has used up.
    return exclusively(`${this.name}.refresh`, async () => {
      const held = this.held;
      const known = /** @type {Record<string, any>} */ (held?.user ?? {});
      const isNews = Object.entries(user).some(([name, value]) => known[name] !== value);
      if (held && known.id === user.id && isNews) this.#hold({ ...held, user: { ...held.user, ...user } });
    });
  }

  /**
   * An access token that is good now. `refused` names one that the server just refused.
   * @param {{ refused?: string }} [options] @returns {Promise<string>}
   */
  async token({ refused } = {}) {
    const held = this.held;
    if (!held) throw new SignedOut();
    if (held.access !== refused && expiry(held.access) - Date.now() > EXPIRES_SOON) return held.access;
    return exclusively(`${this.name}.refresh`, () => this.#refresh(held.access));
  }

  /**
   * A REST call in the person's name.
   * @param {string} method @param {string} path @param {object} [body] @param {Record<string, string>} [headers]
   * @returns {Promise<any>}
   */
  async call(method, path, body, headers) {
    const token = await this.token();
    try {
      return await this.#call(method, path, { token, body, headers });
    } catch (error) {
      const { status, code } = /** @type {import("./errors.js").ImError} */ (error);
      if (status !== 401 || code === "reauthentication_needed") throw error;
      return this.#call(method, path, { token: await this.token({ refused: token }), body, headers });
    }
  }

  /** @param {string} access @param {string} refresh @param {import("./types.js").Person} user */
  entered(access, refresh, user) {
    this.#hold({ access, refresh, user });
  }

  /**
   * Goes on with a log-in that the host app's own server made: docs/embedding.md.
   * @param {{ user: import("./types.js").Person, access_token: string, refresh_token: string }} minted
   */
  adopt({ user, access_token, refresh_token }) {
    this.entered(access_token, refresh_token, user);
  }

  /** @param {string} stale */
  async #refresh(stale) {
    const held = this.held;
    if (!held) throw new SignedOut();
    if (held.access !== stale) return held.access; // another tab was faster
    try {
      const { data } = await this.#call("POST", "/v1/tokens/refresh", { body: { refresh_token: held.refresh } });
      this.#hold({ ...held, access: data.access_token, refresh: data.refresh_token || held.refresh });
      return data.access_token;
    } catch (error) {
      if (![400, 401, 403].includes(/** @type {any} */ (error).status)) throw error;
      this.#forget(/** @type {any} */ (error).code);
      throw new SignedOut();
    }
  }

  /** @param {Held} held */
  #hold(held) {
    const entered = !this.held;
    this.storage.setItem(this.name, JSON.stringify(held));
    this.storage.removeItem(`${this.name}.ended`);
    if (entered) this.dispatchEvent(new Event("change"));
  }

  /** @param {string} [why] */
  #forget(why) {
    if (why) this.storage.setItem(`${this.name}.ended`, why); // first: other tabs read it once the rest is gone
    this.storage.removeItem(this.name);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} method @param {string} path @param {import("./rest.js").Options} options */
  #call(method, path, options) {
    return call(method, this.base + path, options);
  }
}

/** @param {string} token @returns {number} Unix milliseconds */
function expiry(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).exp * 1000;
  } catch {
    return Infinity; // not a JWT: the server will say when it is over
  }
}

/** @template T @param {string} name @param {() => Promise<T>} work @returns {Promise<T>} */
function exclusively(name, work) {
  const { locks } = globalThis.navigator ?? {};
  return /** @type {Promise<any>} */ (locks ? locks.request(name, work) : work());
}

import { ConnectionLost, ImError, SignedOut } from "./errors.js";

const EXPIRES_SOON = 30_000;

/**
 * Who is logged in on this device: sign-up, log-in, log-out, the tokens, and REST calls made with them.
 * All tabs share one session through `storage`; one tab at a time refreshes.
 *
 * Events: `change` when a person comes or goes, in whatever tab.
 *
 * @typedef {{ access: string, refresh: string, user: import("./types.js").Person }} Held
 * @typedef {{ name?: string, platform?: string, version?: string }} About   as the list of devices shows it
 */
export class Session extends EventTarget {
  /** @param {{ base?: string, storage?: Storage, name?: string, device?: About }} [options] */
  constructor({ base = "", storage = globalThis.localStorage, name = "im.session", device = {} } = {}) {
    super();
    this.base = base;
    this.device = device;
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

  /** @param {{ username: string, email: string, password: string, display_name?: string }} form */
  signUp(form) {
    return this.#enter("/v1/auth/signup", form);
  }

  /** @param {{ username?: string, email?: string, password: string }} form */
  logIn(form) {
    return this.#enter("/v1/auth/login", form);
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
   * @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>}
   */
  async call(method, path, body) {
    const token = await this.token();
    try {
      return await this.#call(method, path, { token, body });
    } catch (error) {
      if (/** @type {any} */ (error).status !== 401) throw error;
      return this.#call(method, path, { token: await this.token({ refused: token }), body });
    }
  }

  /** @param {string} path @param {object} form */
  async #enter(path, form) {
    const { meta } = await this.#call("POST", path, { body: form, headers: described(this.device) });
    const user = await this.#call("GET", "/v1/me", { token: meta.access_token });
    this.#hold({ access: meta.access_token, refresh: meta.refresh_token, user });
    return user;
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
      this.#forget();
      throw new SignedOut();
    }
  }

  /** @param {Held} held */
  #hold(held) {
    const entered = !this.held;
    this.storage.setItem(this.name, JSON.stringify(held));
    if (entered) this.dispatchEvent(new Event("change"));
  }

  #forget() {
    this.storage.removeItem(this.name);
    this.dispatchEvent(new Event("change"));
  }

  /**
   * @param {string} method @param {string} path
   * @param {{ token?: string, body?: object, headers?: Record<string, string> }} options
   */
  async #call(method, path, { token, body, headers: more }) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", ...more };
    if (body) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    let response;
    try {
      // Tokens say who this is; a cookie of another session must not.
      const init = { method, headers, body: body && JSON.stringify(body), credentials: /** @type {const} */ ("omit") };
      response = await fetch(this.base + path, init);
    } catch {
      throw new ConnectionLost();
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw refusal(response.status, answer);
    return answer;
  }
}

/** @param {About} device @returns {Record<string, string>} */
function described({ name = "", platform = "", version = "" }) {
  const headers = { "X-Device-Name": name, "X-Device-Platform": platform, "X-App-Version": version };
  const plain = Object.entries(headers).map(([header, value]) => [header, value.replace(/[^ -~]/g, "")]);
  return Object.fromEntries(plain.filter(([, value]) => value));
}

/** @param {number} status @param {any} body problem+json, perhaps with allauth's list of field errors */
function refusal(status, body) {
  /** @type {Record<string, string>} */
  const fields = {};
  for (const { param, message } of body?.errors ?? []) fields[param || "form"] = message;
  return new ImError({
    code: body?.code || body?.errors?.[0]?.code || `http_${status}`,
    message: body?.detail || body?.message || body?.errors?.[0]?.message || body?.title,
    retry: body?.retry || (status >= 500 ? "later" : "no"),
    retry_after_ms: body?.retry_after_ms,
    details: body?.details,
    status,
    fields,
  });
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

import { Backoff } from "./backoff.js";
import { ConnectionLost, SignedOut } from "./errors.js";
import { Socket } from "./socket.js";

/** Close codes after which dialling again would only repeat the refusal. @type {Record<number, string>} */
const FINAL = { 4400: "bad_frames", 4403: "banned", 4409: "replaced", 4410: "too_old", 4429: "too_many" };
const REAUTHENTICATE = 4401;
const CLOSE_PATIENCE = 2000;
const STABLE_AFTER = 10_000;
const OFFLINE_RETRY = 30_000;

/**
 * Keeps one socket alive: dials, says hello, waits with jitter, refreshes the token, gives up when told to.
 *
 * Events: `status` (read `status`, `reason`, `retryAt`), `welcome` and `frame` with their data in `detail`.
 *
 * @typedef {{ WebSocket?: typeof globalThis.WebSocket, backoff?: Backoff }} Link
 * @typedef {{ token: (options?: { refused?: string }) => Promise<string> }} Tokens
 */
export class Connection extends EventTarget {
  /** @type {"idle" | "connecting" | "online" | "waiting" | "stopped"} */
  status = "idle";
  /** @type {string | null} why it stopped */
  reason = null;
  /** @type {number | null} when the next attempt starts */
  retryAt = null;
  /** @type {Socket | null} */
  #socket = null;
  #attempt = 0;
  #welcomedAt = 0;
  #goawayUntil = 0;
  /** @type {string | undefined} the token that the server refused with 4401 */
  #refused = undefined;
  #usedToken = "";
  /** @type {any} */
  #timer = null;
  #backoff;

  /** @param {{ url: string, tokens: Tokens, hello: () => object } & Link} options */
  constructor({ url, tokens, hello, WebSocket = globalThis.WebSocket, backoff = new Backoff() }) {
    super();
    this.#backoff = backoff;
    this.url = url;
    this.tokens = tokens;
    this.hello = hello;
    this.WebSocket = WebSocket;
  }

  get online() {
    return this.status === "online";
  }

  start() {
    if (this.status === "idle" || this.status === "stopped") this.#dial();
  }

  /** @param {string} [reason] */
  stop(reason = "closed") {
    this.reason = reason;
    this.#cancel();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#become("stopped");
  }

  /** The network is back, or the person asks: skip the rest of the waiting. */
  retryNow() {
    if (this.status === "waiting") this.#dial();
  }

  /** The device knows that its network is gone. */
  networkLost() {
    if (this.#socket) this.#socket.close();
  }

  /** @param {string} type @param {object} data @returns {Promise<any>} */
  request(type, data) {
    if (!this.#socket || !this.online) return Promise.reject(new ConnectionLost());
    return this.#socket.request(type, data);
  }

  /** @param {string} type @param {object} [data] */
  notify(type, data) {
    if (this.online) this.#socket?.notify(type, data);
  }

  async #dial() {
    this.#cancel();
    const attempt = this.#attempt;
    this.#become("connecting");
    try {
      this.#usedToken = await this.tokens.token({ refused: this.#refused });
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (error instanceof SignedOut) this.stop("signed_out");
      else this.#wait();
      return;
    }
    if (attempt !== this.#attempt) return;
    /** @type {Socket} */
    const socket = new Socket({
      url: this.url,
      WebSocket: this.WebSocket,
      onOpen: () => this.#greet(socket),
      onFrame: (type, data) => this.#frame(type, data),
      onClose: (code) => this.#closed(socket, code),
    });
    this.#socket = socket;
  }

  /** @param {Socket} socket */
  async #greet(socket) {
    try {
      const welcome = await socket.request("hello", { token: this.#usedToken, ...this.hello() });
      if (socket !== this.#socket) return;
      socket.expectPing(welcome.ping_s);
      this.#refused = undefined;
      this.#welcomedAt = Date.now();
      this.#become("online");
      this.dispatchEvent(new CustomEvent("welcome", { detail: welcome }));
    } catch (error) {
      if (/** @type {any} */ (error).retry === "reauth") this.#closed(socket, REAUTHENTICATE);
      setTimeout(() => socket.close(), CLOSE_PATIENCE); // the server closes, with a code that says why
    }
  }

  /** @param {string} type @param {any} data */
  #frame(type, data) {
    if (type === "goaway") this.#leave(data.retry_after_ms);
    else if (type === "auth.expiring") this.#renew();
    else this.dispatchEvent(new CustomEvent("frame", { detail: { type, data } }));
  }

  /** The gateway is leaving: dial another one at the moment it gave us. @param {number} delay */
  #leave(delay) {
    this.#goawayUntil = Date.now() + delay;
    const socket = this.#socket;
    setTimeout(() => socket === this.#socket && socket?.close(), delay);
  }

  async #renew() {
    try {
      this.#usedToken = await this.tokens.token({ refused: this.#usedToken });
      await this.request("auth.refresh", { token: this.#usedToken });
    } catch (error) {
      if (error instanceof SignedOut) this.stop("signed_out");
    }
  }

  /** @param {Socket} socket @param {number} code */
  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    if (FINAL[code]) return this.stop(FINAL[code]);
    if (code === REAUTHENTICATE) {
      if (this.#refused && this.#refused !== this.#usedToken) return this.stop("signed_out");
      this.#refused = this.#usedToken;
    }
    if (this.#welcomedAt && Date.now() - this.#welcomedAt > STABLE_AFTER) this.#backoff.reset();
    this.#welcomedAt = 0;
    return this.#wait();
  }

  #wait() {
    const offline = globalThis.navigator?.onLine === false;
    const told = Math.max(0, this.#goawayUntil - Date.now());
    const delay = offline ? OFFLINE_RETRY : told + this.#backoff.next();
    this.retryAt = Date.now() + delay;
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#dial(), delay);
    this.#become("waiting");
  }

  #cancel() {
    this.#attempt += 1;
    clearTimeout(this.#timer);
    this.retryAt = null;
  }

  /** @param {Connection["status"]} status */
  #become(status) {
    this.status = status;
    this.dispatchEvent(new CustomEvent("status"));
  }
}

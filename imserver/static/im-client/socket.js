import { ConnectionLost, ImError } from "./errors.js";

const ACK_FRAMES = 16;
const ACK_BYTES = 32 * 1024;
const ACK_DELAY = 250;
const REPLY_TIMEOUT = 20_000;

/**
 * One WebSocket from open to close: requests and their replies, acknowledgements, and the watchdog.
 *
 * @typedef {object} Handlers
 * @property {() => void} onOpen
 * @property {(type: string, data: any) => void} onFrame  frames that the server started
 * @property {(code: number) => void} onClose             called exactly once
 */
export class Socket {
  /** @type {Map<number, { resolve: (data: any) => void, reject: (error: Error) => void, timer: any }>} */
  #waiting = new Map();
  #lastId = 0;
  #closed = false;
  #unacked = { frame: 0, count: 0, bytes: 0 };
  #ackedAt = 0;
  /** @type {any} */
  #ackTimer = null;
  /** @type {any} */
  #watchdog = null;
  #silence = 30_000;

  /** @param {{ url: string, WebSocket: typeof globalThis.WebSocket } & Handlers} options */
  constructor({ url, WebSocket, onOpen, onFrame, onClose }) {
    this.onFrame = onFrame;
    this.onClose = onClose;
    this.ws = new WebSocket(url, "im.v1.json");
    this.ws.onopen = onOpen;
    this.ws.onmessage = (event) => this.#receive(event.data);
    this.ws.onclose = (event) => this.#end(event.code);
    this.ws.onerror = () => {};
    this.#hear();
  }

  /** How long the server may be silent; it pings every `seconds`. @param {number} seconds */
  expectPing(seconds) {
    this.#silence = seconds * 2000 + 5000;
    this.#hear();
  }

  /** @param {string} type @param {object} data @returns {Promise<any>} */
  request(type, data) {
    if (this.#closed) return Promise.reject(new ConnectionLost());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      // A request that gets no answer means a dead connection: resume, then ask again.
      const timer = setTimeout(() => this.close(), REPLY_TIMEOUT);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#send({ type, id, data });
    });
  }

  /** @param {string} type @param {object} [data] */
  notify(type, data) {
    if (!this.#closed) this.#send({ type, data });
  }

  /** Closes now; the closing handshake of a dead network would take a minute. */
  close() {
    this.ws.onclose = null;
    this.ws.close(1000);
    this.#end(1006);
  }

  /** @param {object} frame */
  #send(frame) {
    if (this.ws.readyState === 1) this.ws.send(JSON.stringify(frame));
  }

  /** @param {string} text */
  #receive(text) {
    if (this.#closed) return;
    this.#hear();
    const { type, id, frame, data } = JSON.parse(text);
    const waiting = id === undefined || id === null ? undefined : this.#waiting.get(id);
    if (waiting) this.#settle(id, waiting, type, data);
    else if (type === "ping") this.notify("pong");
    else this.onFrame(type, data);
    if (frame !== undefined) this.#account(frame, text.length);
  }

  /** @param {number} id @param {any} waiting @param {string} type @param {any} data */
  #settle(id, waiting, type, data) {
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (type === "error") waiting.reject(new ImError(data));
    else waiting.resolve(data);
  }

  /** @param {number} frame @param {number} bytes */
  #account(frame, bytes) {
    this.#unacked.frame = frame;
    this.#unacked.count += 1;
    this.#unacked.bytes += bytes;
    // Timers of a hidden page run late, so a frame after a pause is acknowledged at once.
    const due = Date.now() - this.#ackedAt >= ACK_DELAY;
    if (due || this.#unacked.count >= ACK_FRAMES || this.#unacked.bytes >= ACK_BYTES) this.#ack();
    else if (!this.#ackTimer) this.#ackTimer = setTimeout(() => this.#ack(), ACK_DELAY);
  }

  #ack() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = null;
    this.#ackedAt = Date.now();
    this.notify("ack", { frame: this.#unacked.frame });
    this.#unacked = { frame: 0, count: 0, bytes: 0 };
  }

  #hear() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.close(), this.#silence);
  }

  /** @param {number} code */
  #end(code) {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#watchdog);
    clearTimeout(this.#ackTimer);
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new ConnectionLost());
    }
    this.#waiting.clear();
    this.onClose(code);
  }
}

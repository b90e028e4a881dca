const RETRY_AFTER = 1000;

/**
 * Says `signal` commands one after the other. What ends a call is said until the server has heard it.
 *
 * @typedef {"reject" | "busy" | "cancel" | "hangup"} Ending
 */
export class CallSignals {
  /** @type {Map<string, Ending>} */
  #ends = new Map();
  #queue = Promise.resolve();

  /** @param {import("./connection.js").Connection} connection */
  constructor(connection) {
    this.connection = connection;
    connection.addEventListener("welcome", () => {
      for (const call of this.#ends.keys()) this.#sayEnd(call);
    });
  }

  /** @param {string} call @param {string} kind @param {object} [more] @returns {Promise<void>} */
  say(call, kind, more) {
    const said = this.#queue.then(() => this.connection.request("signal", { call, kind, ...more }));
    this.#queue = said.catch(() => {});
    return said;
  }

  /** @param {string} call @param {Ending} kind */
  end(call, kind) {
    this.#ends.set(call, kind);
    return this.#sayEnd(call);
  }

  /** The page goes: this moment is all there is. @param {string} call @param {Ending} kind */
  endNow(call, kind) {
    this.connection.request("signal", { call, kind }).catch(() => {});
  }

  /** @param {string} call */
  async #sayEnd(call) {
    const kind = this.#ends.get(call);
    if (!kind) return;
    try {
      await this.say(call, kind);
    } catch (error) {
      const { code, retry, retryAfter } = /** @type {import("./errors.js").ImError} */ (error);
      if (code === "connection_lost") return; // said again after the next welcome
      if (retry === "later" || retry === "same_key") {
        setTimeout(() => this.#sayEnd(call), retryAfter || RETRY_AFTER);
        return;
      }
    }
    this.#ends.delete(call);
  }
}

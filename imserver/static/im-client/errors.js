/** A refusal by the server. Switch on `code`; `retry` says what to do about it. */
export class ImError extends Error {
  /**
   * @typedef {{ code?: string, message?: string, retry?: string, retry_after_ms?: number, details?: any }} Refusal
   * @param {Refusal & { status?: number, fields?: Record<string, string>, answer?: any }} body
   */
  constructor(body) {
    super(body.message || body.code || "unknown");
    this.name = "ImError";
    this.code = body.code || "unknown";
    this.retry = body.retry || "no";
    this.retryAfter = body.retry_after_ms || 0;
    this.details = body.details;
    this.status = body.status || 0;
    /** What is wrong with which form field, if the server said so. */
    this.fields = body.fields || {};
    /** All that the server said. */
    this.answer = body.answer;
  }
}

/** The network failed or fell silent: nobody knows whether the server did it. */
export class ConnectionLost extends ImError {
  constructor() {
    super({ code: "connection_lost", message: "The connection was lost.", retry: "same_key" });
  }
}

/** The server takes this device's tokens no more; the person has to log in again. */
export class SignedOut extends ImError {
  constructor() {
    super({ code: "signed_out", message: "Log in again.", retry: "reauth" });
  }
}

import { ConnectionLost, ImError } from "./errors.js";

/** @typedef {{ token?: string, body?: object, headers?: Record<string, string> }} Options */

/**
 * One request, whatever the server says to it.
 * @param {string} method @param {string} url @param {Options} [options]
 * @returns {Promise<{ status: number, answer: any }>}
 */
export async function ask(method, url, { token, body, headers: more } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", ...more };
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  try {
    // Tokens say who this is; a cookie of another session must not.
    const init = { method, headers, body: body && JSON.stringify(body), credentials: /** @type {const} */ ("omit") };
    response = await fetch(url, init);
  } catch {
    throw new ConnectionLost();
  }
  return { status: response.status, answer: await content(response) };
}

/** @param {Response} response */
function content(response) {
  const isPicture = response.headers?.get("content-type")?.startsWith("image/svg+xml");
  return isPicture ? response.text() : response.json().catch(() => null);
}

/** A request that is done, or throws. @param {string} method @param {string} url @param {Options} [options] */
export async function call(method, url, options) {
  const { status, answer } = await ask(method, url, options);
  if (status >= 300) throw refusal(status, answer);
  return answer;
}

/** @param {number} status @param {any} body problem+json, perhaps with allauth's list of field errors */
export function refusal(status, body) {
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
    answer: body,
  });
}

import { toast } from "./dom.js";

/**
 * Does it, or says why it was not done.
 * @param {string} what @param {string} done @param {() => Promise<unknown>} work @returns {Promise<boolean>}
 */
export async function attempted(what, done, work) {
  try {
    await work();
    return true;
  } catch (error) {
    const { code, message, status } = /** @type {import("../im-client.js").ImError} */ (error);
    const begin = `${what} was not ${done}`;
    if (code === "connection_lost") toast(`You are offline: ${begin.replace(/^./, (first) => first.toLowerCase())}.`);
    else toast(status === 429 ? `${begin}: too many at once. Wait a moment.` : `${begin}: ${message}`);
    return false;
  }
}

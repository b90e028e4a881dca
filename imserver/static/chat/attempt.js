import { toast } from "./dom.js";
import { reason } from "./form.js";

/**
 * Does it, or says why it does not work.
 * @typedef {import("../im-client.js").ImError} ImError
 * @param {() => unknown} work @param {(text: string) => void} [say] @param {(error: ImError) => string} [words]
 * @returns {Promise<boolean>} whether it was done
 */
export async function attempt(work, say = toast, words = reason) {
  try {
    await work();
    return true;
  } catch (error) {
    say(words(/** @type {ImError} */ (error)));
    return false;
  }
}

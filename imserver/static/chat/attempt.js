import { toast } from "./dom.js";
import { reason } from "./form.js";

/** Does it, and says why if it does not work. @param {() => unknown} work @param {(text: string) => void} [say] */
export async function attempt(work, say = toast) {
  try {
    await work();
  } catch (error) {
    say(reason(/** @type {import("../im-client.js").ImError} */ (error)));
  }
}

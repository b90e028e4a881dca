import { attempt } from "./attempt.js";
import { toast } from "./dom.js";

const REFUSED = "It could not be copied: the browser does not let this page. Select the text and copy it by hand.";

/** Puts it on the clipboard, and says so, or that it is not there. @param {string} text @param {string} words */
export function copy(text, words) {
  return attempt(async () => {
    try {
      await navigator.clipboard.writeText(text); // there is no clipboard on pages that came by plain http
    } catch {
      throw new Error(REFUSED);
    }
    toast(words);
  });
}

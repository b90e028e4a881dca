import { attempt } from "./attempt.js";
import { toast } from "./dom.js";

/**
 * Does it, or says what was not done, and why.
 * @param {string} what @param {string} done @param {() => unknown} work
 */
export function attempted(what, done, work) {
  return attempt(work, toast, ({ code, message, status }) => {
    const begin = `${what} was not ${done}`;
    if (code === "connection_lost") return `You are offline: ${begin.replace(/^./, (first) => first.toLowerCase())}.`;
    return status === 429 ? `${begin}: too many at once. Wait a moment.` : `${begin}: ${message}`;
  });
}

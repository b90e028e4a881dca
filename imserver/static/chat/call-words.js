import { reason } from "./form.js";
import { titleOf } from "./names.js";
import { length } from "./times.js";

/** @type {Record<string, string>} */
const REFUSED = {
  not_friends: "You cannot call this person.",
  blocked: "You cannot call this person.",
  not_a_member: "You cannot call this person.",
};

/**
 * With whom.
 * @typedef {import("../im-client/call.js").Call} Call
 * @param {import("../im-client.js").Client} client @param {Call} call
 */
export function nameOf(client, call) {
  const conversation = client.get(call.conversation);
  return conversation ? titleOf(conversation, client) : "Somebody";
}

/** How it goes, where no time is shown. @param {Call} call */
export function progress(call) {
  if (call.state === "calling") return "Calling…";
  if (call.state === "ringing") return "Ringing…";
  if (call.state === "connecting") return "Connecting…";
  return call.shaky ? "The connection is lost. Trying to get it back…" : "";
}

/** Why it is over. @param {Call} call @param {string} name */
export function ending(call, name) {
  if (call.reason === "rejected") return `${name} declined the call.`;
  if (call.reason === "busy") return `${name} is in another call.`;
  if (call.reason === "missed") return `${name} did not answer.`;
  if (call.reason === "lost") return call.since ? "The connection was lost." : "No connection could be made.";
  if (call.reason === "refused" && call.problem) return REFUSED[call.problem.code] ?? reason(call.problem);
  return "The call has ended.";
}

/** What is said of a call that rang here, and stopped. @param {Call} call @param {string} name */
export function stopped(call, name) {
  if (call.reason === "missed" || call.reason === "cancelled") return `Missed call from ${name}`;
  if (call.reason === "elsewhere") return "You answered elsewhere.";
  return call.reason === "refused" && call.problem ? reason(call.problem) : "";
}

/** How long it has lasted. @param {number} since @param {number} [now] */
export function elapsed(since, now = Date.now()) {
  return length(Math.max(0, (now - since) / 1000));
}

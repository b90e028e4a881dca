/** By what the server said, or with what code it closed. @type {Record<string, string>} */
const WORDS = {
  session_ended: "This device was logged out from another one of yours, or your password was changed.",
  replaced: "You logged in on another device of this kind. Only one can be logged in at a time.",
  banned: "This account is suspended.",
  account_banned: "This account is suspended.",
  token_expired: "You have not been here for a long time, so this device was logged out.",
  token_reused: "This device was logged out to keep your account safe.",
};

/** Why a person sees the log-in who did not log out here. @param {string | null} ended */
export function farewell(ended) {
  return ended && (WORDS[ended] ?? "This device was logged out.");
}

/** @typedef {import("./form.js").Field} Field */

/** @type {Field} */
export const NEW_PASSWORD = {
  name: "password",
  label: "New password",
  type: "password",
  hint: "At least 8 characters",
  autocomplete: "new-password",
  minlength: 8,
};
/** @type {Field} */
export const EMAIL = { name: "email", label: "E-mail", type: "email", autocomplete: "email" };
/** @type {Field} */
export const CODE = {
  name: "code",
  label: "Code",
  class: "digits",
  inputmode: "numeric",
  autocomplete: "one-time-code",
  pattern: "[0-9]{6}",
  title: "Six digits",
  hint: "Six digits, good for 10 minutes",
  wrong: "This is not the code of the mail; after three tries ask for another.",
  "aria-describedby": "entrance-lead code-code-hint",
};
/** @type {Field} */
export const APP_CODE = {
  ...CODE,
  label: "Code of the app",
  hint: "Six digits that change every half minute",
  wrong: "This is not the code that the app shows, or it was used. Wait for the next one.",
  "aria-describedby": undefined,
};
/** @type {Field} */
export const RECOVERY_CODE = {
  name: "code",
  label: "Recovery code",
  hint: "Each is good once",
  inputmode: "numeric",
  autocomplete: "off",
};

/** @type {Field[]} */
export const LOG_IN = [
  { name: "login", label: "User name or e-mail", autocomplete: "username" },
  { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
];
/** @type {Field[]} */
export const SIGN_UP = [
  { name: "display_name", label: "Your name", hint: "What others see", autocomplete: "name", maxlength: 64 },
  {
    name: "username",
    label: "User name",
    hint: "Small letters, digits, . _ -",
    autocomplete: "username",
    minlength: 3,
    maxlength: 32,
    pattern: "[A-Za-z0-9._\\-]+",
  },
  EMAIL,
  { ...NEW_PASSWORD, label: "Password" },
];

/** What a log-in takes of a name or an address. @param {string} text */
export function named(text) {
  const name = text.trim();
  return name.includes("@") ? { email: name } : { username: name.toLowerCase() };
}

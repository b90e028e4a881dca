import { smallButton } from "./button.js";
import { h, icon } from "./dom.js";
import { shortTime } from "./times.js";

/**
 * @typedef {import("../im-client/types.js").Factor} Factor
 * @param {Factor[]} found @param {import("./two-step.js").TwoStep} actions
 */
export function factorRows(found, actions) {
  const of = (/** @type {string} */ type) => found.filter((one) => one.type === type);
  const [app] = of("totp");
  const [codes] = of("recovery_codes");
  return [
    appRow(app, actions),
    passkeyRow(of("webauthn"), actions),
    ...(codes ? [codesRow(codes, actions)] : []),
  ];
}

/** @param {Factor | undefined} app @param {import("./two-step.js").TwoStep} actions */
function appRow(app, actions) {
  const hint = app ? `On since ${when(app.created_at)}` : "Six digits that an app on your phone shows.";
  const act = app
    ? button("Turn off", "Turn off the app’s codes", () => actions.removeApp())
    : button("Set up", "Set up an authenticator app", () => actions.setUpApp(), "soft");
  return row("phone", "Authenticator app", hint, [act]);
}

/** @param {Factor[]} keys @param {import("./two-step.js").TwoStep} actions */
function passkeyRow(keys, actions) {
  const hint = actions.mayAddPasskeys
    ? "Your fingerprint, face or PIN logs you in, without a password."
    : "This browser knows no passkeys.";
  const add = button("Add", "Add a passkey", () => actions.addPasskey(), "soft");
  const node = row("key", "Passkeys", hint, actions.mayAddPasskeys ? [add] : []);
  if (keys.length)
    node.append(h("ul", { class: "passkeys", "aria-label": "Passkeys" }, ...keys.map((key) => passkey(key, actions))));
  return node;
}

/** @param {Factor} key @param {import("./two-step.js").TwoStep} actions */
function passkey(key, actions) {
  const used = key.last_used_at ? `used ${when(key.last_used_at)}` : `added ${when(key.created_at)}`;
  const properties = { class: "icon-button", type: "button", "aria-label": `Remove ${key.name}` };
  return h(
    "li",
    { class: "passkey" },
    h("span", { class: "passkey-name", dir: "auto" }, key.name),
    h("span", { class: "setting-hint" }, used),
    h("button", { ...properties, onclick: () => actions.removePasskey(key) }, icon("recall")),
  );
}

/** @param {Factor} codes @param {import("./two-step.js").TwoStep} actions */
function codesRow({ unused_code_count: left, total_code_count: all }, actions) {
  return row("save", "Recovery codes", `${left} of ${all} left, for when nothing else is at hand.`, [
    button("Show", "Show the recovery codes", () => actions.showCodes()),
    button("Renew", "Make new recovery codes", () => actions.renewCodes()),
  ]);
}

/** @param {string} symbol @param {string} title @param {string} hint @param {Node[]} buttons */
function row(symbol, title, hint, buttons) {
  const words = h("span", { class: "setting-title" }, title);
  const body = h("div", { class: "setting-body" }, words, h("span", { class: "setting-hint" }, hint));
  const main = h(
    "div",
    { class: "factor" },
    h("span", { class: "device-symbol" }, icon(symbol)),
    body,
    h("div", { class: "factor-buttons" }, ...buttons),
  );
  return h("section", { class: "setting", "aria-label": title }, main);
}

/** @param {string} text @param {string} label @param {() => unknown} act @param {string} [look] */
function button(text, label, act, look = "quiet") {
  return smallButton(text, act, { label, look });
}

/** @param {number} seconds of Unix time */
function when(seconds) {
  return shortTime(new Date(seconds * 1000).toISOString());
}

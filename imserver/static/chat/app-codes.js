import { copy } from "./copy.js";
import { openDialog } from "./dialog.js";
import { h, toast } from "./dom.js";
import { codeForm } from "./entrance-code.js";
import { APP_CODE } from "./entrance-fields.js";
import { link } from "./link-button.js";
import { proven } from "./prove.js";
import { picture } from "./qr.js";

/**
 * Makes an authenticator app and the account known to each other.
 * @param {import("../im-client.js").Client} client @param {() => void} done
 */
export async function openAppCodes(client, done) {
  const { factors } = client.account;
  const { secret, url, svg } = await factors.beginApp();
  const form = codeForm({
    code: APP_CODE,
    action: "Turn on",
    send: async ({ code }) => {
      if (!(await proven(client, () => factors.confirmApp(code)))) return;
      dialog.close();
      done();
    },
    over: () => {
      dialog.close();
      toast("It was changed on another device meanwhile.");
    },
  });
  const dialog = openDialog(
    "Authenticator app",
    h("p", { class: "panel-lead" }, "Scan this with the app, then enter the code that it shows."),
    picture(svg, "QR code for the authenticator app"),
    byHand(secret, url),
    form.node,
  );
  form.inputs[0].focus();
}

/** Where the app is on this device, or cannot scan. @param {string} secret @param {string} url */
function byHand(secret, url) {
  const shown = h("code", { class: "secret" }, secret.replace(/(.{4})(?=.)/g, "$1 "));
  const copying = link("Copy the key", () => copy(secret, "The key is copied."));
  return h(
    "details",
    { class: "by-hand" },
    h("summary", {}, "It cannot be scanned?"),
    h("p", {}, "Type this key into the app:"),
    shown,
    h("p", { class: "by-hand-ways" }, copying, h("a", { class: "link", href: url }, "Open an app of this device")),
  );
}

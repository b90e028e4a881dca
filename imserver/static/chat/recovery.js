import { copy } from "./copy.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { link } from "./link-button.js";

const LEAD =
  "Keep them where you find them without this device. Each opens your account once, in place of app or passkey.";

/** Shows codes that help where app and passkeys are lost. @param {string[]} codes @param {string} username */
export function openRecovery(codes, username) {
  const text = `Recovery codes of ${username}, each good once:\n\n${codes.join("\n")}\n`;
  const copying = link("Copy", () => copy(text, "The codes are copied."), "button quiet");
  const save = h("a", { class: "button quiet", download: "recovery-codes.txt" }, "Save as a file");
  save.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const dialog = openDialog(
    "Recovery codes",
    h("p", { class: "panel-lead" }, LEAD),
    h("ul", { class: "codes", "aria-label": "Recovery codes" }, ...codes.map(item)),
    h("div", { class: "codes-buttons" }, copying, save),
  );
  dialog.addEventListener("close", () => URL.revokeObjectURL(save.href));
}

/** @param {string} code */
function item(code) {
  return h("li", {}, h("code", {}, code));
}

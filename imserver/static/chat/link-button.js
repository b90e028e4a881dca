import { h } from "./dom.js";

/**
 * A button that looks like a link, or as `style` says.
 * @param {string} text @param {() => void} onclick @param {string} [style]
 */
export function link(text, onclick, style = "link") {
  return h("button", { class: style, type: "button", onclick }, text);
}

import { h, icon } from "./dom.js";

/** @type {Record<string, [string, string]>} icon and words */
const TICKS = {
  pending: ["clock", "Sending"],
  failed: ["failed", "Not sent"],
  sent: ["sent", "Sent"],
  delivered: ["double", "Delivered"],
  read: ["double", "Read"],
};

/** How far a message of mine has come. @param {string} progress */
export function ticks(progress) {
  const [name, label] = TICKS[progress];
  return h("span", { class: `ticks ${progress}`, role: "img", "aria-label": label, title: label }, icon(name));
}

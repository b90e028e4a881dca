import { h, icon } from "./dom.js";

const HUES = 8;

/** @param {string} id what the colour hangs on @param {string} name @param {string} [size] */
export function avatar(id, name, size = "") {
  return h("span", { class: `avatar hue-${hue(id)} ${size}`, "aria-hidden": "true" }, initials(name));
}

/** @param {import("../im-client.js").Conversation} conversation @param {string} title @param {string} [size] */
export function conversationAvatar({ id, head }, title, size = "") {
  if (head.kind === "self") return h("span", { class: `avatar notes ${size}`, "aria-hidden": "true" }, icon("notes"));
  return avatar(head.peer?.id ?? id, title, size);
}

/** A face, with a dot for who is online; say it in words too. @param {HTMLElement} face @param {boolean} online */
export function withDot(face, online) {
  return h("span", { class: "face" }, face, online && h("span", { class: "dot", "aria-hidden": "true" }));
}

/** @param {string} id */
export function hue(id) {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return sum % HUES;
}

/** @param {string} name */
function initials(name) {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words.length ? words : [name || "?"];
  return chosen.map(firstLetter).join("").toUpperCase();
}

/** @param {string} word */
function firstLetter(word) {
  return word.match(/[\p{L}\p{N}]\p{M}*/u)?.[0] ?? [...word][0] ?? "?";
}

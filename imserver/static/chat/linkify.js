import { h } from "./dom.js";

const LINK = /https?:\/\/[^\s<>"]+/gi;
const TRAILING = /[.,;:!?'"\u2019\u201d\u00bb]+$/;

/** Text as nodes, its web addresses as links. @param {string} text @returns {(string | HTMLElement)[]} */
export function linkify(text) {
  const nodes = [];
  let done = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const address = withoutTail(found);
    if (!URL.canParse(address)) continue;
    nodes.push(text.slice(done, index), link(address));
    done = index + address.length;
  }
  nodes.push(text.slice(done));
  return nodes.filter((node) => node !== "");
}

/** Punctuation after an address is the sentence's, and so is a bracket opened before it. @param {string} found */
function withoutTail(found) {
  let address = found.replace(TRAILING, "");
  while (address.endsWith(")") && address.split(")").length > address.split("(").length) {
    address = address.slice(0, -1).replace(TRAILING, "");
  }
  return address;
}

/** @param {string} address */
function link(address) {
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow", dir: "ltr" }, address);
}

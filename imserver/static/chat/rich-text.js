import { h } from "./dom.js";
import { linkify } from "./linkify.js";

/**
 * Text whose stretches look different, as elements alone; entities that are none are passed over.
 *
 * @typedef {import("./markup.js").Entity} Entity
 * @typedef {{ type: string, from: number, to: number, url?: string, language?: string }} Stretch
 * @typedef {(inside: (string | Node)[], stretch: Stretch) => Node} Draw
 */

/** @type {Record<string, Draw>} */
const STYLES = {
  bold: (inside) => h("strong", {}, ...inside),
  italic: (inside) => h("em", {}, ...inside),
  underline: (inside) => h("u", {}, ...inside),
  strike: (inside) => h("s", {}, ...inside),
  code: (inside) => h("code", {}, ...inside),
  pre: (inside, { language }) => h("pre", { "data-language": language || null }, h("code", {}, ...inside)),
  quote: (inside) => h("blockquote", {}, ...inside),
  spoiler: (inside) => spoiler(inside),
  link: (inside, { url = "" }) => h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, ...inside),
};
const ADDRESS = /^(https?:\/\/|mailto:|tel:)/i;
const LITERAL = new Set(["code", "pre", "link"]);
/** What stands on lines of its own needs no line break after it. */
const BLOCKS = new Set(["pre", "quote"]);

/** @param {string} text @param {Entity[]} [entities] @returns {(string | Node)[]} */
export function richText(text, entities) {
  if (!Array.isArray(entities) || !entities.length) return linkify(text);
  const points = [...text];
  const stretches = entities.filter(isDrawn).map(({ offset, length, ...rest }) => {
    return { ...rest, from: offset, to: Math.min(offset + length, points.length) };
  });
  return drawn(points, 0, points.length, stretches.filter(({ from, to }) => from < to).sort(inOrder), linkify);
}

/** The text, with what one has to ask for covered. @param {{ text: string, entities?: Entity[] }} content */
export function withoutSpoilers({ text, entities }) {
  if (!Array.isArray(entities)) return text;
  const points = [...text];
  for (const { type, offset, length } of entities)
    if (type === "spoiler") points.fill("▒", offset, offset + length);
  return points.join("");
}

/** @param {any} entity */
function isDrawn({ type, offset, length, url }) {
  return type in STYLES && Number.isInteger(offset) && length > 0 && (type !== "link" || ADDRESS.test(url ?? ""));
}

/**
 * What crosses the end of another is drawn in two pieces.
 * @param {string[]} points @param {number} from @param {number} to @param {Stretch[]} stretches in order
 * @param {(text: string) => (string | Node)[]} plain @returns {(string | Node)[]}
 */
function drawn(points, from, to, stretches, plain) {
  const nodes = [];
  let done = from;
  let rest = stretches;
  while (rest.length) {
    const [first, ...others] = rest;
    nodes.push(...plain(points.slice(done, first.from).join("")));
    const inside = others.filter((other) => other.from < first.to);
    const within = inside.map((other) => ({ ...other, to: Math.min(other.to, first.to) }));
    const literally = LITERAL.has(first.type) ? (/** @type {string} */ text) => [text] : plain;
    nodes.push(STYLES[first.type](drawn(points, first.from, first.to, within, literally), first));
    const beyond = inside.filter((other) => other.to > first.to).map((other) => ({ ...other, from: first.to }));
    rest = [...beyond, ...others.filter((other) => other.from >= first.to)].sort(inOrder);
    done = first.to + Number(BLOCKS.has(first.type) && points[first.to] === "\n");
  }
  nodes.push(...plain(points.slice(done, to).join("")));
  return nodes;
}

/** @param {Stretch} one @param {Stretch} other */
function inOrder(one, other) {
  return one.from - other.from || other.to - one.to;
}

/** Covered until it is asked for. @param {(string | Node)[]} inside */
function spoiler(inside) {
  const asking = { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler, press to show" };
  const node = h("span", asking, h("span", { "aria-hidden": "true" }, ...inside));
  const open = (/** @type {Event} */ event) => {
    if (!node.hasAttribute("role")) return;
    event.preventDefault();
    event.stopPropagation();
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
    node.firstElementChild?.removeAttribute("aria-hidden");
    node.classList.add("open");
  };
  node.addEventListener("click", open);
  node.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && open(event));
  return node;
}

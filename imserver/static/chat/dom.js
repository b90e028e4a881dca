/**
 * A new element. Strings become text, never markup.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [properties] `class`, `data-*`, `aria-*`, `on…` listeners, attributes
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {HTMLElement} element @param {string} name @param {any} value */
function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : value);
}

/** Drawn on a 24 by 24 grid. @type {Record<string, string>} */
const ICONS = {
  back: "M15 5l-7 7 7 7",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
  send: "M4.5 12h8M4.5 12L3 4.6c-.2-.9.7-1.6 1.5-1.2l15.8 7.7c.8.4.8 1.5 0 1.9L4.5 20.6c-.8.4-1.7-.3-1.5-1.2L4.5 12z",
  down: "M6 9.5l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  save: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
  sent: "M6 12.5l4.2 4.2L18.5 8",
  double: "M2 12.5l4.2 4.2L14.5 8M10.5 15.5l1.3 1.2L20.5 8",
  failed: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5v5.5M12 16.2v.3",
  reply: "M9 6l-5.5 5.5L9 17M4 11.5h9.5c4 0 6.5 2 6.5 6.5",
  forward: "M15 6l5.5 5.5L15 17M20 11.5h-9.5c-4 0-6.5 2-6.5 6.5",
  star: "M12 4l2.4 5 5.6.8-4 3.9.9 5.5-4.9-2.6-4.9 2.6.9-5.5-4-3.9 5.6-.8L12 4z",
  unstar: "M12 4l2.4 5 5.6.8-4 3.9.9 5.5-4.9-2.6-4.9 2.6.9-5.5-4-3.9 5.6-.8L12 4zM4 4l16 16",
  eye: "M2.5 12q4-6.5 9.5-6.5t9.5 6.5q-4 6.5-9.5 6.5T2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  hide: "M9 5.5q1.4-.3 3-.3 5.5 0 9.5 6.5-1.2 2-2.7 3.4M6.5 7q-2.3 1.7-4 4.7 4 6.5 9.5 6.5 2.7 0 5-1.4M4 3.5l16.5 17",
  select: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.3l2.8 2.8L16 9.5",
  list: "M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4 6.5h.01M4 12h.01M4 17.5h.01",
  place: "M12 21.5s-6.5-6.4-6.5-11.5a6.5 6.5 0 0 1 13 0c0 5.1-6.5 11.5-6.5 11.5zM12 12.3a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8z",
  photo: "M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM4.5 17l5-5 4 4 2.5-2.5 3.5 3.5M15 9.5h.01",
  audio: "M12 14.5a3 3 0 0 0 3-3v-5a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21",
  file: "M7 3.5h7l4 4V19.5a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM13.5 3.5V8H18",
  edit: "M4 20l1-4.5L16.5 4a2 2 0 0 1 3 0l.5.5a2 2 0 0 1 0 3L8.5 19 4 20z",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  recall: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7",
  retry: "M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4h-4",
  notes: "M7 3.5h10a1 1 0 0 1 1 1V20l-6-4-6 4V4.5a1 1 0 0 1 1-1z",
  logout: "M14 4.5H6.5a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1H14M10.5 12H20M16.5 8l4 4-4 4",
  offline: "M3 3l18 18M8.5 16a5 5 0 0 1 6.5-.5M5 12.5a10 10 0 0 1 5-2.7M14.5 9.9a10 10 0 0 1 4.5 2.6M12 19.5v.1",
  profile: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5q.8-5.5 7.5-5.5t7.5 5.5",
  devices:
    "M13 17H2.5M4.5 14.5V6a1 1 0 0 1 1-1h13M15 9.5h5.5a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1H15a1 1 0 0 1-1-1v-8.5a1 1 0 0 1 1-1z",
  computer: "M5.5 5h13a1 1 0 0 1 1 1v9.5h-15V6a1 1 0 0 1 1-1zM2.5 19h19",
  phone: "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2",
  call:
    "M5.2 3.8h3.1l1.7 4.4-2.2 1.6a12.5 12.5 0 0 0 6.4 6.4l1.6-2.2 4.4 1.7v3.1a1.5 1.5 0 0 1-1.6 1.5C10.6 19.8 4.2 13.4 3.7 5.4a1.5 1.5 0 0 1 1.5-1.6z",
  video:
    "M4 6.5h10A1.5 1.5 0 0 1 15.5 8v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 16V8A1.5 1.5 0 0 1 4 6.5zM15.5 11l6-3.2v8.4l-6-3.2",
  "video-off":
    "M8 6.5h6A1.5 1.5 0 0 1 15.5 8v6M14 17.5H4A1.5 1.5 0 0 1 2.5 16V8a1.5 1.5 0 0 1 1-1.4M15.5 11l6-3.2v8.4l-3-1.6M3 3l18 18",
  microphone: "M12 14.5a3 3 0 0 0 3-3v-5a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  "microphone-off":
    "M15 10V6.5a3 3 0 0 0-5.9-.8M9 9v2.5a3 3 0 0 0 4.6 2.5M5.5 11.5a6.5 6.5 0 0 0 10.4 5.2M18.5 11.5a6.5 6.5 0 0 1-.6 2.7M12 18v3M4 3l16 18",
  key: "M8 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12.5 12H21v3.5M17 12v2.5",
  privacy: "M6.5 11h11a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  shield: "M12 3.5l7 2.6v5.4c0 4.3-2.9 7.6-7 9-4.1-1.4-7-4.7-7-9V6.1l7-2.6zM9 11.8l2.2 2.2 3.9-4.3",
  bell: "M6 16.5c1-1 1.2-2.4 1.2-5a4.8 4.8 0 0 1 9.6 0c0 2.6.2 4 1.2 5H6zM10.3 19.5q1.7 1.4 3.4 0",
  "bell-off": "M6 16.5c1-1 1.2-2.4 1.2-5q0-1.2.5-2.2M9.4 7.4a4.8 4.8 0 0 1 7.4 4.1q0 1.7.2 2.7M6 16.5h9.5M10.3 19.5q1.7 1.4 3.4 0M4 4l16 16",
  archive: "M4 4.5h16v4H4zM5.5 8.5V19a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1V8.5M12 11.5v5M9.7 14.3l2.3 2.3 2.3-2.3",
  unarchive: "M4 4.5h16v4H4zM5.5 8.5V19a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1V8.5M12 16.8v-5M9.7 13.9l2.3-2.3 2.3 2.3",
  unread: "M13.5 5H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2v3l3.8-3H18a2 2 0 0 0 2-2v-4.5M18.5 7a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  at: "M12 15.6a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2zM15.6 8.4v5.2a2.2 2.2 0 0 0 4.4 0V12a8 8 0 1 0-3.2 6.4",
  up: "M6 14.5l6-6 6 6",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  pin: "M9 4h6l-.6 5.5 3.1 3.6v1.4h-11v-1.4l3.1-3.6L9 4zM12 14.5V20",
  unpin: "M9 4h6l-.6 5.5 3.1 3.6v1.4h-11v-1.4l3.1-3.6L9 4zM12 14.5V20M4 4l16 16",
  tag: "M4 5.2v6l8.6 8.6a1 1 0 0 0 1.4 0l5.8-5.8a1 1 0 0 0 0-1.4L11.2 4H5.2A1.2 1.2 0 0 0 4 5.2zM8.3 8.3h.01",
  block: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.7 5.7l12.6 12.6",
  unblock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.3l2.8 2.8L16 9.5",
  befriend: "M10 11.5a3.7 3.7 0 1 0 0-7.5 3.7 3.7 0 0 0 0 7.5zM3 20q.5-6 7-6 2.6 0 4.3 1M18.5 14v7M15 17.5h7",
  unfriend: "M10 11.5a3.7 3.7 0 1 0 0-7.5 3.7 3.7 0 0 0 0 7.5zM3 20q.5-6 7-6 2.6 0 4.3 1M15 17.5h7",
  plus: "M12 5v14M5 12h14",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.8v.2",
  megaphone: "M4 10v4.5h3.5L17 19V5.5L7.5 10H4zM8 14.5l1.2 5h2.3l-1-4M20 10.5v3.5",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L11.7 7.3M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.6-1.6",
  qr: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5H14zM20 14v2.5M17.5 20H20M14 20h.01",
  mute: "M4 10v4.5h3.5L12 18V6.5L7.5 10H4zM16 9.5l5 5M21 9.5l-5 5",
  unmute: "M4 10v4.5h3.5L12 18V6.5L7.5 10H4zM15.5 9.5a4 4 0 0 1 0 5.5M18 7a7.5 7.5 0 0 1 0 10.5",
  people:
    "M9.5 11.5a3.7 3.7 0 1 0 0-7.5 3.7 3.7 0 0 0 0 7.5zM2.5 20q.5-6 7-6t7 6M16 4.5a3.5 3.5 0 0 1 0 6.7M19 15q2 2 2 5",
};

/** A decorative icon; say what it means with text or a label beside it. @param {string} name */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Text for screen readers only. @param {string} text */
export function spoken(text) {
  return h("span", { class: "spoken" }, text);
}

/** @type {WeakMap<Element, HTMLElement>} */
const heirs = new WeakMap();

/** A list was drawn again: what held the focus, or will get it back, has another in its place. */
export function succeed(/** @type {HTMLElement[]} */ old, /** @type {HTMLElement[]} */ now) {
  old.forEach((node, index) => now[index] && heirs.set(node, now[index]));
}

/** The node, or what stands in its place now. @param {HTMLElement | null} node */
export function living(node) {
  let found = node;
  while (found && !found.isConnected && heirs.has(found)) found = heirs.get(found) ?? null;
  return found;
}

/** A short notice that goes by itself. @param {string} text */
export function toast(text) {
  const note = h("div", { class: "toast" }, text);
  const place = document.getElementById("toasts");
  place?.append(note);
  if (document.querySelector("dialog[open]")) raise(place);
  setTimeout(() => note.remove(), 5000);
}

/** Above the dialogs that are open. @param {HTMLElement | null} place */
function raise(place) {
  if (place?.matches(":popover-open")) place.hidePopover();
  place?.showPopover?.();
}

/**
 * Puts nodes in order, moving only those that are out of place: a moved node loses its focus.
 * @param {HTMLElement} parent @param {HTMLElement[]} nodes
 */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes.map((node) => node.closest("li") ?? h("li", {}, node)));
  for (const child of [...parent.children]) if (!wanted.has(/** @type {HTMLLIElement} */ (child))) child.remove();
  let next = parent.firstElementChild;
  for (const node of wanted) {
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
}

import { h, icon } from "./dom.js";
import { nameOf, STAFF } from "./names.js";
import { openPerson } from "./person.js";
import { richText } from "./rich-text.js";
import { length, moment } from "./times.js";
import { callInWords, preview } from "./words.js";

/**
 * What a message holds, by its kind.
 *
 * @typedef {import("../im-client.js").Client} Client
 * @typedef {import("../im-client.js").Conversation} Conversation
 * @typedef {{ content: any, sender?: string }} Message
 * @type {Record<string, (message: Message, client: Client) => (string | Node)[]>}
 */
const BODIES = {
  text: ({ content }) => richText(String(content.text), content.entities),
  image: ({ content }) => file("photo", "Photo", content),
  video: ({ content }) => file("video", "Video", content),
  audio: ({ content }) => file("audio", content.voice ? "Voice message" : "Audio", content),
  file: ({ content }) => file("file", String(content.name || "File"), content),
  location: ({ content }) => [location(content)],
  contact: ({ content }, client) => [contact(content, client)],
  sticker: ({ content }) => [h("span", { class: "sticker" }, content.emoji || `Sticker “${content.sticker}”`)],
  call: (message, client) => [call(message, client)],
};

/**
 * @param {any} message an entry or a draft @param {Client} client @param {Conversation} conversation
 * @returns {(string | Node)[]}
 */
export function body(message, client, conversation) {
  if (message.recalled) return [stub(message, client, conversation)];
  const draw = message.content && BODIES[message.kind];
  return draw ? draw(message, client) : [preview(message)];
}

/**
 * Who recalled it, if not its author, and when.
 * @param {any} message @param {Client} client @param {Conversation} conversation
 */
function stub(message, client, conversation) {
  const { by, at } = message.recalled;
  const name = by === STAFF ? "staff" : nameOf(client, by, conversation);
  const who = by !== message.sender && name ? ` by ${name === "You" ? "you" : name}` : "";
  return h("span", { title: moment(at) }, preview(message) + who);
}

/**
 * Where it was written first.
 * @param {any} message @param {Client} client
 */
export function forwardedFrom({ content }, client) {
  if (!content?.forwarded) return null;
  const { sender } = content.forwarded;
  const name = sender && nameOf(client, sender);
  return h("span", { class: "forwarded", dir: "auto" }, icon("forward"), name ? `Forwarded from ${name}` : "Forwarded");
}

/** @param {string} symbol @param {string | Node} title @param {...(string | Node | null | false | undefined)} line */
function card(symbol, title, ...line) {
  const texts = h("span", { class: "card-text" }, h("strong", { dir: "auto" }, title), h("span", {}, ...line));
  return [h("span", { class: "card-symbol" }, icon(symbol)), texts];
}

/** @param {string} symbol @param {string} name @param {any} content @returns {(string | Node)[]} */
function file(symbol, name, { caption, entities, duration_ms }) {
  const line = duration_ms ? length(Math.round(duration_ms / 1000)) : "It cannot be opened here yet";
  const node = h("span", { class: "card" }, ...card(symbol, name, line));
  return caption ? [node, ...richText(String(caption), entities)] : [node];
}

/** @param {any} content */
function location({ latitude, longitude, name, accuracy_m }) {
  const place = `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}`;
  const [mlat, mlon] = [Number(latitude), Number(longitude)];
  const href = `https://www.openstreetmap.org/?mlat=${mlat}&mlon=${mlon}#map=16/${mlat}/${mlon}`;
  const line = accuracy_m ? `${place} · within ${Math.round(accuracy_m)} m` : place;
  const properties = { class: "card", href, target: "_blank", rel: "noopener noreferrer nofollow" };
  return h("a", properties, ...card("place", String(name || "Location"), line));
}

/** @param {any} content @param {Client} client */
function contact({ name, user, phone }, client) {
  const parts = card("profile", String(name), phone || "Contact");
  if (user && user !== client.user.id)
    return h("button", { class: "card", type: "button", onclick: () => openPerson(client, user, String(name)) }, ...parts);
  return phone ? h("a", { class: "card", href: `tel:${phone}` }, ...parts) : h("span", { class: "card" }, ...parts);
}

/** @param {Message} message @param {Client} client */
function call({ content, sender }, client) {
  const mine = sender === client.user.id;
  const missed = content.outcome === "missed" && !mine;
  const line = content.duration_s ? length(content.duration_s) : mine ? "Outgoing" : "Incoming";
  const title = missed || content.outcome !== "missed" ? callInWords(content) : "Unanswered call";
  const properties = { class: missed ? "card call missed" : "card call" };
  return h("span", properties, ...card(content.media === "video" ? "video" : "call", title, line));
}

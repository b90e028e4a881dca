import { hue } from "./avatar.js";
import { body, forwardedFrom } from "./body.js";
import { h, icon, spoken } from "./dom.js";
import { authorOf } from "./groups/names.js";
import { markMentions, namesMe } from "./mention-marks.js";
import { reactions } from "./reactions.js";
import { ticks } from "./ticks.js";
import { clock, moment } from "./times.js";
import { preview } from "./words.js";

/** @type {Record<string, string>} */
const FAILURES = {
  too_long: "It is too long.",
  empty: "It has no visible text.",
  key_expired: "It waited for too long.",
  not_a_member: "You are no longer in this conversation.",
  not_friends: "You cannot write to this person.",
  blocked: "You may not write here.",
  post_role: "Only admins write in this group.",
  closed: "The group was dismissed.",
  muted: "You may not write here at the moment.",
  slow_mode: "In this group one writes only once in a while.",
  bad_reply: "The message you answered is gone.",
};

/** Kinds that are a card and no text, so that the time has room beside it. */
const CARDS = new Set(["location", "contact", "call"]);

const ONLY_EMOJI =
  /^(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}\uFE0F?)*\s*){1,3}$/u;

/**
 * One message as it is seen.
 *
 * @typedef {import("../im-client.js").Client} Client
 * @typedef {import("../im-client.js").Conversation} Conversation
 * @param {object} view
 * @param {any} view.message      an entry or a draft
 * @param {string} view.progress  of an own message, else empty
 * @param {Client} view.client
 * @param {Conversation} view.conversation
 * @param {(seq: number) => void} view.show
 * @param {import("./rows.js").React} view.react
 */
export function bubble({ message, progress, client, conversation, show, react }) {
  const text = message.kind === "text" && message.content ? String(message.content.text) : null;
  const gone = !message.content;
  const isPicture = message.kind === "sticker" || (text !== null && ONLY_EMOJI.test(text.trim()));
  const large = isPicture && !gone && !message.reply_to && !message.content.forwarded;
  const said = h("span", { class: "bubble-text" }, ...body(message, client, conversation));
  if (text !== null) markMentions(said, message, client, conversation);
  const carded = !gone && CARDS.has(message.kind);
  const looks = [gone && "gone", carded && "carded", large && "large", namesMe(client, message) && "names-me"].filter(Boolean).join(" ");
  const node = h(
    "article",
    { class: `bubble ${looks}`, tabindex: "-1" },
    spoken(`${authorOf(message, client, conversation)}: `),
    sender(message, client, conversation),
    forwardedFrom(message, client),
    !gone && message.reply_to && quote(message.reply_to, client, conversation, show),
    h(
      "div",
      { class: "bubble-body", dir: "auto" },
      said,
      meta(message, progress, client.stars.has(conversation.id, message.seq)),
    ),
    reactions(message, client, conversation, (emoji, isMine) => react(message, emoji, isMine)),
    progress === "failed" && failure(message, client),
  );
  if (message.seq !== undefined && !gone)
    node.append(h("button", { class: "more", type: "button", tabindex: "-1", "aria-label": "Actions" }, icon("down")));
  return node;
}

/** @param {any} message @param {string} progress @param {boolean} isKept */
function meta(message, progress, isKept) {
  return h(
    "span",
    { class: "meta", dir: "ltr" },
    isKept && sign("star", "Saved"),
    message.pinned && sign("pin", "Pinned"),
    message.edited_at &&
      !message.recalled &&
      h("span", { class: "edited", title: `Edited ${moment(message.edited_at)}` }, "edited"),
    h("time", { datetime: message.created_at, title: moment(message.created_at) }, clock(message.created_at)),
    progress && !message.recalled && ticks(progress),
  );
}

/** @param {string} symbol @param {string} label */
function sign(symbol, label) {
  return h("span", { class: "sign", role: "img", "aria-label": label, title: label }, icon(symbol));
}

/**
 * Who is named in the bubble of a group: whose message it is, and whose it answers.
 * @param {any} message @param {Client} client @param {Conversation} conversation
 */
export function authors(message, client, conversation) {
  if (conversation.head.kind !== "group") return "";
  const target = message.reply_to && conversation.timeline.get(message.reply_to);
  return [message, target].map((one) => one && authorOf(one, client, conversation)).join("\n");
}

/**
 * In a group a message says who wrote it.
 * @param {any} message @param {Client} client @param {Conversation} conversation
 */
function sender(message, client, conversation) {
  if (conversation.head.kind !== "group" || !message.sender || message.sender === client.user.id) return null;
  return h(
    "strong",
    { class: `sender hue-${hue(message.sender)}`, "aria-hidden": "true", dir: "auto" },
    authorOf(message, client, conversation),
  );
}

/**
 * @param {number} seq @param {Client} client @param {Conversation} conversation
 * @param {(seq: number) => void} show
 */
function quote(seq, client, conversation, show) {
  const target = conversation.timeline.get(seq);
  return h(
    "button",
    { class: "quote", type: "button", onclick: () => show(seq) },
    h("strong", { dir: "auto" }, target ? authorOf(target, client, conversation) : "Earlier message"),
    h("span", { dir: "auto" }, target ? preview(target) : "Press to go there"),
  );
}

/** @param {any} draft @param {Client} client */
function failure(draft, client) {
  return h(
    "div",
    { class: "failure" },
    h("span", {}, `Not sent. ${FAILURES[draft.code] ?? "The server refused it."}`),
    h("button", { class: "link", type: "button", onclick: () => client.outbox.retry(draft.key) }, "Try again"),
    h("button", { class: "link", type: "button", onclick: () => client.outbox.remove(draft.key) }, "Delete"),
  );
}

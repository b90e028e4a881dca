import { withoutSpoilers } from "./rich-text.js";

const LENGTH = 200;
const NEWER = "This message needs a newer app";

/** @type {Record<string, string>} */
const OUTCOMES = { missed: "Missed", rejected: "Declined", busy: "Unanswered", cancelled: "Cancelled" };
/** @type {Record<string, (content: any) => string>} */
const WORDS = {
  text: (content) => withoutSpoilers(content),
  image: (content) => captioned("📷", "Photo", content),
  video: (content) => captioned("🎬", "Video", content),
  audio: (content) => captioned(content.voice ? "🎤" : "🎵", content.voice ? "Voice message" : "Audio", content),
  file: (content) => captioned("📎", content.name || "File", content),
  location: ({ name }) => `📍 ${name || "Location"}`,
  contact: ({ name }) => `👤 ${name}`,
  sticker: ({ emoji }) => (emoji ? `${emoji} Sticker` : "Sticker"),
  call: (content) => `📞 ${callInWords(content)}`,
  custom: () => NEWER,
  unsupported: () => NEWER,
};

/** A message in a few words. @param {{ kind: string, content: any, recalled?: object }} message */
export function preview({ kind, content, recalled }) {
  if (recalled) return "Message deleted";
  if (!content) return "Message expired";
  return (WORDS[kind] ?? WORDS.unsupported)(content).replace(/\s+/g, " ").slice(0, LENGTH);
}

/** @param {{ media?: string, outcome?: string }} content */
export function callInWords({ media, outcome = "" }) {
  const call = media === "video" ? "video call" : "call";
  const how = OUTCOMES[outcome];
  return how ? `${how} ${call}` : call.replace(/^./, (letter) => letter.toUpperCase());
}

/** @param {string} sign @param {string} name @param {any} content */
function captioned(sign, name, { caption, entities }) {
  return caption ? `${sign} ${withoutSpoilers({ text: caption, entities })}` : `${sign} ${name}`;
}

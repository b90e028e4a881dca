import { openDevices, release } from "./call-devices.js";
import { h, icon, toast } from "./dom.js";

/** A page that has just been opened may call: it rings as soon as the server answers. */
const OPENING = new Set(["online", "connecting"]);

/**
 * Voice and video, in the head of a conversation with somebody.
 * @typedef {import("../im-client.js").Client} Client
 * @typedef {import("../im-client.js").Conversation} Conversation
 * @param {Client} client @param {Conversation} conversation
 */
export function callButtons(client, conversation) {
  const voice = callButton("call", "Voice call", () => ring("audio"));
  const video = callButton("video", "Video call", () => ring("video"));
  /** @param {"audio" | "video"} media */
  const ring = async (media) => {
    voice.disabled = video.disabled = true; // the browser may ask the person first
    await startCall(client, conversation, media).catch((error) => toast(error.message));
    voice.disabled = video.disabled = false;
  };
  return h("span", { class: "call-buttons" }, voice, video);
}

/** @param {string} symbol @param {string} label @param {() => void} act */
function callButton(symbol, label, act) {
  return h(
    "button",
    { class: "icon-button", type: "button", "aria-label": label, title: label, onclick: act },
    icon(symbol),
  );
}

/** @param {Client} client @param {Conversation} conversation @param {"audio" | "video"} media */
async function startCall(client, conversation, media) {
  const { calls, connection } = client;
  const show = () => void calls.dispatchEvent(new Event("show"));
  if (calls.active?.conversation === conversation.id) return show();
  if (calls.active) throw new Error("You are in a call already.");
  if (!OPENING.has(connection.status)) throw new Error("You are offline: nobody can be called now.");
  const { stream, note } = await openDevices(media === "video");
  if (calls.active) return release(stream); // it rang meanwhile
  calls.invite(conversation, { media, stream, note });
}

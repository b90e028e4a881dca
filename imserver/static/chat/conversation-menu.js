import { attempt } from "./attempt.js";
import { confirm } from "./dialog.js";
import { Menu } from "./menu.js";
import { titleOf } from "./names.js";
import { openNickname } from "./nickname.js";

/** @type {[NonNullable<import("../im-client/types.js").Head["notify"]>, string][]} */
const NOTIFY = [
  ["all", "Every message"],
  ["mentions", "Only when you are mentioned"],
  ["nothing", "Nothing"],
];

/**
 * What one sets for oneself in a conversation.
 * @typedef {import("../im-client.js").Client} Client
 * @typedef {import("../im-client.js").Conversation} Conversation
 * @typedef {import("./menu.js").Item} Item
 * @param {Client} client @param {Conversation} conversation @param {{ x: number, y: number }} at where the menu opens
 * @returns {Item[]}
 */
export function conversationItems(client, conversation, at) {
  const { id, head } = conversation;
  const forgetting = () => forget(client, conversation);
  if (head.former) return [{ label: "Delete from this device", icon: "recall", danger: true, act: forgetting }];
  const set = (/** @type {import("../im-client/own-settings.js").Settings} */ changes) => () =>
    attempt(() => client.settings.update(id, changes));
  /** @type {Item[]} */
  const items = [
    reading(client, conversation),
    head.pinned
      ? { label: "Unpin", icon: "unpin", act: set({ pinned: false }) }
      : { label: "Pin to the top", icon: "pin", act: set({ pinned: true }) },
    head.archived
      ? { label: "Move out of the archive", icon: "unarchive", act: set({ archived: false }) }
      : { label: "Archive", icon: "archive", act: set({ archived: true }) },
  ];
  if (head.kind === "direct") items.push(muting(isSilent(conversation), set));
  if (head.kind !== "group") return items;
  return [
    ...items,
    { label: "Notifications…", icon: isSilent(conversation) ? "bell-off" : "bell", act: () => choose(head, at, set) },
    { label: "Your name here…", icon: "edit", act: () => openNickname(client, id) },
  ];
}

/** @param {Client} client @param {Conversation} conversation */
async function forget(client, conversation) {
  const title = `Delete “${titleOf(conversation, client)}”?`;
  const text = "What this device has of the group is gone then, and does not come back.";
  if (await confirm({ title, text, action: "Delete" })) client.forget(conversation.id);
}

/** Whether its messages make no noise. @param {Conversation} conversation */
export function isSilent({ head }) {
  return (head.notify ?? "all") !== "all";
}

/** Whether something is there to be read, or is marked so. @param {Conversation} conversation */
export function isUnread({ head }) {
  return head.unread > 0 || Boolean(head.marked_unread);
}

/** @param {Client} client @param {Conversation} conversation @returns {Item} */
function reading(client, conversation) {
  const { id } = conversation;
  if (isUnread(conversation))
    return { label: "Mark as read", icon: "double", act: () => attempt(() => client.settings.markRead(conversation)) };
  const mark = async () => {
    await client.settings.update(id, { marked_unread: true });
    if (location.hash.slice(1) === id) location.replace("#"); // looking at it would read it
  };
  return { label: "Mark as unread", icon: "unread", act: () => attempt(mark) };
}

/** @param {boolean} isMuted @param {(changes: { notify: "all" | "nothing" }) => () => unknown} set @returns {Item} */
function muting(isMuted, set) {
  return isMuted
    ? { label: "Unmute", icon: "bell", act: set({ notify: "all" }) }
    : { label: "Mute", icon: "bell-off", act: set({ notify: "nothing" }) };
}

/**
 * @param {import("../im-client/types.js").Head} head @param {{ x: number, y: number }} at
 * @param {(changes: { notify: "all" | "mentions" | "nothing" }) => () => unknown} set
 */
function choose({ notify = "all" }, { x, y }, set) {
  const items = NOTIFY.map(([value, label]) => ({ label, checked: value === notify, act: set({ notify: value }) }));
  new Menu(items, { title: "Notify me of", note: "On all of your devices" }).showAt(x, y);
}

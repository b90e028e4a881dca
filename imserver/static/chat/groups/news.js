import { toast } from "../dom.js";

/** What happened while one was away shows in the lists; saying all of it at once would be noise. */
const FRESH = 60_000;

/**
 * Says quietly who invites, who asks to join, what became of one's own request, and where one is no more.
 * @param {import("../../im-client.js").Client} client @param {AbortSignal} signal
 */
export function tellGroupNews(client, signal) {
  const isFresh = (/** @type {string} */ at) => client.now() - Date.parse(at) < FRESH;
  client.groups.addEventListener("news", (event) => {
    const news = /** @type {CustomEvent} */ (event).detail;
    if (isFresh(news.at)) toast(wordsOf(client, news));
  });
  /** @type {Map<string, string>} */
  const titles = new Map();
  const remember = (/** @type {import("../../im-client.js").Conversation} */ { id, head }) =>
    head.kind === "group" && titles.set(id, head.title);
  client.addEventListener("ready", () => client.list().forEach(remember), { signal });
  const changed = (/** @type {Event} */ event) => remember(/** @type {CustomEvent} */ (event).detail.conversation);
  client.addEventListener("conversation", changed, { signal });
  client.addEventListener(
    "notice",
    (event) => {
      const { kind, sender, content, created_at } = /** @type {CustomEvent} */ (event).detail.entry;
      const title = kind === "conversation.left" && titles.get(content?.conversation);
      if (title && sender !== client.user.id && isFresh(created_at)) toast(`You are no longer in “${title}”.`);
    },
    { signal },
  );
}

/** @param {import("../../im-client.js").Client} client @param {any} news */
function wordsOf(client, { what, invitation, request, state, group }) {
  if (what === "invited") return `${client.friends.nameOf(invitation.by)} invites you to “${invitation.group.title}”.`;
  if (what === "answered" && state === "accepted") return `You were let into “${group.title}”.`;
  if (what === "answered") return `Your request to join “${group.title}” was declined.`;
  const title = client.get(request.group)?.head.title ?? "a group";
  return `${client.friends.nameOf(request.person)} asks to join “${title}”.`;
}

/**
 * What the self conversation tells this person's devices, for whoever keeps something by it.
 *
 * @param {EventTarget & { list?: () => import("./conversation.js").Conversation[] }} client
 * @param {object} follower
 * @param {(entry: import("./types.js").Entry) => void} follower.hear
 * @param {(isNew: boolean) => void} follower.missed   a head moved the cursor over entries that nobody has seen;
 *   `isNew`: nothing of this log was here before
 */
export function followOwnLog(client, { hear, missed }) {
  /** @type {number | undefined} */
  let known;
  /** @param {string} type @param {(detail: any) => void} handle */
  const on = (type, handle) =>
    client.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
  on("ready", () => (known = client.list?.().find(({ head }) => head.kind === "self")?.cursor));
  on("notice", ({ conversation, entry }) => conversation.head.kind === "self" && hear(entry));
  on("conversation", ({ conversation: { head, cursor }, changes }) => {
    if (head.kind !== "self" || cursor === known) return;
    const isNew = known === undefined;
    known = cursor;
    if (!changes || !(changes.notices.length + changes.added.length + changes.updated.length)) missed(isNew);
  });
}

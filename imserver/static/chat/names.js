/** Whoever runs the server. */
export const STAFF = "00000000-0000-0000-0000-000000000000";

/** @param {import("../im-client.js").Conversation} conversation @param {import("../im-client.js").Client} client */
export function titleOf({ head }, client) {
  if (head.kind === "self") return "Notes to self";
  const remark = head.peer && client.friends.get(head.peer.id)?.remark;
  return remark || head.title || head.peer?.display_name || "Conversation";
}

/**
 * How somebody is called here: oneself "You", others as this person knows them. Nothing while nobody knows.
 * @param {import("../im-client.js").Client} client @param {string} person
 * @param {import("../im-client.js").Conversation} [conversation] in which
 */
export function nameOf(client, person, conversation) {
  if (person === client.user.id) return "You";
  if (conversation?.head.peer?.id === person) return titleOf(conversation, client);
  const inGroup = conversation?.head.kind === "group" && client.groups.nameOf(conversation.id, person);
  return inGroup || client.friends.get(person)?.remark || client.people.get(person)?.display_name;
}

/**
 * As in "You, Ann and 3 others".
 * @param {(string | undefined)[]} names @param {number} [count] of all @param {number} [most] names
 */
export function listed(names, count = names.length, most = 20) {
  const known = names.filter((name) => name !== undefined).slice(0, most);
  const rest = count - known.length;
  const others = rest === 1 ? "1 other" : `${rest} others`;
  if (!known.length) return rest === 1 ? "1 person" : `${rest} people`;
  const all = rest ? [...known, others] : known;
  return all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : all[0];
}

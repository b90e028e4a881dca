import { attempt } from "../attempt.js";
import { confirm } from "../dialog.js";
import { openChat } from "../direct-chat.js";
import { PersonActions } from "../person-actions.js";
import { transfer } from "./deeds.js";
import { openBan, openMute } from "./measures.js";

const RANK = { member: 0, admin: 1, owner: 2 };

/**
 * What can be done about a member; the server decides again.
 *
 * @typedef {import("../../im-client.js").Client} Client
 * @typedef {import("../../im-client/types.js").Group} Group
 * @typedef {import("../../im-client/types.js").Seat} Seat
 * @typedef {import("../menu.js").Item} Item
 * @param {{ client: Client, id: string, close: () => void }} place
 * @param {Seat} seat @param {Group} group @returns {Item[]}
 */
export function memberItems({ client, id, close }, seat, group) {
  const { person } = seat;
  if (person.id === client.user.id) return [];
  const name = client.groups.nameOf(id, person.id) ?? person.display_name;
  const items = [];
  if (client.friends.mayWrite(person.id))
    items.push({ label: "Write a message", icon: "reply", act: () => attempt(() => openChat(client, person.id, close)) });
  if (client.friends.standing(person.id) === "stranger" && !client.friends.hasBlocked(person.id))
    items.push({ label: "Add friend…", icon: "befriend", act: () => new PersonActions(client).ask(person, "group") });
  if (group.dismissed || RANK[group.role] <= RANK[seat.role]) return items;
  if (group.role === "owner") items.push(...offices(client, id, seat, name));
  return [...items, ...measures(client, id, seat, name)];
}

/**
 * By the owner alone.
 * @param {Client} client @param {string} id @param {Seat} seat @param {string} name @returns {Item[]}
 */
function offices(client, id, { person, role }, name) {
  const other = role === "admin" ? "member" : "admin";
  const give = () => transfer(client, id, person.id, name);
  return [
    {
      label: other === "admin" ? "Make admin" : "Make a member again",
      icon: "shield",
      act: () => attempt(() => client.groups.appoint(id, person.id, other)),
    },
    { label: "Make owner…", icon: "key", act: give },
  ];
}

/** @param {Client} client @param {string} id @param {Seat} seat @param {string} name @returns {Item[]} */
function measures(client, id, { person, muted_until }, name) {
  const isMuted = muted_until && Date.parse(muted_until) > client.now();
  const unmute = () => attempt(() => client.groups.mute(id, person.id, null));
  return [
    isMuted
      ? { label: "Let write again", icon: "unmute", act: unmute }
      : { label: "Mute…", icon: "mute", act: () => openMute(client, id, person.id, name) },
    { label: "Remove…", icon: "unfriend", danger: true, act: () => remove(client, id, person.id, name) },
    { label: "Ban…", icon: "block", danger: true, act: () => openBan(client, id, person.id, name) },
  ];
}

/** @param {Client} client @param {string} id @param {string} person @param {string} name */
async function remove(client, id, person, name) {
  const text = `${name} gets nothing of it any more, keeps what is there to be read, and may be added again.`;
  if (await confirm({ title: `Remove ${name}?`, text, action: "Remove" }))
    await attempt(() => client.groups.remove(id, person));
}

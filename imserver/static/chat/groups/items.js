import { openAdd } from "./add.js";
import { openAnnounce } from "./announcement.js";
import { leave } from "./deeds.js";
import { openGroup } from "./info.js";
import { leads, mayInvite } from "./rights.js";

/**
 * What can be done with a group; the server decides again.
 * @typedef {import("../../im-client.js").Client} Client
 * @typedef {import("../../im-client/types.js").Group} Group
 * @param {Client} client @param {string} id @returns {import("../menu.js").Item[]}
 */
export function groupItems(client, id) {
  const group = client.groups.get(id);
  const items = [{ label: "Group info", icon: "info", act: () => openGroup(client, id) }];
  if (!group) return items;
  if (mayInvite(group)) items.push({ label: "Add people…", icon: "befriend", act: () => openAdd(client, id) });
  if (leads(group))
    items.push({
      label: "Announce…",
      icon: "megaphone",
      act: () => openAnnounce(client, id, group.announcement?.text),
    });
  return [...items, { label: "Leave group…", icon: "logout", danger: true, act: () => leave(client, id) }];
}

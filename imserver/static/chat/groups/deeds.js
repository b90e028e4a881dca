import { attempt } from "../attempt.js";
import { confirm } from "../dialog.js";
import { toast } from "../dom.js";
import { openHeir } from "./heir.js";

/** @typedef {import("../../im-client.js").Client} Client */

/** @param {Client} client @param {string} id */
export async function leave(client, id) {
  const group = client.groups.get(id);
  if (!group) return toast("The server cannot be reached. Check your connection and try again.");
  if (group.role === "owner" && group.members > 1 && !group.dismissed)
    return openHeir(client, id, () => attempt(() => client.groups.leave(id)));
  const isLast = group.members === 1 && !group.dismissed;
  const text = isLast
    ? "You are its last member: the group ends with you."
    : "You get nothing of it any more, and its messages are gone from your devices.";
  if (await confirm({ title: `Leave “${group.title}”?`, text, action: "Leave" }))
    await attempt(() => client.groups.leave(id));
}

/** @param {Client} client @param {string} id */
export async function dismiss(client, id) {
  const title = client.groups.get(id)?.title;
  const text = "Nobody can write in it any more, for good. Its members keep what was written.";
  if (await confirm({ title: `Dismiss “${title}”?`, text, action: "Dismiss" }))
    await attempt(() => client.groups.dismiss(id));
}

/** @param {Client} client @param {string} id @param {string} person @param {string} name */
export async function transfer(client, id, person, name) {
  const text = `The group is ${name}’s then, and you stay as an admin.`;
  const agreed = await confirm({ title: `Make ${name} the owner?`, text, action: "Make owner" });
  return agreed && attempt(() => client.groups.transfer(id, person));
}

/** @typedef {import("../../im-client/types.js").Group} Group */

/** Whether one is an admin or the owner of a group that lives. @param {Group} group */
export function leads({ role, dismissed }) {
  return role !== "member" && !dismissed;
}

/** @param {Group} group */
export function mayInvite(group) {
  return leads(group) || (group.members_invite && !group.dismissed);
}

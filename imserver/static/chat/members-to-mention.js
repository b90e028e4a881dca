const MOST = 8;
const EVERYBODY = { id: "all", name: "all", line: "Everybody in this group", names: ["all"] };

/**
 * Who can be named in a group, by how the name begins.
 * @param {import("../im-client.js").Client} client @param {string} group @param {string} name
 * @returns {Promise<import("./mention-box.js").Option[]>}
 */
export async function membersToMention(client, group, name) {
  const [{ items }, mayAll] = await Promise.all([
    client.groups.members(group, { q: name, limit: MOST }),
    mayNameAll(client, group),
  ]);
  const others = items.filter(({ person }) => person.id !== client.user.id);
  const options = others.map(({ person: { id, username, display_name }, nickname }) => ({
    id,
    name: nickname || display_name,
    line: nickname ? `${display_name} · @${username}` : `@${username}`,
    names: [nickname || display_name, display_name, username],
  }));
  return mayAll && "all".startsWith(name.toLowerCase()) ? [...options, EVERYBODY] : options;
}

/** @param {import("../im-client.js").Client} client @param {string} group */
async function mayNameAll({ groups }, group) {
  if (!groups.get(group)) await groups.reread(group);
  const known = groups.get(group);
  return known?.role !== "member" || known.members_mention_all;
}

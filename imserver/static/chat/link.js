import { toast } from "./dom.js";
import { openProfile } from "./profile.js";

/** The user name in an address that somebody has passed on. @param {string} path */
export function linkedName(path) {
  const [, name] = path.match(/^\/u\/([^/]+)\/?$/) ?? [];
  try {
    return name && decodeURIComponent(name).toLowerCase();
  } catch {
    return undefined;
  }
}

/**
 * The conversation with the person whom the address names; from then on the address is the page's own.
 * @param {import("../im-client.js").Client} client @param {string} name
 */
export async function followLink(client, name) {
  let id = "";
  try {
    if (name === client.user.username) openProfile(client);
    else id = await conversationWith(client, name);
  } catch {
    toast("This link cannot be opened right now.");
  }
  history.replaceState(null, "", `/${id && `#${id}`}`);
}

/** @param {import("../im-client.js").Client} client @param {string} name */
async function conversationWith(client, name) {
  const found = await client.directory.findPeople(name);
  const person = found.find(({ username }) => username === name);
  if (person) return (await client.directory.open(person.id)).id;
  toast(`There is nobody with the user name “${name}”.`);
  return "";
}

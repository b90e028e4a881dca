/**
 * Goes to the direct conversation with somebody; the other sees nothing of it yet.
 * @param {import("../im-client.js").Client} client @param {string} person @param {() => void} [found] before it is opened
 */
export async function openChat(client, person, found = () => {}) {
  const { id } = await client.directory.open(person);
  found();
  location.hash = id;
}

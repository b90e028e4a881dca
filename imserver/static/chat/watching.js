const GATHER = 300;

/**
 * Whose coming and going the page shows: with whom one talks, the newest conversations first, then all other friends.
 * @typedef {import("../im-client.js").Client} Client
 * @param {Client} client @param {AbortSignal} signal
 */
export function watchPeople(client, signal) {
  /** @type {any} */
  let timer = null;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = null;
      client.presence.watch(peopleOf(client));
    }, GATHER);
  };
  for (const type of ["ready", "conversation", "removed"]) client.addEventListener(type, soon, { signal });
  client.friends.addEventListener("change", soon, { signal });
  addEventListener("hashchange", soon, { signal });
}

/** @param {Client} client */
function peopleOf(client) {
  const { friends } = client;
  const open = client.get(location.hash.slice(1));
  const peers = [open, ...client.list()].flatMap((conversation) => conversation?.head.peer?.id ?? []);
  const people = new Set([...peers, ...friends.list().map(({ person }) => person.id)]);
  return [...people].filter((id) => id !== client.user.id && !friends.hasBlocked(id));
}

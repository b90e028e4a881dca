import { SelfLists } from "./self-lists.js";

/**
 * The lists of friends, requests and blocks.
 *
 * Events: `change`, and `news` {what: asked | accepted, person, at}: somebody asked to be a friend, or agreed to it,
 * perhaps long ago.
 *
 * @typedef {import("./types.js").Friend} Friend
 * @typedef {import("./types.js").FriendRequest} FriendRequest
 * @typedef {import("./types.js").Block} Block
 * @typedef {{ friends: Map<string, Friend>, requests: Map<string, FriendRequest>, blocks: Map<string, Block> }} Lists
 *   friends and blocks by the person's id, requests by their own
 */
export class FriendLists extends SelfLists {
  /** @type {Lists["friends"]} */
  friends = new Map();
  /** @type {Lists["requests"]} */
  requests = new Map();
  /** @type {Lists["blocks"]} */
  blocks = new Map();

  async read() {
    const paths = ["/v1/friends", "/v1/friend-requests", "/v1/blocks"];
    const [friends, requests, blocks] = await Promise.all(paths.map((path) => this.all(path)));
    const before = { friends: this.friends, requests: this.requests };
    this.friends = new Map(friends.map((friend) => [friend.person.id, friend]));
    this.requests = new Map(requests.map((request) => [request.id, request]));
    this.blocks = new Map(blocks.map((block) => [block.person.id, block]));
    for (const detail of newsSince(before, this)) this.tell("news", detail);
  }

  /** @param {import("./types.js").Entry} entry */
  apply(entry) {
    return apply(this, entry);
  }

  /** @param {import("./types.js").Entry} entry */
  hear(entry) {
    const detail = newsOf(this, entry);
    super.hear(entry);
    if (detail) this.tell("news", detail);
  }
}

/**
 * What another person did; one's own doing, on whatever device, is no news.
 * @param {Lists} lists @param {import("./types.js").Entry} entry
 */
function newsOf({ requests }, { kind, content, created_at: at }) {
  if (kind === "friend.requested" && content?.request.incoming && !requests.has(content.request.id))
    return { what: "asked", person: content.request.person, at };
  const isMine = (/** @type {string} */ id) => requests.get(id)?.incoming === false;
  if (kind === "friend.accepted" && content?.requests.some(isMine))
    return { what: "accepted", person: content.friend.person, at };
  return null;
}

/**
 * The same where a reading shows it before the entry has come, or in its place.
 * @param {Pick<Lists, "friends" | "requests">} before @param {Pick<Lists, "friends" | "requests">} now
 */
function newsSince(before, now) {
  const asked = [...now.requests.values()].filter(({ id, incoming }) => incoming && !before.requests.has(id));
  const outgoing = [...before.requests.values()].filter(({ incoming }) => !incoming);
  const accepted = outgoing.flatMap(({ person: { id } }) => (before.friends.has(id) ? [] : now.friends.get(id) ?? []));
  return [
    ...asked.map(({ person, asked_at: at }) => ({ what: "asked", person, at })),
    ...accepted.map(({ person, since: at }) => ({ what: "accepted", person, at })),
  ];
}

/** @param {Lists} lists @param {import("./types.js").Entry} entry @returns {boolean} whether it was about them */
function apply({ friends, requests, blocks }, { kind, content }) {
  if (!content) return false;
  const { friend, request, block, person } = content;
  if (kind === "friend.requested") requests.set(request.id, request);
  else if (kind === "request.closed") requests.delete(request);
  else if (kind === "friend.accepted") {
    friends.set(friend.person.id, friend);
    for (const id of content.requests) requests.delete(id);
  } else if (kind === "friend.updated") friends.set(friend.person.id, friend);
  else if (kind === "friend.removed") friends.delete(person);
  else if (kind === "person.blocked") blocks.set(block.person.id, block);
  else if (kind === "person.unblocked") blocks.delete(person);
  else return false;
  return true;
}

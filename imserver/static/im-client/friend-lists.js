import { Backoff, coalesced, sleep } from "./backoff.js";

const PAGE = 200;

/**
 * The lists of friends, requests and blocks: read at every welcome, then kept by the entries of the self conversation.
 * Entries that come during a reading are applied once more after it: the pages may be older or newer than they are.
 *
 * Events: `change`, and `news` {what: asked | accepted, person, at}: somebody asked to be a friend, or agreed to it.
 *
 * @typedef {import("./types.js").Friend} Friend
 * @typedef {import("./types.js").FriendRequest} FriendRequest
 * @typedef {import("./types.js").Block} Block
 * @typedef {{ friends: Map<string, Friend>, requests: Map<string, FriendRequest>, blocks: Map<string, Block> }} Lists
 *   friends and blocks by the person's id, requests by their own
 */
export class FriendLists extends EventTarget {
  /** @type {Lists["friends"]} */
  friends = new Map();
  /** @type {Lists["requests"]} */
  requests = new Map();
  /** @type {Lists["blocks"]} */
  blocks = new Map();
  /** Whether they have been read. */
  loaded = false;
  /** Why the last reading failed. @type {import("./errors.js").ImError | null} */
  error = null;
  /** What came in during a reading. @type {any[] | null} */
  #meanwhile = null;
  /** Of the self conversation. @type {number | undefined} */
  #cursor;
  #wanted = false;

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    super();
    this.client = client;
    /** @param {EventTarget} source @param {string} type @param {(detail: any) => void} handle */
    const on = (source, type, handle) =>
      source.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
    on(client.connection, "welcome", () => this.#want());
    on(client, "conversation", ({ conversation, changes }) => this.#follow(conversation, changes));
    on(client, "notice", ({ conversation, entry }) => conversation.head.kind === "self" && this.#hear(entry));
  }

  /** Reads all three again. */
  refresh = coalesced(async () => {
    const backoff = new Backoff();
    while (this.client.connection.online && !(await this.#read()))
      await sleep(this.error?.retryAfter || backoff.next());
  });

  /** @returns {Promise<boolean>} */
  async #read() {
    this.#meanwhile = [];
    try {
      const paths = ["/v1/friends", "/v1/friend-requests", "/v1/blocks"];
      const [friends, requests, blocks] = await Promise.all(paths.map((path) => this.#all(path)));
      this.friends = new Map(friends.map((friend) => [friend.person.id, friend]));
      this.requests = new Map(requests.map((request) => [request.id, request]));
      this.blocks = new Map(blocks.map((block) => [block.person.id, block]));
      for (const entry of this.#meanwhile) apply(this, entry);
      this.loaded = true;
      this.error = null;
    } catch (error) {
      this.error = /** @type {import("./errors.js").ImError} */ (error);
    }
    this.#meanwhile = null;
    this.#changed();
    return !this.error;
  }

  /** @param {string} path @returns {Promise<any[]>} */
  async #all(path) {
    const found = [];
    let after = "";
    do {
      const { items, next } = await this.client.session.call("GET", `${path}?limit=${PAGE}${after}`);
      found.push(...items);
      after = next ? `&after=${next}` : "";
    } while (after);
    return found;
  }

  /** @param {import("./types.js").Entry} entry */
  #hear(entry) {
    this.#meanwhile?.push(entry);
    const detail = newsOf(this, entry);
    if (apply(this, entry)) this.#changed();
    if (detail) this.dispatchEvent(new CustomEvent("news", { detail }));
  }

  /**
   * A head can move the cursor over entries that nobody has seen.
   * @param {import("./conversation.js").Conversation} conversation
   * @param {import("./conversation.js").Changes} [changes]
   */
  #follow({ head, cursor }, changes) {
    if (head.kind !== "self" || cursor === this.#cursor) return;
    this.#cursor = cursor;
    if (!changes || !(changes.notices.length + changes.added.length + changes.updated.length)) this.#want();
  }

  /** What one welcome asks for in several ways is read once. */
  #want() {
    if (this.#wanted) return;
    this.#wanted = true;
    queueMicrotask(() => {
      this.#wanted = false;
      this.refresh();
    });
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * What another person did; one's own doing, on whatever device, is no news.
 * @param {Lists} lists @param {import("./types.js").Entry} entry
 */
function newsOf({ requests }, { kind, content, created_at: at }) {
  if (kind === "friend.requested" && content?.request.incoming)
    return { what: "asked", person: content.request.person, at };
  const isMine = (/** @type {string} */ id) => requests.get(id)?.incoming === false;
  if (kind === "friend.accepted" && content?.requests.some(isMine))
    return { what: "accepted", person: content.friend.person, at };
  return null;
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

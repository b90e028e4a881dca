import { FriendLists } from "./friend-lists.js";

/** Refusals that say: the lists here are behind. */
const BEHIND = ["request_gone", "not_a_friend", "already_friends", "blocked_by_you"];

/**
 * What this person and others are to each other, and what can be done about it, by REST. What was done shows in the
 * lists once the self conversation tells of it, as it does on all other devices.
 *
 * @typedef {import("./types.js").Person} Person
 * @typedef {import("./types.js").Friend} Friend
 * @typedef {import("./types.js").FriendRequest} FriendRequest
 * @typedef {import("./types.js").Block} Block
 * @typedef {"friend" | "incoming" | "outgoing" | "stranger" | "unknown"} Standing   unknown: not read yet
 */
export class Friends extends FriendLists {
  /** What a person is called here: by the remark, if there is one. @param {Person} person */
  nameOf({ id, display_name }) {
    return this.get(id)?.remark || display_name;
  }

  /** What one has noted of a friend. @param {string} person */
  get(person) {
    return this.friends.get(person);
  }

  /** Pinned ones first, then by what they are called. */
  list() {
    const named = [...this.friends.values()].map((friend) => ({ friend, name: this.nameOf(friend.person) }));
    named.sort((one, other) => rank(one.friend) - rank(other.friend) || one.name.localeCompare(other.name));
    return named.map(({ friend }) => friend);
  }

  get incoming() {
    return this.#asked(true);
  }

  get outgoing() {
    return this.#asked(false);
  }

  /** The latest first. */
  blocked() {
    return [...this.blocks.values()].sort((one, other) => other.at.localeCompare(one.at));
  }

  tags() {
    return [...new Set(this.list().flatMap(({ tags }) => tags))].sort((one, other) => one.localeCompare(other));
  }

  /** @param {string} person @returns {Standing} */
  standing(person) {
    if (!this.loaded) return "unknown";
    if (this.friends.has(person)) return "friend";
    if (this.requestOf(person, true)) return "incoming";
    return this.requestOf(person, false) ? "outgoing" : "stranger";
  }

  /** @param {string} person @param {boolean} incoming */
  requestOf(person, incoming) {
    return this.#asked(incoming).find((request) => request.person.id === person);
  }

  /** @param {string} person */
  hasBlocked(person) {
    return this.blocks.has(person);
  }

  /** Whether one may write to a person, as far as this side can tell. @param {string} person */
  mayWrite(person) {
    if (this.hasBlocked(person)) return false;
    return !this.client.limits.friends_only || !this.loaded || this.friends.has(person);
  }

  /** @param {string} user @param {{ message?: string, source?: string }} [words] */
  ask(user, { message = "", source = "" } = {}) {
    return this.#call("POST", "/v1/friend-requests", { user, message, source });
  }

  /** @param {string} request */
  accept(request) {
    return this.#call("POST", `/v1/friend-requests/${request}/accept`);
  }

  /** Who asked hears nothing of it. @param {string} request */
  decline(request) {
    return this.#call("POST", `/v1/friend-requests/${request}/decline`);
  }

  /** Takes an own request back. @param {string} request */
  cancel(request) {
    return this.#call("DELETE", `/v1/friend-requests/${request}`);
  }

  /** Notes something that the friend never sees. @param {string} user @param {Partial<Friend>} notes */
  update(user, notes) {
    return this.#call("PATCH", `/v1/friends/${user}`, notes);
  }

  /** Ends the friendship, for both. @param {string} user */
  remove(user) {
    return this.#call("DELETE", `/v1/friends/${user}`);
  }

  /** @param {string} user */
  block(user) {
    return this.#call("PUT", `/v1/blocks/${user}`);
  }

  /** @param {string} user */
  unblock(user) {
    return this.#call("DELETE", `/v1/blocks/${user}`);
  }

  /** @param {string} tag @param {string} name */
  renameTag(tag, name) {
    return this.#call("PATCH", `/v1/friend-tags/${encodeURIComponent(tag)}`, { name });
  }

  /** @param {string} tag */
  removeTag(tag) {
    return this.#call("DELETE", `/v1/friend-tags/${encodeURIComponent(tag)}`);
  }

  /** @param {boolean} incoming @returns {FriendRequest[]} the latest first */
  #asked(incoming) {
    const found = [...this.requests.values()].filter((request) => request.incoming === incoming);
    return found.sort((one, other) => other.asked_at.localeCompare(one.asked_at));
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #call(method, path, body) {
    try {
      return await this.client.session.call(method, path, body);
    } catch (error) {
      if (BEHIND.includes(/** @type {any} */ (error).code)) this.refresh();
      throw error;
    }
  }
}

/** @param {Friend} friend */
function rank({ pinned }) {
  return pinned ? 0 : 1;
}

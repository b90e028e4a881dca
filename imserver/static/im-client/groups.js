import { GroupLists } from "./group-lists.js";
import { uuid7 } from "./uuid.js";

/** Refusals that say: what is known here of this group is behind. */
const BEHIND = ["needs_role", "outranked", "not_in_group", "group_dismissed", "join_gone", "invitation_gone"];

/**
 * Groups and what can be done with them, by REST. What was done shows once the log tells of it, as on other devices.
 *
 * @typedef {import("./types.js").Group} Group
 * @typedef {import("./types.js").Seat} Seat
 * @typedef {import("./types.js").GroupLink} Link
 */
export class Groups extends GroupLists {
  /**
   * How somebody is called in a group; nothing where it is not known yet.
   * @param {string} group @param {string} person
   */
  nameOf(group, person) {
    const { friends, people } = this.client;
    const remark = friends.get(person)?.remark;
    return remark || this.seat(group, person)?.nickname || people.get(person)?.display_name;
  }

  /** The latest first. */
  invited() {
    return [...this.invitations.values()].sort((one, other) => other.at.localeCompare(one.at));
  }

  /** Into which groups one has asked to come, the latest first. */
  asked() {
    return [...this.requests.values()].filter(this.isOwn).sort((one, other) => other.at.localeCompare(one.at));
  }

  /** Who asks to join a group. @param {string} id */
  asking(id) {
    return [...this.requests.values()].filter((request) => request.group === id && !this.isOwn(request));
  }

  /** @param {{ title: string, members?: string[] } & Partial<Group>} wanted @param {string} [key] makes it once */
  async create(wanted, key = uuid7(this.client.now())) {
    const made = await this.#call("POST", "/v1/groups", wanted, { "Idempotency-Key": key });
    this.take(made.group);
    return made;
  }

  /** @param {string} id @param {Partial<Group>} changes */
  update(id, changes) {
    return this.#group(id, "PATCH", "", changes);
  }

  /** It stays readable, and is closed for good. @param {string} id */
  dismiss(id) {
    return this.#about(id, "DELETE", "");
  }

  /**
   * @param {string} id @param {{ after?: string, q?: string, limit?: number }} [page]
   * @returns {Promise<{ items: Seat[], next: string | null }>}
   */
  async members(id, page = {}) {
    const said = Object.entries(page).filter(([, value]) => value);
    const moves = this.moves(id);
    const query = new URLSearchParams(said.map(([name, value]) => [name, String(value)]));
    const found = await this.#about(id, "GET", `/members?${query}`);
    this.learn(id, found.items, moves);
    return found;
  }

  /** Answers who is `added`, and who is `invited`. @param {string} id @param {string[]} users */
  add(id, users) {
    return this.#about(id, "POST", "/members", { users });
  }

  /** @param {string} id @param {string} user */
  remove(id, user) {
    return this.#about(id, "DELETE", `/members/${user}`);
  }

  /** @param {string} id @param {string} user @param {"admin" | "member"} role */
  appoint(id, user, role) {
    return this.#about(id, "PATCH", `/members/${user}`, { role });
  }

  /** @param {string} id @param {string} user @param {string | null} until null: may write again */
  mute(id, user, until) {
    return this.#about(id, "PATCH", `/members/${user}`, { muted_until: until });
  }

  /** @param {string} id */
  leave(id) {
    return this.#about(id, "POST", "/leave");
  }

  /** @param {string} id @param {string} user */
  transfer(id, user) {
    return this.#about(id, "POST", "/transfer", { user });
  }

  /** @param {string} id @returns {Promise<import("./types.js").Ban[]>} */
  async bans(id) {
    return (await this.#about(id, "GET", "/bans")).items;
  }

  /** @param {string} id @param {string} user @param {{ until?: string | null, reason?: string }} [why] */
  ban(id, user, why = {}) {
    return this.#about(id, "PUT", `/bans/${user}`, why);
  }

  /** @param {string} id @param {string} user */
  unban(id, user) {
    return this.#about(id, "DELETE", `/bans/${user}`);
  }

  /** In the place of the one before; empty takes it away. @param {string} id @param {string} text */
  announce(id, text) {
    return this.#group(id, "PUT", "/announcement", { text });
  }

  /** @param {string} id @param {number} number */
  readAnnouncement(id, number) {
    return this.#about(id, "POST", "/announcement/read", { number });
  }

  /** How many have read it. @param {string} id @returns {Promise<{ number: number, readers: number }>} */
  announcementReaders(id) {
    return this.#about(id, "GET", "/announcement/readers");
  }

  /** Who was asked into a group and has not answered. @param {string} id */
  async invitationsTo(id) {
    return (await this.#about(id, "GET", "/invitations")).items;
  }

  /** @param {string} invitation @returns {Promise<Group>} */
  async accept(invitation) {
    return (await this.#call("POST", `/v1/group-invitations/${invitation}/accept`)).group;
  }

  /** Who invited hears nothing of it. @param {string} invitation */
  decline(invitation) {
    return this.#call("POST", `/v1/group-invitations/${invitation}/decline`);
  }

  /** @param {string} invitation */
  withdraw(invitation) {
    return this.#call("DELETE", `/v1/group-invitations/${invitation}`);
  }

  /** @param {string} id @param {string} [message] */
  askToJoin(id, message = "") {
    return this.#about(id, "POST", "/join-requests", { message });
  }

  /** @param {string} id */
  takeBackRequest(id) {
    return this.#about(id, "DELETE", "/join-requests");
  }

  /** @param {string} id @param {string} user */
  approve(id, user) {
    return this.#about(id, "POST", `/join-requests/${user}/approve`);
  }

  /** @param {string} id @param {string} user */
  declineRequest(id, user) {
    return this.#about(id, "POST", `/join-requests/${user}/decline`);
  }

  /** @param {string} id @returns {Promise<Link[]>} */
  async links(id) {
    return (await this.#about(id, "GET", "/links")).items;
  }

  /**
   * @param {string} id
   * @param {{ expires_at?: string | null, most_uses?: number | null, needs_approval?: boolean }} terms
   */
  async makeLink(id, terms = {}) {
    return /** @type {Link} */ ((await this.#about(id, "POST", "/links", terms)).link);
  }

  /** @param {string} id @param {string} token */
  revokeLink(id, token) {
    return this.#about(id, "DELETE", `/links/${encodeURIComponent(token)}`);
  }

  /** An SVG picture, as text. @param {string} id @param {string} token @returns {Promise<string>} */
  qrCode(id, token) {
    return this.#about(id, "GET", `/links/${encodeURIComponent(token)}/qr.svg`);
  }

  /** Where a link leads. @param {string} token */
  look(token) {
    return this.#call("GET", `/v1/group-links/${encodeURIComponent(token)}`);
  }

  /**
   * Answers the `group`, or the `request` where an admin has to agree.
   * @param {string} token @param {string} [message]
   */
  join(token, message = "") {
    return this.#call("POST", `/v1/group-links/${encodeURIComponent(token)}/join`, { message });
  }

  /** @param {string} id @param {string} method @param {string} path @param {object} body @returns {Promise<Group>} */
  async #group(id, method, path, body) {
    const { group } = await this.#about(id, method, path, body);
    this.take(group);
    return group;
  }

  /** @param {string} id @param {string} method @param {string} path @param {object} [body] */
  async #about(id, method, path, body) {
    try {
      return await this.#call(method, `/v1/groups/${id}${path}`, body);
    } catch (error) {
      if (this.groups.has(id) && isBehind(error)) this.reread(id).catch(() => {});
      throw error;
    }
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {Record<string, string>} [headers] */
  async #call(method, path, body, headers) {
    try {
      return await this.client.session.call(method, path, body, headers);
    } catch (error) {
      if (isBehind(error)) this.refresh();
      throw error;
    }
  }
}

/** @param {any} error */
function isBehind({ code }) {
  return BEHIND.includes(code);
}

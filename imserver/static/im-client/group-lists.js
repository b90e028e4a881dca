import { isNotice } from "./notices.js";
import { SelfLists } from "./self-lists.js";

const OWN = ["/v1/group-invitations", "/v1/group-join-requests"];
const FIRST_PAGE = 200;
const BACK = 200;
const GATHER = 50;
/** A crowd that hears the same does not ask at once: milliseconds for each member, and at most. */
const SPREAD = 3;
const SPREAD_MOST = 15_000;

/**
 * One's own invitations, and of the groups that are open on this device: what they say of themselves, who asks to join,
 * what their people are called. Read at a welcome and when a group is opened, then kept by the notices.
 *
 * Events: `change`; `group` {id, entry}: something happened in a group, so lists of it may be asked for again;
 * `news` {what: invited | asked | answered, ...}: somebody else did something that concerns this person.
 *
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Group} Group
 * @typedef {import("./types.js").Seat} Seat
 * @typedef {import("./types.js").Invitation} Invitation
 * @typedef {import("./types.js").JoinRequest} JoinRequest
 */
export class GroupLists extends SelfLists {
  /** One's own open ones, by id. @type {Map<string, Invitation>} */
  invitations = new Map();
  /** By id: one's own, and those to groups that are open here, of which one is an admin. @type {Map<string, JoinRequest>} */
  requests = new Map();
  /** @type {Map<string, Group>} */
  groups = new Map();
  /** @type {Map<string, Map<string, Seat>>} group -> person -> seat, as far as they have been read */
  #seats = new Map();
  /** @type {Set<string>} */
  #opened = new Set();
  /** Groups whose seats changed without saying whose. @type {Set<string>} */
  #stale = new Set();
  /** @type {Map<string, any>} */
  #timers = new Map();
  /** How often a group was heard of: an answer that was overtaken does not count. @type {Map<string, number>} */
  #heard = new Map();
  /** How often its seats have changed. @type {Map<string, number>} */
  #moves = new Map();

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    super(client);
    this.on(client, "notice", ({ conversation, entry }) => {
      if (conversation.head.kind === "group") this.#inGroup(conversation, entry);
    });
    this.on(client, "conversation", ({ conversation, changes }) => {
      if (conversation.head.kind === "group" && changes?.reset) this.#skipped(conversation.id);
    });
    this.on(client.connection, "welcome", () => this.isFresh && this.#reopen());
    for (const end of ["parted", "removed"]) this.on(client, end, ({ id }) => this.#forget(id));
    this.on(client, "returned", ({ id }) => this.#opened.has(id) && this.open(id));
  }

  /** What a group says of itself, where it is open. @param {string} id */
  get(id) {
    return this.groups.get(id);
  }

  /** @param {string} group @param {string} person @returns {Seat | undefined} */
  seat(group, person) {
    return this.#seats.get(group)?.get(person);
  }

  /** From now on it is kept up to date. @param {string} id */
  async open(id) {
    this.#opened.add(id);
    if (this.client.get(id)?.head.former) return;
    await Promise.all([this.reread(id), this.#readSeats(id)]).catch(() => {}); // offline: the next welcome reads it
  }

  /** @param {string} id */
  close(id) {
    this.#opened.delete(id);
  }

  async read() {
    const [invited, asked] = await Promise.all(OWN.map((path) => this.client.session.call("GET", path)));
    this.invitations = new Map(invited.items.map((/** @type {Invitation} */ one) => [one.id, one]));
    this.#replace(this.isOwn, asked.items);
    this.#reopen();
  }

  /** @param {JoinRequest} request */
  isOwn = ({ person }) => person.id === this.client.user.id;

  /** @param {(request: JoinRequest) => boolean} are @param {JoinRequest[]} now */
  #replace(are, now) {
    for (const [id, request] of this.requests) if (are(request)) this.requests.delete(id);
    for (const request of now) this.requests.set(request.id, request);
  }

  /** Of others. @param {string} id @param {JoinRequest[]} now */
  #replaceIn(id, now) {
    this.#replace((request) => request.group === id && !this.isOwn(request), now);
  }

  #reopen() {
    for (const id of this.#opened) this.open(id);
  }

  /** Asks what a group says of itself now, and as an admin who wants to join. @param {string} id */
  async reread(id) {
    const heard = (this.#heard.get(id) ?? 0) + 1;
    this.#heard.set(id, heard);
    const { group } = await this.client.session.call("GET", `/v1/groups/${id}`);
    const leads = group.role !== "member" && !group.dismissed;
    const asked = leads ? await this.client.session.call("GET", `/v1/groups/${id}/join-requests`) : { items: [] };
    if (this.#heard.get(id) !== heard) return;
    this.#replaceIn(id, asked.items);
    this.take(group);
  }

  /** @param {Group} group */
  take(group) {
    this.groups.set(group.id, group);
    this.changed();
  }

  /** How often the seats of a group have changed, as it was heard. @param {string} group */
  moves(group) {
    return this.#moves.get(group) ?? 0;
  }

  /** @param {string} group @param {Seat[]} seats @param {number} moves by the time they were asked for */
  learn(group, seats, moves) {
    const known = this.#seats.get(group);
    const isOvertaken = moves !== this.moves(group);
    if (!isOvertaken || !known) this.#seats.set(group, new Map([...(known ?? []), ...seats.map(byPerson)]));
    if (isOvertaken) this.#mistrust(group);
    this.client.people.learn(seats.map(({ person }) => person));
    this.changed();
  }

  /** The notices before the first that came by, where there are not too many entries. @param {string} id */
  async readNotices(id) {
    const conversation = this.client.get(id);
    if (!conversation || conversation.notices.asked || conversation.head.former) return;
    const { rev, from_rev = 0, floor_rev = 0 } = conversation.head;
    const after_rev = Math.max(from_rev, floor_rev, rev - BACK);
    const { items } = await this.client.connection.request("pull", { conversation: id, after_rev, limit: BACK });
    conversation.notices.put(items.filter(isNotice));
    conversation.notices.asked = true;
    this.client.replica.changed(conversation);
  }

  /** @param {Entry} entry */
  apply({ kind, content }) {
    if (!content) return false;
    if (kind === "invitation.received") this.invitations.set(content.invitation.id, content.invitation);
    else if (kind === "invitation.closed") this.invitations.delete(content.invitation);
    else if (kind === "join.requested") this.requests.set(content.request.id, content.request);
    else if (kind === "join.closed") this.requests.delete(content.request);
    else if (kind === "announcement.read") this.#readAnnouncement(content.group, content.number);
    else return false;
    return true;
  }

  /** @param {Entry} entry */
  hear(entry) {
    const detail = newsOf(this, entry);
    super.hear(entry);
    if (detail) this.tell("news", detail);
  }

  /** @param {import("./conversation.js").Conversation} conversation @param {Entry} entry */
  #inGroup(conversation, entry) {
    const { id, head } = conversation;
    if (entry.kind === "group.updated" && entry.content?.title) {
      head.title = entry.content.title;
      this.client.shelf.touch(conversation);
    }
    const group = this.groups.get(id);
    if (group) this.groups.set(id, applied(group, entry, this.client.user.id));
    this.#sit(id, entry);
    if (this.#opened.has(id)) this.#soon(id);
    this.tell("group", { id, entry });
    this.changed();
  }

  /** @param {string} id @param {Entry} entry */
  #sit(id, { kind, content, created_at: joined_at }) {
    if (kind.startsWith("member")) this.#moves.set(id, this.moves(id) + 1);
    if (kind === "members.changed") this.#stale.add(id);
    const seats = this.#seats.get(id);
    if (kind === "member.joined") this.#seatNewcomer(seats, content, joined_at);
    const seat = seats?.get(content?.user);
    if (!seats || !seat) return;
    if (kind === "member.left") seats.delete(content?.user);
    else if (kind === "member.role") seats.set(content?.user, { ...seat, role: content?.role });
    else if (kind === "member.muted") seats.set(content?.user, { ...seat, muted_until: content?.until });
    else if (kind === "member.named") seats.set(content?.user, { ...seat, nickname: content?.nickname });
  }

  /** @param {Map<string, Seat> | undefined} seats @param {any} content @param {string} joined_at */
  #seatNewcomer(seats, { user, muted_until = null }, joined_at) {
    const person = seats && this.client.people.get(user);
    if (person) seats.set(user, { person, nickname: "", role: "member", joined_at, muted_until });
  }

  /** Nobody here has seen what happened in between. @param {string} id */
  #skipped(id) {
    this.#moves.set(id, this.moves(id) + 1);
    this.#mistrust(id);
    if (this.#opened.has(id)) this.readNotices(id).catch(() => {}); // offline: the next welcome reads it
  }

  /** @param {string} id */
  #mistrust(id) {
    this.#stale.add(id);
    if (this.#opened.has(id)) this.#soon(id);
  }

  /** Who is how many, and what only the reader's own eyes see, the notices do not say. @param {string} id */
  #soon(id) {
    this.#heard.set(id, (this.#heard.get(id) ?? 0) + 1);
    if (this.#timers.has(id)) return;
    const spread = Math.min(SPREAD_MOST, SPREAD * (this.groups.get(id)?.members ?? 0));
    const ask = () => {
      this.#timers.delete(id);
      Promise.all([this.reread(id), this.#stale.has(id) && this.#readSeats(id)]).catch(() => {});
    };
    this.#timers.set(id, setTimeout(ask, GATHER + Math.random() * spread));
  }

  /** @param {string} id */
  async #readSeats(id) {
    if (this.#seats.has(id) && !this.#stale.delete(id)) return;
    const moves = this.moves(id);
    try {
      const { items } = await this.members(id, { limit: FIRST_PAGE });
      if (moves === this.moves(id)) this.#seats.set(id, new Map(items.map(byPerson)));
    } catch (error) {
      this.#stale.add(id);
      throw error;
    }
    this.changed();
  }

  /** @param {string} _id @param {object} _options @returns {Promise<{ items: Seat[] }>} */
  async members(_id, _options) {
    return { items: [] };
  }

  /** @param {string} id @param {number} number */
  #readAnnouncement(id, number) {
    const group = this.groups.get(id);
    const said = group?.announcement;
    if (group && said) this.groups.set(id, { ...group, announcement: { ...said, read: number >= said.number } });
  }

  /** @param {string} id */
  #forget(id) {
    for (const held of [this.groups, this.#seats, this.#heard, this.#moves]) held.delete(id);
    this.#stale.delete(id);
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#replaceIn(id, []);
    this.changed();
  }
}

/** @param {Seat} seat @returns {[string, Seat]} */
function byPerson(seat) {
  return [seat.person.id, seat];
}

/** @param {Group} group @param {Entry} entry @param {string} me @returns {Group} */
function applied(group, { kind, content }, me) {
  const isMine = content?.user === me;
  if (kind === "group.dismissed") return { ...group, dismissed: true };
  if (kind === "member.role" && isMine) return { ...group, role: content?.role };
  if (kind === "member.joined" && isMine) return { ...group, muted_until: content?.muted_until ?? null };
  if (kind === "member.muted" && isMine) return { ...group, muted_until: content?.until };
  if (kind !== "group.updated") return group;
  const { announcement, announcement_number: _, ...changed } = content ?? {};
  return announcement === "" ? { ...group, ...changed, announcement: null } : { ...group, ...changed };
}

/** @param {GroupLists} lists @param {Entry} entry */
function newsOf({ client }, { kind, content, sender, created_at: at }) {
  if (kind === "invitation.received") return { what: "invited", invitation: content?.invitation, at };
  if (kind === "join.requested" && sender !== client.user.id) return { what: "asked", request: content?.request, at };
  const isMine = kind === "join.closed" && content?.person === client.user.id && content?.state !== "cancelled";
  return isMine ? { what: "answered", state: content?.state, group: content?.group, at } : null;
}

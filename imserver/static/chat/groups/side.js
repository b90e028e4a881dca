import { length, until } from "../times.js";
import { AnnouncementBar } from "./announcement.js";
import { membersInWords } from "./names.js";
import { openGroup } from "./info.js";
import { groupItems } from "./items.js";
import { leads } from "./rights.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/**
 * What an open conversation shows because it is a group: what is announced, how many there are, why one may not write.
 * @typedef {import("../../im-client.js").Client} Client
 * @typedef {import("../../im-client.js").Conversation} Conversation
 */
export class GroupSide {
  /** @type {any} */
  #timer = null;

  /**
   * @param {Client} client @param {Conversation} conversation
   * @param {{ changed: () => void, tick: () => void }} draw `tick`: only time has passed
   * @param {AbortSignal} signal
   */
  constructor(client, conversation, { changed, tick }, signal) {
    this.client = client;
    this.conversation = conversation;
    this.changed = changed;
    this.tick = tick;
    this.bar = new AnnouncementBar(client, conversation.id);
    for (const source of [client.groups, client.people])
      source.addEventListener("change", () => this.#heard(), { signal });
    client.groups.open(conversation.id);
    this.#readNotices();
    client.addEventListener("status", () => this.#readNotices(), { signal });
    signal.addEventListener("abort", () => this.#close());
    this.bar.draw(this.group);
  }

  get group() {
    return this.client.groups.get(this.conversation.id);
  }

  /** Whether this person is no member any more. */
  get isFormer() {
    return Boolean(this.conversation.head.former);
  }

  /** Below the title. */
  get line() {
    const { group } = this;
    if (this.isFormer) return "No longer a member";
    return group ? membersInWords(group.members) : "Group";
  }

  /** What can be done with it; where it is not known yet what it is, that is asked first. */
  async items() {
    if (this.isFormer) return [];
    if (!this.group) await this.client.groups.open(this.conversation.id);
    return groupItems(this.client, this.conversation.id);
  }

  openInfo() {
    if (!this.isFormer) openGroup(this.client, this.conversation.id);
  }

  /** Why one may not write now, if so. @returns {{ text: string, count?: string } | null} */
  obstacle() {
    const { group, client } = this;
    if (this.isFormer) return { text: "You are no longer in this group. What you have of it stays on this device." };
    if (!group) return null;
    const now = client.now();
    if (group.dismissed) return { text: "This group was dismissed. What was written stays readable." };
    if (group.muted_until && Date.parse(group.muted_until) > now) {
      this.#again(Math.min(Date.parse(group.muted_until) - now, MINUTE));
      return { text: `An admin has muted you${until(group.muted_until, now)}.` };
    }
    if (leads(group)) return null;
    if (group.only_admins_post) return { text: "Only admins write in this group." };
    const left = this.#wrote() + group.slow_s * SECOND - now;
    if (left <= 0) return null;
    this.#again(SECOND);
    return { text: "Slow mode: you can write again in ", count: length(Math.ceil(left / SECOND)) };
  }

  /** When one's last message was written. */
  #wrote() {
    const { conversation, client } = this;
    const own = conversation.timeline.all().findLast(({ sender }) => sender === client.user.id);
    const draft = client.outbox.of(conversation.id).findLast(({ state }) => state !== "failed");
    return Math.max(...[own, draft].map((one) => (one ? Date.parse(one.created_at) : 0)));
  }

  /** @param {number} delay */
  #again(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.tick, delay);
  }

  #heard() {
    this.bar.draw(this.group);
    this.changed();
  }

  #readNotices() {
    if (this.client.connection.online) this.client.groups.readNotices(this.conversation.id).catch(() => {});
  }

  #close() {
    clearTimeout(this.#timer);
    this.client.groups.close(this.conversation.id);
  }
}

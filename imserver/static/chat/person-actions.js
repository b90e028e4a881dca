import { openAsk } from "./ask.js";
import { attempt } from "./attempt.js";
import { confirm } from "./dialog.js";
import { toast } from "./dom.js";
import { openRemark } from "./remark.js";
import { openTags } from "./tags.js";

/**
 * What can be done about a person; the server decides again.
 * @typedef {import("../im-client.js").Client} Client
 * @typedef {import("../im-client/types.js").Person} Person
 * @typedef {import("./menu.js").Item} Item
 */
export class PersonActions {
  /** @param {Client} client @param {(text: string) => void} [say] tells what went wrong */
  constructor(client, say = toast) {
    this.client = client;
    this.friends = client.friends;
    this.say = say;
  }

  /** @param {Person} person @param {string} source where one comes across that person @returns {Item[]} */
  items(person, source) {
    const { friends } = this;
    const friend = friends.get(person.id);
    const items = friend ? this.#notes(friend, source) : this.#asking(person, source);
    if (friend)
      items.push({ label: "Remove friend…", icon: "unfriend", danger: true, act: () => this.remove(friend.person) });
    items.push(
      friends.hasBlocked(person.id)
        ? { label: "Unblock", icon: "unblock", act: () => this.unblock(person) }
        : { label: "Block…", icon: "block", danger: true, act: () => this.block(person) },
    );
    return items;
  }

  /** @param {import("../im-client/types.js").Friend} friend @param {string} source @returns {Item[]} */
  #notes(friend, source) {
    const { person, pinned } = friend;
    const pin = () => this.attempt(() => this.friends.update(person.id, { pinned: !pinned }));
    const notes = [
      { label: "Remark…", icon: "edit", act: () => openRemark(this.client, friend) },
      { label: "Tags…", icon: "tag", act: () => openTags(this.client, friend) },
    ];
    if (source === "chat") return notes; // there the conversation is what is pinned
    return [
      ...notes,
      { label: pinned ? "Unpin" : "Pin", icon: pinned ? "unpin" : "pin", act: pin },
    ];
  }

  /** @param {Person} person @param {string} source @returns {Item[]} */
  #asking(person, source) {
    if (this.friends.hasBlocked(person.id)) return [];
    const standing = this.friends.standing(person.id);
    if (standing === "stranger")
      return [{ label: "Add friend…", icon: "befriend", act: () => this.ask(person, source) }];
    if (standing === "outgoing") return [{ label: "Take back request", icon: "close", act: () => this.cancel(person) }];
    if (standing !== "incoming") return [];
    return [
      { label: "Accept request", icon: "save", act: () => this.accept(person) },
      { label: "Decline request", icon: "close", act: () => this.decline(person) },
    ];
  }

  /** @param {Person} person @param {string} source */
  ask(person, source) {
    openAsk(this.client, person, source);
  }

  /** @param {Person} person */
  accept(person) {
    return this.#answer(person, true, (id) => this.friends.accept(id));
  }

  /** @param {Person} person */
  decline(person) {
    return this.#answer(person, true, (id) => this.friends.decline(id));
  }

  /** @param {Person} person */
  cancel(person) {
    return this.#answer(person, false, (id) => this.friends.cancel(id));
  }

  /** @param {Person} person */
  async remove(person) {
    const name = this.friends.nameOf(person);
    const rest = this.client.limits.friends_only
      ? "You can no longer write to each other."
      : "You stay in touch as others do.";
    const text = `You are taken from each other’s friends. What you wrote stays. ${rest}`;
    if (await confirm({ title: `Remove ${name}?`, text, action: "Remove" }))
      await this.attempt(() => this.friends.remove(person.id));
  }

  /** @param {Person} person */
  async block(person) {
    const name = this.friends.nameOf(person);
    const text = `${name} can neither write to you nor ask to be your friend, and is not told.`;
    if (await confirm({ title: `Block ${name}?`, text, action: "Block" }))
      await this.attempt(() => this.friends.block(person.id));
  }

  /** @param {Person} person */
  unblock(person) {
    return this.attempt(() => this.friends.unblock(person.id));
  }

  /** @param {() => Promise<unknown>} work */
  attempt(work) {
    return attempt(work, this.say);
  }

  /** @param {Person} person @param {boolean} incoming @param {(id: string) => Promise<unknown>} answer */
  async #answer(person, incoming, answer) {
    const request = this.friends.requestOf(person.id, incoming);
    return request && this.attempt(() => answer(request.id));
  }
}

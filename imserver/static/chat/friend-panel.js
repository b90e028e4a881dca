import { h, icon } from "./dom.js";
import { Menu } from "./menu.js";
import { PersonList, personBody } from "./person-list.js";
import { tagItems } from "./tag.js";

/**
 * The friends, those whom one looks for.
 * @typedef {import("../im-client/types.js").Friend} Friend
 * @typedef {import("./person-list.js").View & { tags: string[], pinned: boolean }} View
 */
export class FriendPanel {
  #tag = "";
  /** What the chosen tag is about to be called. */
  #renamed = "";

  /**
   * @param {import("./person-actions.js").PersonActions} actions
   * @param {{ open: (person: string) => void, find: () => void }} options
   */
  constructor(actions, { open, find }) {
    this.actions = actions;
    this.open = open;
    this.filter = h("input", {
      type: "search",
      class: "search-input",
      placeholder: "Filter by name or tag",
      "aria-label": "Filter friends",
      autocomplete: "off",
      dir: "auto",
      oninput: () => this.draw(),
    });
    this.search = h("div", { class: "search" }, icon("search"), this.filter);
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Tags" });
    /** @type {PersonList<View>} */
    this.list = new PersonList("Friends", (view) => this.#row(view));
    this.note = h("p", { class: "persons-note", role: "status" });
    this.find = h("button", { class: "button", type: "button", onclick: find }, "Find people");
    this.empty = h("div", { class: "persons-empty" }, this.note, this.find);
    this.node = h("div", { class: "persons-panel" }, this.search, this.chips, this.list.node, this.empty);
  }

  draw() {
    const { friends } = this.actions;
    const all = friends.list();
    const tags = friends.tags();
    if (!tags.includes(this.#tag)) this.#tag = tags.includes(this.#renamed) ? this.#renamed : "";
    const needle = this.filter.value.trim().toLocaleLowerCase();
    const shown = all.filter((friend) => this.#fits(friend, needle));
    this.search.hidden = !all.length;
    this.#drawChips(tags);
    this.list.show(shown.map((friend) => this.#view(friend)));
    this.empty.hidden = shown.length > 0;
    this.find.hidden = all.length > 0 || !friends.loaded;
    this.note.textContent = all.length
      ? "No friend fits."
      : "No friends yet. Look for people by name, and ask them to be your friends.";
  }

  /** @param {Friend} friend @param {string} needle */
  #fits({ person, remark, tags }, needle) {
    if (this.#tag && !tags.includes(this.#tag)) return false;
    return [remark, person.display_name, person.username, ...tags].join("\n").toLocaleLowerCase().includes(needle);
  }

  /** @param {string[]} tags */
  #drawChips(tags) {
    const drawn = JSON.stringify([tags, this.#tag]);
    if (this.chips.dataset.drawn === drawn) return;
    const here = [...this.chips.children].indexOf(/** @type {any} */ (document.activeElement));
    this.chips.dataset.drawn = drawn;
    this.chips.hidden = !tags.length;
    this.chips.replaceChildren(...tags.map((tag) => this.#chip(tag)), ...(this.#tag ? [this.#tagMenu(this.#tag)] : []));
    if (here >= 0) /** @type {HTMLElement} */ (this.chips.children[here] ?? this.filter).focus();
  }

  /** @param {string} tag */
  #chip(tag) {
    const pressed = tag === this.#tag;
    const choose = () => {
      this.#tag = pressed ? "" : tag;
      this.draw();
    };
    const properties = { class: "chip", type: "button", dir: "auto", "aria-pressed": String(pressed) };
    return h("button", { ...properties, onclick: choose }, tag);
  }

  /** @param {string} tag */
  #tagMenu(tag) {
    const more = moreButton(`More about the tag ${tag}`);
    const renaming = (/** @type {string} */ name) => (this.#renamed = name);
    more.addEventListener("click", () => new Menu(tagItems(this.actions, tag, renaming)).showBelow(more));
    return more;
  }

  /** @param {Friend} friend @returns {View} */
  #view({ person, tags, pinned }) {
    const { friends, client } = this.actions;
    const line = friends.hasBlocked(person.id) ? `@${person.username} · blocked` : `@${person.username}`;
    const online = client.presence.isOnline(person.id);
    return { id: person.id, name: friends.nameOf(person), line, tags, pinned, online };
  }

  /** @param {View} view */
  #row(view) {
    const { id, name, tags, pinned } = view;
    const chips = tags.map((tag) => h("span", { class: "tag", dir: "auto" }, tag));
    const body = personBody(view, chips.length ? h("span", { class: "person-tags" }, ...chips) : null);
    if (pinned) body.push(h("span", { class: "person-pin", role: "img", "aria-label": "Pinned" }, icon("pin")));
    const more = moreButton(`More about ${name}`);
    more.addEventListener("click", () => this.#showMenu(id, more));
    return [h("button", { class: "person-open", type: "button", onclick: () => this.open(id) }, ...body), more];
  }

  /** @param {string} id @param {HTMLElement} anchor */
  #showMenu(id, anchor) {
    const friend = this.actions.friends.get(id);
    if (friend) new Menu(this.actions.items(friend.person, "friends")).showBelow(anchor);
  }
}

/** @param {string} label */
export function moreButton(label) {
  const properties = { class: "icon-button", type: "button", "aria-haspopup": "menu", "aria-label": label };
  return h("button", properties, icon("more"));
}

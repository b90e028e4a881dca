import { ArchiveFolder, inOrder } from "./archive-folder.js";
import { avatar } from "./avatar.js";
import { arrange, h, icon, spoken } from "./dom.js";
import { FriendsButton } from "./friends-button.js";
import { Menu } from "./menu.js";
import { titleOf } from "./names.js";
import { PeopleSearch } from "./people.js";
import { ConversationRow } from "./row.js";

const NEAR_END = 300;

/** The left pane: who I am, the search field, conversations, people found. */
export class Sidebar {
  /** @type {Map<string, ConversationRow>} */
  #rows = new Map();
  /** @type {string | null} */
  #selected = null;
  #scheduled = false;
  /** While more of the list is on its way. @type {Promise<unknown> | null} */
  #loading = null;

  /**
   * @param {import("../im-client.js").Client} client
   * @param {object} actions
   * @param {() => import("./menu.js").Item[]} actions.account
   * @param {() => void} actions.friends
   * @param {() => void} actions.group       a new one
   */
  constructor(client, { account, friends, group }) {
    this.client = client;
    this.me = h("button", {
      class: "me",
      type: "button",
      "aria-haspopup": "menu",
      onclick: () => this.#showMenu(account()),
    });
    this.search = h("input", {
      type: "search",
      class: "search-input",
      placeholder: "Search",
      "aria-label": "Search conversations and people",
      autocomplete: "off",
      dir: "auto",
      enterkeyhint: "search",
      oninput: () => this.#searched(),
    });
    this.list = h("ul", { class: "rows", "aria-label": "Conversations" });
    this.folder = new ArchiveFolder(() => this.#foldered());
    this.people = new PeopleSearch(client, () => this.#clearSearch());
    this.hint = h("div", { class: "list-hint" });
    this.scroller = h(
      "div",
      { class: "list", onscroll: () => this.#scrolled() },
      this.folder.node,
      this.list,
      this.people.node,
      this.hint,
    );
    const label = "New group";
    const founding = { class: "icon-button new-group", type: "button", title: label, "aria-label": label };
    this.node = h(
      "nav",
      {
        class: "sidebar",
        "aria-label": "Conversations",
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      },
      h(
        "header",
        { class: "sidebar-head" },
        this.me,
        h("div", { class: "search" }, icon("search"), this.search),
        new FriendsButton(client, friends).node,
        h("button", { ...founding, onclick: group }, icon("plus")),
      ),
      this.scroller,
    );
    for (const type of ["ready", "conversation", "removed", "outbox", "draft", "typing", "status", "user"])
      client.addEventListener(type, () => this.#schedule());
    for (const source of [client.friends, client.groups, client.people, client.presence])
      source.addEventListener("change", () => this.#schedule());
    this.#schedule();
  }

  focusSearch() {
    this.search.focus();
    this.search.select();
  }

  focusList() {
    (this.#rows.get(this.#selected ?? "")?.node ?? this.#targets()[0] ?? this.search).focus();
  }

  /** @param {string | null} id */
  select(id) {
    if (id) this.#selected = id;
    for (const row of this.#rows.values()) row.select(row.conversation.id === id);
    this.#schedule();
  }

  /** Many changes of one moment are drawn once. */
  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  }

  #draw() {
    const { user } = this.client;
    this.me.replaceChildren(avatar(user.id, user.display_name, "small"), spoken(`Account of ${user.display_name}`));
    const needle = this.search.value.trim().toLocaleLowerCase();
    const found = this.client.list().filter((conversation) => this.#belongs(conversation, needle));
    if (needle) this.folder.hide();
    const shown = needle ? inOrder(found) : this.folder.shown(found);
    const nodes = shown.map((conversation) => this.#row(conversation).node);
    arrange(this.list, nodes);
    this.#forget(new Set(shown.map(({ id }) => id)));
    this.#drawHint(needle, shown.length);
    this.#rove();
    if (!needle) this.#scrolled();
  }

  /** @param {import("../im-client.js").Conversation} conversation @param {string} needle */
  #belongs(conversation, needle) {
    const { head, id } = conversation;
    const names = [titleOf(conversation, this.client), head.peer?.display_name, head.peer?.username];
    if (needle) return names.join("\n").toLocaleLowerCase().includes(needle);
    return (
      head.seq > 0 ||
      head.kind !== "direct" ||
      id === location.hash.slice(1) ||
      this.client.outbox.of(id).length > 0 ||
      this.client.drafts.get(id) !== null
    );
  }

  /** @param {import("../im-client.js").Conversation} conversation */
  #row(conversation) {
    let row = this.#rows.get(conversation.id);
    if (row?.conversation !== conversation) {
      row = new ConversationRow(this.client, conversation);
      this.#rows.set(conversation.id, row);
    }
    row.draw();
    row.select(conversation.id === location.hash.slice(1));
    return row;
  }

  /** @param {Set<string>} shown */
  #forget(shown) {
    for (const id of this.#rows.keys()) if (!shown.has(id)) this.#rows.delete(id);
  }

  /** @param {string} needle @param {number} count */
  #drawHint(needle, count) {
    const onlyNotes = !needle && count <= 1 && this.folder.node.hidden;
    this.hint.hidden = !onlyNotes;
    if (onlyNotes && !this.hint.childElementCount)
      this.hint.append(
        h("p", {}, "Nobody here yet."),
        h("p", {}, "Find a friend by name and say hello."),
        h("button", { class: "button", type: "button", onclick: () => this.focusSearch() }, "Find people"),
      );
  }

  #searched() {
    this.people.search(this.search.value);
    this.#schedule();
  }

  #clearSearch() {
    this.search.value = "";
    this.#searched();
  }

  /** The end is near, or the list does not even fill its pane. */
  #scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    if (clientHeight && scrollHeight - scrollTop - clientHeight < NEAR_END) this.#loadMore();
  }

  #loadMore() {
    this.#loading ??= this.client.directory
      .loadMore()
      .catch(() => {}) // asked again at the next change
      .finally(() => (this.#loading = null));
  }

  /** @returns {HTMLElement[]} */
  #targets() {
    return [...this.scroller.querySelectorAll(".row-link:not([hidden])")].map((node) => /** @type {HTMLElement} */ (node));
  }

  /** One stop for the Tab key; arrows move inside. */
  #rove() {
    const targets = this.#targets();
    const stop =
      targets.find((node) => node === document.activeElement) ?? targets.find((node) => node.ariaCurrent) ?? targets[0];
    for (const node of targets) node.tabIndex = node === stop ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const targets = this.#targets();
    const here = targets.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const inSearch = document.activeElement === this.search;
    /** @type {Record<string, number>} */
    const moves = inSearch
      ? { ArrowDown: 0 }
      : { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: targets.length - 1 };
    if (inSearch && event.key === "Enter") targets[0]?.click();
    else if (inSearch && event.key === "Escape" && this.search.value) this.#clear(event);
    else if (event.key === "Escape" && this.folder.isOpen) this.#leaveFolder(event);
    else if (event.key in moves && (inSearch || here >= 0)) {
      event.preventDefault();
      (targets[moves[event.key]] ?? (moves[event.key] < 0 ? this.search : null))?.focus();
      this.#rove();
    }
  }

  #foldered() {
    this.list.setAttribute("aria-label", this.folder.isOpen ? "Archived conversations" : "Conversations");
    this.scroller.scrollTop = 0;
    this.#schedule();
  }

  /** @param {KeyboardEvent} event */
  #leaveFolder(event) {
    event.preventDefault();
    this.folder.toggle();
    this.folder.node.focus();
  }

  /** @param {KeyboardEvent} event */
  #clear(event) {
    event.preventDefault();
    this.#clearSearch();
  }

  /** @param {import("./menu.js").Item[]} items */
  #showMenu(items) {
    const { display_name, username } = this.client.user;
    new Menu(items, { title: display_name, note: `@${username}` }).showBelow(this.me);
  }
}

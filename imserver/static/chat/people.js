import { attempt } from "./attempt.js";
import { avatar } from "./avatar.js";
import { openChat } from "./direct-chat.js";
import { h } from "./dom.js";
import { PeopleFinder } from "./people-finder.js";
import { PersonActions } from "./person-actions.js";
import { standingOf } from "./standing.js";

/**
 * People by what stands in the search field: friends, and whom the server knows.
 * @typedef {import("../im-client/types.js").Person} Person
 */
export class PeopleSearch {
  #needle = "";
  /** @type {Person[]} */
  #found = [];

  /** @param {import("../im-client.js").Client} client @param {() => void} opened */
  constructor(client, opened) {
    this.client = client;
    this.opened = opened;
    this.actions = new PersonActions(client);
    this.finder = new PeopleFinder(client, (found, note) => this.#show(found, note));
    this.results = h("ul", { class: "rows", "aria-label": "People" });
    this.note = h("p", { class: "people-note", role: "status" });
    this.head = h("h2", { class: "people-head" }, "People");
    this.node = h(
      "section",
      { class: "people", hidden: true, "aria-label": "People" },
      this.head,
      this.results,
      this.note,
    );
    client.friends.addEventListener("change", () => this.#draw());
  }

  /** @param {string} text */
  search(text) {
    const needle = this.finder.search(text);
    this.#needle = needle.toLocaleLowerCase();
    this.node.hidden = !needle;
    if (!needle) this.#found = [];
    this.#draw();
  }

  /** @param {Person[]} found @param {string} note */
  #show(found, note) {
    this.#found = found;
    this.note.textContent = note;
    this.#draw();
  }

  #draw() {
    if (this.node.hidden) return;
    const people = new Map([...this.#friends(), ...this.#found].map((person) => [person.id, person]));
    const shown = [...people.values()].filter(({ id }) => !this.#inList(id));
    this.head.hidden = !shown.length && !this.note.textContent;
    this.results.replaceChildren(...shown.map((person) => this.#row(person)));
  }

  #friends() {
    const { friends } = this.client;
    const names = (/** @type {Person} */ person) => [friends.nameOf(person), person.display_name, person.username];
    const fits = (/** @type {Person} */ person) => names(person).join("\n").toLocaleLowerCase().includes(this.#needle);
    return friends.list().flatMap(({ person }) => (fits(person) ? [person] : []));
  }

  /** Whom I write with stands above, among the conversations. @param {string} person */
  #inList(person) {
    return this.client.list().some(({ head }) => head.peer?.id === person && head.seq > 0);
  }

  /** @param {Person} person */
  #row(person) {
    const name = this.client.friends.nameOf(person);
    return h(
      "li",
      { class: "people-row" },
      h(
        "a",
        {
          class: "row-link",
          href: `/u/${encodeURIComponent(person.username)}`,
          tabindex: "-1",
          onclick: (/** @type {MouseEvent} */ event) => this.#follow(event, person.id),
        },
        avatar(person.id, name),
        h(
          "span",
          { class: "row-body" },
          h("span", { class: "row-top" }, h("span", { class: "row-title", dir: "auto" }, name)),
          h("span", { class: "row-bottom" }, h("span", { class: "row-text" }, `@${person.username}`)),
        ),
      ),
      standingOf(this.actions, person, "search"),
    );
  }

  /** Another tab takes the link as it is. @param {MouseEvent} event @param {string} user */
  #follow(event, user) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    attempt(() => openChat(this.client, user, this.opened));
  }

}

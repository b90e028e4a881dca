import { avatar } from "./avatar.js";
import { h, toast } from "./dom.js";

const PAUSE = 250;
const LEAST = 2;

/** People the server knows by what stands in the search field. */
export class PeopleSearch {
  /** @type {any} */
  #timer = null;
  #asked = 0;

  /** @param {import("../im-client.js").Client} client @param {(conversation: string) => void} opened */
  constructor(client, opened) {
    this.client = client;
    this.opened = opened;
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
  }

  /** @param {string} text */
  search(text) {
    const needle = text.trim().replace(/^@/, "");
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.node.hidden = !needle;
    if (needle.length >= LEAST) this.#timer = setTimeout(() => this.#ask(needle, this.#asked), PAUSE);
    else this.#show([], "Type at least two letters of a user name, or a whole e-mail address.");
  }

  /** @param {string} needle @param {number} asked */
  async #ask(needle, asked) {
    try {
      const found = await this.client.directory.findPeople(needle);
      const people = found.filter(({ id }) => !this.#inList(id));
      if (asked === this.#asked) this.#show(people, found.length ? "" : `No user name begins with “${needle}”.`);
    } catch {
      if (asked === this.#asked) this.#show([], "People cannot be searched right now.");
    }
  }

  /** Whom I write with stands above, among the conversations. @param {string} person */
  #inList(person) {
    return this.client.list().some(({ head }) => head.peer?.id === person && head.seq > 0);
  }

  /** @param {import("../im-client/types.js").Person[]} people @param {string} note */
  #show(people, note) {
    this.note.textContent = note;
    this.head.hidden = !people.length && !note;
    this.results.replaceChildren(...people.map((person) => h("li", {}, this.#row(person))));
  }

  /** @param {import("../im-client/types.js").Person} person */
  #row(person) {
    return h(
      "button",
      { class: "row-link", type: "button", tabindex: "-1", onclick: () => this.#open(person.id) },
      avatar(person.id, person.display_name),
      h(
        "span",
        { class: "row-body" },
        h("span", { class: "row-top" }, h("span", { class: "row-title", dir: "auto" }, person.display_name)),
        h("span", { class: "row-bottom" }, h("span", { class: "row-text" }, `@${person.username}`)),
      ),
    );
  }

  /** @param {string} user */
  async #open(user) {
    try {
      this.opened((await this.client.directory.open(user)).id);
    } catch {
      toast("This conversation cannot be opened right now.");
    }
  }
}

import { h, icon } from "../dom.js";
import { listed } from "../names.js";
import { PeopleFinder } from "../people-finder.js";
import { PersonList, personBody } from "../person-list.js";

/**
 * Chooses people: friends, and whom the server finds.
 * @typedef {import("../../im-client/types.js").Person} Person
 * @typedef {import("../person-list.js").View & { person: Person, isChosen: boolean }} View
 */
export class PeoplePicker {
  /** @type {Map<string, Person>} */
  chosen = new Map();
  /** @type {Person[]} */
  #found = [];
  #needle = "";

  /**
   * @param {import("../../im-client.js").Client} client
   * @param {{ changed?: () => void, without?: (person: string) => boolean }} [options] `without`: who is not offered
   */
  constructor(client, { changed = () => {}, without = () => false } = {}) {
    this.client = client;
    this.changed = changed;
    this.without = without;
    this.finder = new PeopleFinder(client, (found, note) => this.#show(found, note));
    this.input = h("input", {
      type: "search",
      class: "search-input",
      placeholder: "Friends, or people by user name",
      "aria-label": "Look for people",
      autocomplete: "off",
      dir: "auto",
      oninput: () => this.#search(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && event.preventDefault(),
    });
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Chosen people" });
    /** @type {PersonList<View>} */
    this.list = new PersonList("People", (view) => this.#row(view));
    this.note = h("p", { class: "persons-note", role: "status" });
    const search = h("div", { class: "search" }, icon("search"), this.input);
    const offered = h("div", { class: "picker-list" }, this.list.node, this.note);
    this.node = h("div", { class: "picker" }, search, this.chips, offered);
    this.draw();
  }

  get ids() {
    return [...this.chosen.keys()];
  }

  draw() {
    const { friends } = this.client;
    const near = friends.list().map(({ person }) => person).filter((person) => this.#fits(person));
    const people = new Map([...near, ...this.#found].map((person) => [person.id, person]));
    const offered = [...people.values()].filter(({ id }) => !this.without(id) && !friends.hasBlocked(id));
    this.list.show(offered.map((person) => this.#view(person)));
    this.note.hidden = offered.length > 0 && !this.note.textContent;
    if (!offered.length && !this.#needle) this.note.textContent = "Look for people by their user name.";
    this.#drawChips();
  }

  /** @param {Person} person */
  #fits({ id, display_name, username }) {
    const names = [this.client.friends.get(id)?.remark, display_name, username];
    return names.join("\n").toLocaleLowerCase().includes(this.#needle);
  }

  /** @param {Person} person @returns {View} */
  #view(person) {
    const { friends, presence } = this.client;
    const { id, username } = person;
    const view = { id, name: friends.nameOf(person), line: `@${username}`, online: presence.isOnline(id), person };
    return { ...view, isChosen: this.chosen.has(id) };
  }

  /** @param {View} view */
  #row(view) {
    const mark = { type: "checkbox", class: "picker-box", tabindex: "-1", "aria-hidden": "true" };
    const box = h("input", { ...mark, checked: view.isChosen });
    const properties = { class: "person-open", type: "button", "aria-pressed": String(view.isChosen) };
    return [h("button", { ...properties, onclick: () => this.#toggle(view.person) }, ...personBody(view), box)];
  }

  #drawChips() {
    const chips = [...this.chosen.values()].map((person) => {
      const name = this.client.friends.nameOf(person);
      const properties = { class: "chip taken", type: "button", "aria-label": `Leave ${name} out` };
      const leaveOut = () => this.#toggle(person);
      return h("button", { ...properties, onclick: leaveOut }, h("span", { dir: "auto" }, name), icon("close"));
    });
    this.chips.hidden = !chips.length;
    this.chips.replaceChildren(...chips);
  }

  /** @param {Person} person */
  #toggle(person) {
    if (!this.chosen.delete(person.id)) this.chosen.set(person.id, person);
    this.draw();
    this.changed();
  }

  #search() {
    this.note.textContent = "";
    this.#needle = this.finder.search(this.input.value).toLocaleLowerCase();
    this.draw();
  }

  /** @param {Person[]} found @param {string} note */
  #show(found, note) {
    this.#found = found;
    this.note.textContent = note;
    this.draw();
  }
}

/**
 * Who is in, and who is asked first.
 * @param {import("../../im-client.js").Client} client
 * @param {{ added: string[], invited: string[] }} outcome @param {Map<string, Person>} people
 */
export function outcomeInWords(client, { added, invited }, people) {
  const names = (/** @type {string[]} */ ids) => {
    const known = ids.flatMap((id) => people.get(id) ?? []).map((person) => client.friends.nameOf(person));
    return listed(known, known.length, known.length > 3 ? 2 : 3);
  };
  const parts = [];
  if (added.length) parts.push(`${names(added)} ${added.length === 1 ? "is" : "are"} in.`);
  if (invited.length) parts.push(`${names(invited)} ${invited.length === 1 ? "is" : "are"} invited and can accept.`);
  return parts.join(" ");
}

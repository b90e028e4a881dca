import { namedButton } from "./button.js";
import { h } from "./dom.js";
import { PersonList, personBody } from "./person-list.js";

/**
 * Whom one wants to hear nothing of.
 * @typedef {import("./person-list.js").View & { person: import("../im-client/types.js").Person }} View
 */
export class BlockPanel {
  /** @param {import("./person-actions.js").PersonActions} actions */
  constructor(actions) {
    this.actions = actions;
    /** @type {PersonList<View>} */
    this.list = new PersonList("Blocked people", (view) => this.#row(view));
    this.note = h("p", { class: "persons-note" }, "You have blocked nobody.");
    this.node = h("div", { class: "persons-panel" }, this.list.node, this.note);
  }

  draw() {
    const { friends } = this.actions;
    const blocked = friends.blocked().map(({ person }) => person);
    this.list.show(
      blocked.map((person) => ({ id: person.id, name: friends.nameOf(person), line: `@${person.username}`, person })),
    );
    this.note.hidden = blocked.length > 0;
  }

  /** @param {View} view */
  #row(view) {
    return [...personBody(view), namedButton("Unblock", view.name, () => this.actions.unblock(view.person), "quiet")];
  }
}

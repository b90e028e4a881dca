import { namedButton } from "../button.js";
import { h } from "../dom.js";
import { PersonList, personBody } from "../person-list.js";
import { ago } from "../times.js";

/**
 * Into which groups one has asked to come, and waits for an admin.
 * @typedef {import("../../im-client/types.js").JoinRequest} JoinRequest
 * @typedef {import("../person-list.js").View & { message: string }} View
 */
export class AskedList {
  /** @param {import("../person-actions.js").PersonActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.groups = actions.client.groups;
    /** @type {PersonList<View>} */
    this.list = new PersonList("Requests to groups", (view) => this.#row(view));
    this.node = this.list.node;
  }

  get count() {
    return this.groups.asked().length;
  }

  draw() {
    this.list.show(this.groups.asked().map((request) => this.#view(request)));
  }

  /** @param {JoinRequest} request @returns {View} */
  #view({ group, title, message, at }) {
    return { id: group, name: title, line: `Group · ${ago(at, this.actions.client.now())}`, message };
  }

  /** @param {View} view */
  #row(view) {
    const { actions, groups } = this;
    const words = view.message ? h("q", { class: "person-words", dir: "auto" }, view.message) : null;
    const takeBack = () => actions.attempt(() => groups.takeBackRequest(view.id));
    return [...personBody(view, words), namedButton("Take back", view.name, takeBack, "quiet")];
  }
}

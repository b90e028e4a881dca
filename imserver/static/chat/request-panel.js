import { namedButton } from "./button.js";
import { h } from "./dom.js";
import { AskedList } from "./groups/asked.js";
import { InvitationList } from "./groups/invitations.js";
import { PersonList, personBody } from "./person-list.js";
import { ago } from "./times.js";

/**
 * Who asks to be a friend or into a group, and whom and where one has asked.
 * @typedef {import("../im-client/types.js").FriendRequest} FriendRequest
 * @typedef {import("./person-list.js").View & { request: FriendRequest }} View
 */
export class RequestPanel {
  /** @param {import("./person-actions.js").PersonActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.invitations = new InvitationList(actions);
    /** @type {PersonList<View>} */
    this.incoming = new PersonList("Requests to you", (view) => this.#incomingRow(view));
    /** @type {PersonList<View>} */
    this.outgoing = new PersonList("Requests from you", (view) => this.#outgoingRow(view));
    this.asked = new AskedList(actions);
    this.waiting = h("h3", { class: "persons-head" }, "Waiting for an answer");
    this.note = h("p", { class: "persons-note" }, "No requests. They stay here until they are answered.");
    this.node = h(
      "div",
      { class: "persons-panel" },
      this.invitations.node,
      this.incoming.node,
      this.waiting,
      this.outgoing.node,
      this.asked.node,
      this.note,
    );
  }

  draw() {
    const { incoming, outgoing } = this.actions.friends;
    this.incoming.show(incoming.map((request) => this.#view(request)));
    this.outgoing.show(outgoing.map((request) => this.#view(request)));
    this.asked.draw();
    this.invitations.draw();
    const waiting = outgoing.length + this.asked.count;
    this.waiting.hidden = !waiting;
    this.note.hidden = incoming.length + waiting + this.invitations.count > 0;
  }

  /** @param {FriendRequest} request @returns {View} */
  #view(request) {
    const { person, asked_at } = request;
    const { client, friends } = this.actions;
    const line = `@${person.username} · ${ago(asked_at, client.now())}`;
    return { id: person.id, name: friends.nameOf(person), line, request };
  }

  /** @param {View} view */
  #incomingRow(view) {
    const { person, message } = view.request;
    const words = message ? h("q", { class: "person-words", dir: "auto" }, message) : null;
    const buttons = h(
      "span",
      { class: "person-buttons" },
      namedButton("Accept", view.name, () => this.actions.accept(person)),
      namedButton("Decline", view.name, () => this.actions.decline(person), "quiet"),
    );
    return personBody(view, words, buttons);
  }

  /** @param {View} view */
  #outgoingRow(view) {
    const { person, message } = view.request;
    const words = message ? h("q", { class: "person-words", dir: "auto" }, message) : null;
    return [...personBody(view, words), namedButton("Take back", view.name, () => this.actions.cancel(person), "quiet")];
  }
}

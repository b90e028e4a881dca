import { namedButton } from "../button.js";
import { h, toast } from "../dom.js";
import { PersonList, personBody } from "../person-list.js";
import { ago } from "../times.js";

/**
 * Into which groups one is invited: nobody is in a group against one's will.
 * @typedef {import("../../im-client/types.js").Invitation} Invitation
 * @typedef {import("../person-list.js").View & { key: string }} View
 */
export class InvitationList {
  /** @param {import("../person-actions.js").PersonActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.groups = actions.client.groups;
    /** @type {PersonList<View>} */
    this.list = new PersonList("Invitations to groups", (view) => this.#row(view));
    this.node = this.list.node;
  }

  get count() {
    return this.groups.invitations.size;
  }

  draw() {
    this.list.show(this.groups.invited().map((invitation) => this.#view(invitation)));
  }

  /** @param {Invitation} invitation @returns {View} */
  #view({ id: key, group, by, at }) {
    const { client, friends } = this.actions;
    const line = `${friends.nameOf(by)} invites you · ${ago(at, client.now())}`;
    return { id: group.id, name: group.title, line, key };
  }

  /** @param {View} view */
  #row(view) {
    const { actions, groups } = this;
    const accept = async () => {
      await groups.accept(view.key);
      toast(`You are in “${view.name}”.`);
    };
    const buttons = h(
      "span",
      { class: "person-buttons" },
      namedButton("Join", view.name, () => actions.attempt(accept)),
      namedButton("Decline", view.name, () => actions.attempt(() => groups.decline(view.key)), "quiet"),
    );
    return personBody(view, buttons);
  }
}

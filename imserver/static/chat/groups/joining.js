import { coalesced } from "../../im-client/backoff.js";
import { attempt } from "../attempt.js";
import { namedButton } from "../button.js";
import { h } from "../dom.js";
import { Problem, reason } from "../form.js";
import { PersonList, personBody } from "../person-list.js";
import { ago } from "../times.js";
import { LinkList } from "./links.js";
import { leads, mayInvite } from "./rights.js";

/**
 * How one comes into a group: who asks to, who is asked, links.
 * @typedef {import("../../im-client/types.js").Group} Group
 * @typedef {import("../../im-client/types.js").JoinRequest} JoinRequest
 * @typedef {import("../../im-client/types.js").Pending} Pending
 * @typedef {import("../person-list.js").View & { message?: string, key: string, mayEnd?: boolean }} View
 */
export class JoiningPanel {
  /** @type {Pending[]} */
  #pending = [];

  /** @param {import("../../im-client.js").Client} client @param {string} id */
  constructor(client, id) {
    this.client = client;
    this.id = id;
    this.problem = new Problem();
    /** @type {PersonList<View>} */
    this.requests = new PersonList("Requests to join", (view) => this.#request(view));
    /** @type {PersonList<View>} */
    this.invited = new PersonList("Invited people", (view) => this.#invitation(view));
    this.links = new LinkList(client, id);
    this.requestsHead = h("h3", { class: "persons-head" }, "Ask to join");
    this.invitedHead = h("h3", { class: "persons-head" }, "Invited, no answer yet");
    this.node = h(
      "div",
      { class: "persons-panel" },
      this.problem.node,
      this.requestsHead,
      this.requests.node,
      this.invitedHead,
      this.invited.node,
      this.links.node,
    );
  }

  /** @param {Group} group */
  draw(group) {
    const { client, id } = this;
    const asking = leads(group) ? client.groups.asking(id) : [];
    this.requests.show(asking.map((request) => this.#view(request, { message: request.message })));
    this.requestsHead.hidden = !asking.length;
    const mayEnd = (/** @type {Pending} */ { by }) => leads(group) || by.id === client.user.id;
    this.invited.show(this.#pending.map((one) => this.#view(one, { mayEnd: mayEnd(one) })));
    this.invitedHead.hidden = !this.#pending.length;
    this.links.draw();
  }

  reread = coalesced(async () => {
    const group = this.client.groups.get(this.id);
    if (!group || !mayInvite(group)) return;
    try {
      [this.#pending] = await Promise.all([this.client.groups.invitationsTo(this.id), this.links.reread()]);
      this.problem.say("");
    } catch (error) {
      this.problem.say(reason(/** @type {any} */ (error)));
    }
    this.draw(this.client.groups.get(this.id) ?? group);
  });

  /** @param {JoinRequest | Pending} one @param {Partial<View>} more @returns {View} */
  #view({ id: key, person, at }, more) {
    const { client } = this;
    const line = `@${person.username} · ${ago(at, client.now())}`;
    return { id: person.id, name: client.friends.nameOf(person), line, key, ...more };
  }

  /** @param {View} view */
  #request(view) {
    const { groups } = this.client;
    const words = view.message ? h("q", { class: "person-words", dir: "auto" }, view.message) : null;
    const buttons = h(
      "span",
      { class: "person-buttons" },
      namedButton("Let in", view.name, () => attempt(() => groups.approve(this.id, view.id))),
      namedButton("Decline", view.name, () => attempt(() => groups.declineRequest(this.id, view.id)), "quiet"),
    );
    return personBody(view, words, buttons);
  }

  /** @param {View} view */
  #invitation(view) {
    if (!view.mayEnd) return personBody(view);
    const withdraw = async () => {
      if (await attempt(() => this.client.groups.withdraw(view.key))) this.reread();
    };
    return [...personBody(view), namedButton("Take back", view.name, withdraw, "quiet")];
  }
}

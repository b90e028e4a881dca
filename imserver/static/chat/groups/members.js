import { coalesced } from "../../im-client/backoff.js";
import { smallButton } from "../button.js";
import { h, icon } from "../dom.js";
import { moreButton } from "../friend-panel.js";
import { Problem, reason } from "../form.js";
import { Menu } from "../menu.js";
import { PersonList, personBody } from "../person-list.js";
import { until } from "../times.js";
import { openAdd } from "./add.js";
import { leave } from "./deeds.js";
import { memberItems } from "./member-items.js";
import { mayInvite } from "./rights.js";

const PAGE = 50;
const PAUSE = 250;
const RANK = { owner: 0, admin: 1, member: 2 };
const ROLES = { owner: "Owner", admin: "Admin", member: "" };

/**
 * Who is in a group: searched, page by page, with what can be done about each.
 * @typedef {import("../../im-client/types.js").Group} Group
 * @typedef {import("../../im-client/types.js").Seat} Seat
 * @typedef {import("../person-list.js").View & { role: string, seat: Seat, hasMenu: boolean }} View
 */
export class MembersPanel {
  /** @type {Map<string, Seat>} */
  #seats = new Map();
  /** @type {string | null} */
  #next = null;
  #wanted = PAGE;
  #needle = "";
  /** @type {any} */
  #timer = null;

  /**
   * @param {import("../../im-client.js").Client} client @param {string} id
   * @param {{ above: HTMLElement, close: () => void }} options
   */
  constructor(client, id, { above, close }) {
    this.client = client;
    this.id = id;
    this.close = close;
    this.problem = new Problem();
    this.filter = h("input", {
      type: "search",
      class: "search-input",
      placeholder: "Search members",
      "aria-label": "Search members",
      autocomplete: "off",
      dir: "auto",
      oninput: () => this.#searched(),
    });
    this.add = smallButton("Add people", () => openAdd(client, id), { look: "soft", symbol: "befriend" });
    this.add.hidden = true;
    /** @type {PersonList<View>} */
    this.list = new PersonList("Members", (view) => this.#row(view));
    this.note = h("p", { class: "persons-note", role: "status", hidden: true });
    const further = { class: "button quiet", type: "button", hidden: true, onclick: () => this.#more() };
    this.more = h("button", further, "Show more");
    const go = { class: "button soft-danger", type: "button", onclick: () => leave(client, id) };
    this.node = h(
      "div",
      { class: "persons-panel" },
      above,
      h("div", { class: "members-top" }, h("div", { class: "search" }, icon("search"), this.filter), this.add),
      this.problem.node,
      this.list.node,
      this.note,
      this.more,
      h("button", go, icon("logout"), "Leave group"),
    );
  }

  /** @param {Group} group */
  draw(group) {
    this.add.hidden = !mayInvite(group);
    const views = [...this.#seats.values()].map((seat) => this.#view(seat, group));
    views.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
    this.list.show(views);
    this.more.hidden = !this.#next;
    this.note.hidden = views.length > 0 || !this.#needle;
    this.note.textContent = `No member’s name begins with “${this.#needle}”.`;
  }

  /** All pages that were looked at, as they are now. */
  reread = coalesced(async () => {
    const needle = this.#needle;
    try {
      /** @type {Seat[]} */
      const seats = [];
      let after = "";
      do {
        const page = await this.client.groups.members(this.id, { q: needle, after, limit: PAGE });
        seats.push(...page.items);
        after = page.next ?? "";
      } while (after && seats.length < this.#wanted);
      this.problem.say("");
      this.#seats = new Map(seats.map((seat) => [seat.person.id, seat]));
      this.#next = after || null;
    } catch (error) {
      this.problem.say(reason(/** @type {any} */ (error)));
    }
    const group = this.client.groups.get(this.id);
    if (group) this.draw(group);
  });

  #searched() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#needle = this.filter.value.trim().replace(/^@/, "");
      this.#wanted = PAGE;
      this.reread();
    }, PAUSE);
  }

  #more() {
    this.#wanted += PAGE;
    this.reread();
  }

  /** @param {Seat} seat @param {Group} group @returns {View} */
  #view(seat, group) {
    const { client, id } = this;
    const { person, muted_until, role } = seat;
    const isMe = person.id === client.user.id;
    const name = client.groups.nameOf(id, person.id) ?? person.display_name;
    const isMuted = muted_until && Date.parse(muted_until) > client.now();
    const muted = isMuted && `muted${until(muted_until, client.now())}`;
    const line = [`@${person.username}`, isMe && "you", muted].filter(Boolean).join(" · ");
    const hasMenu = memberItems(this, seat, group).length > 0;
    const online = client.presence.isOnline(person.id);
    return { id: person.id, name, line, online, role: ROLES[role], seat, hasMenu };
  }

  /** @param {View} view */
  #row(view) {
    const parts = personBody(view);
    if (view.role) parts.push(h("span", { class: "role" }, view.role));
    if (!view.hasMenu) return parts;
    const more = moreButton(`More about ${view.name}`);
    more.addEventListener("click", () => this.#showMenu(view.seat, more));
    return [...parts, more];
  }

  /** @param {Seat} seat @param {HTMLElement} anchor */
  #showMenu(seat, anchor) {
    const group = this.client.groups.get(this.id);
    const now = this.#seats.get(seat.person.id);
    if (group && now) new Menu(memberItems(this, now, group)).showBelow(anchor);
  }
}

/** @param {View} view */
function rank({ seat }) {
  return RANK[seat.role];
}

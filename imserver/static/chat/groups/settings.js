import { coalesced } from "../../im-client/backoff.js";
import { attempt } from "../attempt.js";
import { namedButton } from "../button.js";
import { h, toast } from "../dom.js";
import { Form, Problem, reason } from "../form.js";
import { PersonList, personBody } from "../person-list.js";
import { Settings } from "../setting.js";
import { until } from "../times.js";
import { dismiss } from "./deeds.js";
import { leads } from "./rights.js";
import { pause } from "./words.js";

/** @typedef {import("../../im-client/types.js").Group} Group */

/** @type {[number, string][]} */
const PAUSES = [
  [0, "Off"],
  [10, "10 s"],
  [60, "1 min"],
  [600, "10 min"],
  [3600, "1 h"],
];
const SLOW = { name: "slow_s", title: "Slow mode", hint: "How long members wait between messages.", options: PAUSES };
/** @type {import("../setting.js").Spec[]} */
const ADMINS = [{ name: "only_admins_post", title: "Only admins write", hint: "Members read." }];
/** @type {import("../setting.js").Spec[]} */
const OWNERS = [
  { name: "all_history", title: "Newcomers see history", hint: "Else they see what is written from their joining on." },
  { name: "members_invite", title: "Members invite", hint: "Else only admins add people and make links." },
  { name: "members_mention_all", title: "Members mention all", hint: "Else only admins call everybody by @all." },
  { name: "takes_requests", title: "Takes requests", hint: "Who knows of the group may ask to join." },
];

/** What admins and the owner decide. */
export class SettingsPanel {
  #loaded = "";
  /** @type {import("../../im-client/types.js").Ban[]} */
  #bans = [];

  /** @param {import("../../im-client.js").Client} client @param {string} id */
  constructor(client, id) {
    this.client = client;
    this.id = id;
    this.problem = new Problem();
    this.form = this.#profileForm();
    this.settings = new Settings(
      [SLOW, ...ADMINS, ...OWNERS],
      (change) => client.groups.update(id, change),
      (error) => this.problem.say(error ? reason(/** @type {any} */ (error)) : ""),
    );
    /** @type {PersonList<any>} */
    this.banned = new PersonList("Banned people", (view) => this.#ban(view));
    this.bannedHead = h("h3", { class: "persons-head" }, "Banned");
    const end = { class: "button soft-danger", type: "button", onclick: () => dismiss(client, id) };
    this.dismiss = h("button", end, "Dismiss group");
    this.node = h(
      "div",
      { class: "persons-panel" },
      this.form.node,
      this.problem.node,
      this.settings.node,
      this.bannedHead,
      this.banned.node,
      this.dismiss,
    );
  }

  /** @param {Group} group */
  draw(group) {
    const isOwner = group.role === "owner";
    for (const { name } of OWNERS) this.settings.offer(name, isOwner);
    this.dismiss.hidden = !isOwner || group.dismissed;
    this.#show(group);
    this.#showChanged();
    const loaded = JSON.stringify([group.title, group.description]);
    if (loaded !== this.#loaded && !this.form.node.contains(document.activeElement)) {
      this.#loaded = loaded;
      this.form.input("title").value = group.title;
      this.form.input("description").value = group.description;
      this.#showChanged();
    }
    this.banned.show(this.#bans.map((ban) => this.#view(ban)));
    this.bannedHead.hidden = !this.#bans.length;
  }

  reread = coalesced(async () => {
    const group = this.client.groups.get(this.id);
    if (!group || !leads(group)) return;
    try {
      this.#bans = await this.client.groups.bans(this.id);
      this.problem.say("");
    } catch (error) {
      this.problem.say(reason(/** @type {any} */ (error)));
    }
    this.draw(this.client.groups.get(this.id) ?? group);
  });

  /** There is nothing to save before something was changed. */
  #showChanged() {
    this.form.button.hidden = !this.#changed().length;
  }

  #changed() {
    const group = /** @type {any} */ (this.client.groups.get(this.id));
    const values = ["title", "description"].map((name) => [name, this.form.input(name).value]);
    return values.filter(([name, value]) => value !== group?.[name]);
  }

  #profileForm() {
    const form = new Form({
      name: "group-profile",
      fields: [
        { name: "title", label: "Name", maxlength: 64, autocomplete: "off", autocapitalize: "sentences" },
        {
          name: "description",
          label: "Description",
          multiline: true,
          required: false,
          rows: 2,
          maxlength: 1000,
          autocapitalize: "sentences",
          spellcheck: "true",
        },
      ],
      action: "Save",
      places: { bad_name: "title", bad_group: "description" },
      send: async () => {
        await this.client.groups.update(this.id, Object.fromEntries(this.#changed()));
        toast("Saved.");
      },
    });
    form.node.addEventListener("input", () => this.#showChanged());
    return form;
  }

  /** @param {Group} group */
  #show(group) {
    this.settings.show(group);
    const isUsual = PAUSES.some(([value]) => value === group.slow_s);
    const hint = isUsual ? SLOW.hint : `${SLOW.hint} Now ${pause(group.slow_s)}.`;
    this.settings.explain("slow_s", hint);
  }

  /** @param {import("../../im-client/types.js").Ban} ban */
  #view({ person, until: end, reason: why }) {
    const { client } = this;
    const line = [`@${person.username}`, end && `banned${until(end, client.now())}`].filter(Boolean).join(" · ");
    return { id: person.id, name: client.friends.nameOf(person), line, why };
  }

  /** @param {{ id: string, name: string, line: string, why: string }} view */
  #ban(view) {
    const words = view.why ? h("span", { class: "person-line", dir: "auto" }, view.why) : null;
    const unban = async () => {
      if (await attempt(() => this.client.groups.unban(this.id, view.id))) this.reread();
    };
    return [...personBody(view, words), namedButton("Unban", view.name, unban, "quiet")];
  }
}

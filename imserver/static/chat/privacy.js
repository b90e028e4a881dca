import { coalesced } from "../im-client/backoff.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { Problem, reason } from "./form.js";
import { Choice, Switch } from "./setting.js";

/** @typedef {import("../im-client/types.js").Privacy} Settings */

/** @type {import("./setting.js").Options[]} */
const CHOICES = [
  {
    name: "presence",
    title: "Last seen and online",
    hint: "Who sees whether you are here, and when you last were.",
    options: [
      ["all", "Everybody"],
      ["friends", "Friends"],
      ["nobody", "Nobody"],
    ],
  },
  {
    name: "friend_requests",
    title: "Friend requests",
    hint: "Who may ask to be your friend.",
    options: [
      ["all", "Everybody"],
      ["friends_of_friends", "Friends of friends"],
      ["nobody", "Nobody"],
    ],
  },
  {
    name: "added_to_groups",
    title: "Added to groups",
    hint: "Who may put you into a group at once. Others invite you.",
    options: [
      ["all", "Everybody"],
      ["friends", "Friends"],
      ["nobody", "Nobody"],
    ],
  },
];
/** @type {import("./setting.js").Spec[]} */
const SWITCHES = [
  {
    name: "read_receipts",
    title: "Read receipts",
    hint: "Others see what you have read. Without it you do not see what they have read.",
  },
  { name: "found_by_name", title: "Found by user name", hint: "By all who type how it begins." },
  { name: "found_by_email", title: "Found by e-mail", hint: "By those who know the whole address." },
  { name: "found_by_phone", title: "Found by telephone number", hint: "By those who know the whole number." },
  {
    name: "named_in_forwards",
    title: "Named in forwarded messages",
    hint: "Others see who wrote a message of yours that somebody passes on.",
  },
];

/** @param {import("../im-client.js").Client} client */
export function openPrivacy(client) {
  const privacy = new PrivacySettings(client);
  const dialog = openDialog("Privacy", ...privacy.nodes);
  const closing = new AbortController();
  const { signal } = closing;
  dialog.addEventListener("close", () => closing.abort());
  const heard = (/** @type {any} */ { detail }) => detail.entry.kind === "settings.updated" && privacy.refresh();
  client.addEventListener("notice", heard, { signal });
  client.addEventListener("status", () => client.connection.online && privacy.refresh(), { signal });
  privacy.refresh();
}

/** Each change is saved at once, one after the other; what another device changes is read anew. */
class PrivacySettings {
  /** What the server has. @type {Settings | null} */
  #settings = null;
  #saving = Promise.resolve();
  #pending = 0;

  /** @param {import("../im-client.js").Client} client */
  constructor(client) {
    this.client = client;
    this.problem = new Problem();
    const save = (/** @type {string} */ name) => (/** @type {unknown} */ value) => this.#save({ [name]: value });
    /** @type {[string, Choice | Switch][]} */
    this.controls = [
      ...CHOICES.map((spec) => [spec.name, new Choice(spec, save(spec.name))]),
      ...SWITCHES.map((spec) => [spec.name, new Switch(spec, save(spec.name))]),
    ];
    this.list = h("div", { class: "settings" }, ...this.controls.map(([, { node }]) => node));
    this.list.inert = true; // until what the server has is here
    this.nodes = [this.problem.node, this.list];
  }

  refresh = coalesced(async () => {
    try {
      const settings = await this.client.account.privacy();
      if (!this.#pending) this.#draw(settings); // else the answer to the change says it
    } catch (error) {
      this.#explain(error);
    }
  });

  /** @param {Partial<Settings>} change */
  #save(change) {
    this.#pending += 1;
    this.#saving = this.#saving.then(async () => {
      try {
        this.#settings = await this.client.account.updatePrivacy(change);
        this.problem.say("");
      } catch (error) {
        this.#explain(error);
      }
      this.#pending -= 1;
      if (!this.#pending && this.#settings) this.#show(this.#settings);
    });
  }

  /** @param {Settings} settings */
  #draw(settings) {
    this.#settings = settings;
    this.problem.say("");
    this.list.inert = false;
    this.#show(settings);
  }

  /** @param {Record<string, any>} settings */
  #show(settings) {
    for (const [name, control] of this.controls) control.show(settings[name]);
  }

  /** @param {unknown} error */
  #explain(error) {
    this.problem.say(reason(/** @type {import("../im-client.js").ImError} */ (error)));
  }
}

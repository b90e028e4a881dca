import { coalesced } from "../im-client/backoff.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { Problem, reason } from "./form.js";
import { Settings } from "./setting.js";

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

/** What another device changes is read anew. */
class PrivacySettings {
  /** @param {import("../im-client.js").Client} client */
  constructor(client) {
    this.client = client;
    this.problem = new Problem();
    this.settings = new Settings(
      [...CHOICES, ...SWITCHES],
      (change) => client.account.updatePrivacy(change),
      (error) => this.#tell(error),
    );
    this.settings.node.inert = true; // until what the server has is here
    this.nodes = [this.problem.node, this.settings.node];
  }

  refresh = coalesced(async () => {
    try {
      this.settings.show(await this.client.account.privacy());
      this.settings.node.inert = false;
      this.#tell(undefined);
    } catch (error) {
      this.#tell(error);
    }
  });

  /** @param {unknown} error   or that there is none */
  #tell(error) {
    this.problem.say(error ? reason(/** @type {import("../im-client.js").ImError} */ (error)) : "");
  }
}

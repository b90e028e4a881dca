import { attempt } from "../attempt.js";
import { smallButton } from "../button.js";
import { openDialog } from "../dialog.js";
import { h, icon, toast } from "../dom.js";
import { Form } from "../form.js";
import { linkify } from "../linkify.js";
import { ago } from "../times.js";
import { memberName } from "./names.js";
import { leads } from "./rights.js";

/**
 * @typedef {import("../../im-client.js").Client} Client
 * @typedef {import("../../im-client/types.js").Group} Group
 */

/** Above the messages, until it has been read. */
export class AnnouncementBar {
  #drawn = "";

  /** @param {Client} client @param {string} id */
  constructor(client, id) {
    this.client = client;
    this.id = id;
    this.node = h("aside", { class: "announcement-bar", "aria-label": "Announcement", hidden: true });
  }

  /** @param {Group} [group] */
  draw(group) {
    const said = group?.announcement;
    const shown = said && !said.read && said.by !== this.client.user.id ? said : null;
    const by = shown ? memberName(this.client, this.id, shown.by) : "";
    const drawn = JSON.stringify([shown?.number, by]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.node.hidden = !shown;
    if (!shown) return this.node.replaceChildren();
    this.node.replaceChildren(
      icon("megaphone"),
      h(
        "div",
        { class: "announcement-body" },
        h("strong", { class: "announcement-by", dir: "auto" }, `Announcement by ${by}`),
        h("p", { class: "announcement-text", dir: "auto", tabindex: "0" }, ...linkify(shown.text)),
      ),
      smallButton("Got it", () => this.#read(shown.number)),
    );
  }

  /** @param {number} number */
  #read(number) {
    return attempt(() => this.client.groups.readAnnouncement(this.id, number));
  }
}

/** In the window of the group: the announcement, and for admins how many have read it. */
export class AnnouncementCard {
  #drawn = "";
  #readers = "";
  /** Of which announcement, with how many members, that was asked. */
  #asked = "";

  /** @param {Client} client @param {string} id */
  constructor(client, id) {
    this.client = client;
    this.id = id;
    this.node = h("section", { class: "announcement-card", "aria-label": "Announcement", hidden: true });
  }

  /** @param {Group} group */
  draw(group) {
    const said = group.announcement;
    const mayChange = leads(group);
    this.node.hidden = !said;
    if (said && mayChange) this.#ask(said.number, group.members);
    const by = said ? memberName(this.client, this.id, said.by) : "";
    const drawn = JSON.stringify([said?.number, by, mayChange, this.#readers]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    if (!said) return this.node.replaceChildren();
    const when = `${by}, ${ago(said.at, this.client.now())}`;
    const change = { class: "link", type: "button", onclick: () => openAnnounce(this.client, this.id, said.text) };
    this.node.replaceChildren(
      h("p", { class: "announcement-text", dir: "auto" }, ...linkify(said.text)),
      h(
        "p",
        { class: "announcement-about" },
        h("span", { dir: "auto" }, [when, this.#readers].filter(Boolean).join(" · ")),
        mayChange && h("button", change, "Change"),
      ),
    );
  }

  /** @param {number} number @param {number} members */
  async #ask(number, members) {
    const asked = [number, members].join();
    if (asked === this.#asked) return;
    this.#asked = asked;
    const found = await this.client.groups.announcementReaders(this.id).catch(() => null);
    if (found?.number !== number) return;
    this.#readers = `read by ${found.readers} of ${members}`;
    const group = this.client.groups.get(this.id);
    if (group) this.draw(group);
  }
}

/** @param {Client} client @param {string} id @param {string} text the one there is */
export function openAnnounce(client, id, text = "") {
  const form = new Form({
    name: "announce",
    fields: [
      {
        name: "text",
        label: "Announcement",
        hint: text ? "An empty one takes it away." : "It stands above the messages until each has read it.",
        multiline: true,
        required: !text,
        rows: 4,
        maxlength: 8000,
        autocapitalize: "sentences",
        spellcheck: "true",
        autofocus: true,
      },
    ],
    action: "Announce",
    places: { bad_group: "text" },
    send: async (values) => {
      await client.groups.announce(id, values.text);
      dialog.close();
      toast(values.text.trim() ? "It is announced." : "The announcement is taken away.");
    },
  });
  form.input("text").value = text;
  const dialog = openDialog("Announce", form.node);
}

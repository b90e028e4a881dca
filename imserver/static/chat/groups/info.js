import { avatar } from "../avatar.js";
import { openDialog } from "../dialog.js";
import { h } from "../dom.js";
import { linkify } from "../linkify.js";
import { Tabs } from "../tabs.js";
import { AnnouncementCard } from "./announcement.js";
import { JoiningPanel } from "./joining.js";
import { MembersPanel } from "./members.js";
import { membersInWords } from "./names.js";
import { leads, mayInvite } from "./rights.js";
import { SettingsPanel } from "./settings.js";

const GATHER = 200;

/**
 * The window of a group: who is in it, how one comes in, how it works.
 * @param {import("../../im-client.js").Client} client @param {string} id
 */
export function openGroup(client, id) {
  const about = new About(client, id);
  const panels = {
    members: new MembersPanel(client, id, { above: about.more, close: () => dialog.close() }),
    joining: new JoiningPanel(client, id),
    settings: new SettingsPanel(client, id),
  };
  const tabs = new Tabs("Group", [
    { name: "members", label: "Members", node: panels.members.node },
    { name: "joining", label: "Joining", node: panels.joining.node },
    { name: "settings", label: "Settings", node: panels.settings.node },
  ]);
  const dialog = openDialog("Group info", about.node, tabs.bar, ...Object.values(panels).map(({ node }) => node));
  dialog.classList.add("friends", "group-info");
  const closing = new AbortController();
  const { signal } = closing;
  const draw = () => {
    const group = client.groups.get(id);
    if (!group) return;
    about.draw(group);
    tabs.offer({ members: true, joining: mayInvite(group), settings: leads(group) });
    tabs.count("joining", client.groups.asking(id).length);
    for (const panel of Object.values(panels)) panel.draw(group);
  };
  dialog.addEventListener("close", () => closing.abort());
  for (const source of [client.groups, client.people, client.friends])
    source.addEventListener("change", draw, { signal });
  const reread = () => Object.values(panels).forEach((panel) => panel.reread());
  /** @type {any} */
  let timer = null;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(reread, GATHER);
  };
  client.groups.addEventListener("group", (event) => heardOf(event) === id && soon(), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  client.addEventListener("status", () => client.connection.online && reread(), { signal });
  for (const type of ["removed", "parted"])
    client.addEventListener(type, (event) => heardOf(event) === id && dialog.close(), { signal });
  tabs.select("members");
  draw();
  client.groups.reread(id).catch(() => {});
  reread();
}

/** @param {Event} event */
function heardOf(event) {
  return /** @type {CustomEvent} */ (event).detail.id;
}

/** What a group says of itself. */
class About {
  #drawn = "";

  /** @param {import("../../im-client.js").Client} client @param {string} id */
  constructor(client, id) {
    this.id = id;
    this.face = h("span");
    this.title = h("strong", { dir: "auto" });
    this.count = h("span", { class: "profile-address" });
    this.text = h("p", { class: "group-description", dir: "auto" });
    this.card = new AnnouncementCard(client, id);
    const who = h("div", { class: "profile-who" }, this.title, this.count);
    this.node = h("div", { class: "profile-head group-head" }, this.face, who);
    this.more = h("div", { class: "group-about" }, this.text, this.card.node);
  }

  /** @param {import("../../im-client/types.js").Group} group */
  draw(group) {
    this.card.draw(group);
    const drawn = JSON.stringify([group.title, group.members, group.description, group.dismissed]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.face.replaceChildren(avatar(this.id, group.title));
    this.title.textContent = group.title;
    this.count.textContent = `${membersInWords(group.members)}${group.dismissed ? " · dismissed" : ""}`;
    this.text.hidden = !group.description;
    this.text.replaceChildren(...linkify(group.description));
  }
}

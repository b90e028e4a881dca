import { Client } from "../im-client.js";
import { accountItems } from "./account.js";
import { Banner } from "./banner.js";
import { CallDesk } from "./call-desk.js";
import { closeDialogs, confirm } from "./dialog.js";
import { h, icon } from "./dom.js";
import { openFriends } from "./friends.js";
import { followGroupLink, linkedToken } from "./groups/join-link.js";
import { openNewGroup } from "./groups/new-group.js";
import { tellGroupNews } from "./groups/news.js";
import { followLink, linkedName } from "./link.js";
import { tellNews } from "./news.js";
import { Sidebar } from "./sidebar.js";
import { Thread } from "./thread.js";
import { watchPeople } from "./watching.js";

/** Why the server ended it, where only logging in again helps. */
const ENDS = new Set(["signed_out", "replaced", "banned"]);

/** The page of a person who is logged in: the list beside the open conversation. */
export class Messenger {
  /** @type {Thread | null} */
  thread = null;
  #closing = new AbortController();
  /** The message to go to once its conversation is open. @type {{ id: string, seq: number } | null} */
  #wanted = null;

  /** @param {import("../im-client.js").Session} session */
  constructor(session) {
    this.session = session;
    this.person = /** @type {string} */ (session.user?.id);
    this.client = new Client({ session, url: new URL("/v1/ws", location.href).href.replace(/^http/, "ws") });
    this.banner = new Banner(this.client, this.#closing.signal);
    const actions = {
      open: (/** @type {string} */ id) => (location.hash = id),
      account: () => accountItems(this.client, () => this.#logOut(), (id, seq) => this.#show(id, seq)),
      group: () => openNewGroup(this.client, actions.open),
      friends: () => openFriends(this.client, { find: () => this.sidebar.focusSearch() }),
    };
    this.sidebar = new Sidebar(this.client, actions);
    this.nobody = nothingOpen(() => this.sidebar.focusSearch());
    this.main = h("main", { class: "main", id: "main", tabindex: "-1" }, this.nobody);
    const { bar } = new CallDesk(this.client, this.#closing.signal);
    const tops = h("div", { class: "tops" }, this.banner.node, bar.node);
    const skip = h(
      "a",
      { class: "skip", href: "#main", onclick: (/** @type {Event} */ event) => this.#skip(event) },
      "Skip to the conversation",
    );
    this.node = h("div", { class: "messenger" }, skip, tops, this.sidebar.node, this.main);
    this.#listen();
    watchPeople(this.client, this.#closing.signal);
    tellNews(this.client);
    tellGroupNews(this.client, this.#closing.signal);
    this.client.start();
  }

  /** Nothing is left to do: what there is comes with `ready`. */
  opened() {}

  /** Called when nobody is logged in any more; nothing of the person stays on the device. */
  close() {
    this.#closing.abort();
    this.thread?.close();
    closeDialogs();
    history.replaceState(null, "", location.pathname);
    return this.client.stop({ forget: true });
  }

  #listen() {
    const { signal } = this.#closing;
    /** @param {string} type @param {(detail: any) => void} handle */
    const on = (type, handle) =>
      this.client.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail), { signal });
    on("ready", () => this.#route());
    on("status", ({ status, reason }) => {
      if (status === "online") this.#online();
      if (reason && ENDS.has(reason)) this.session.end(reason);
    });
    on("badge", ({ unread }) => (document.title = unread ? `(${unread}) Messages` : "Messages"));
    on("draft", ({ id }) => this.#drafted(id));
    on("conversation", (detail) => {
      if (this.thread?.conversation === detail.conversation) this.thread?.update(detail.changes);
    });
    on("removed", ({ id }) => closeIfOpen(id));
    on("outbox", ({ id }) => id === this.thread?.conversation.id && this.thread?.updateDrafts());
    on("typing", ({ id }) => id === this.thread?.conversation.id && this.thread?.updateLine());
    addEventListener("hashchange", () => this.#route(), { signal });
    addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  #route() {
    const id = location.hash.slice(1);
    if (this.#wanted?.id !== id) this.#wanted = null;
    const conversation = this.client.get(id);
    if (this.thread?.conversation === conversation && conversation) return this.#showWanted();
    if (!conversation && id) return this.#fetch(id);
    this.thread?.close();
    this.thread = conversation ? new Thread(this.client, conversation, closeConversation) : null;
    this.main.replaceChildren(this.thread?.node ?? this.nobody);
    this.node.classList.toggle("reading", Boolean(this.thread));
    this.sidebar.select(this.thread?.conversation.id ?? null);
    this.thread?.opened();
    this.#showWanted();
  }

  /** Opens a conversation at a message. @param {string} id @param {number} seq */
  #show(id, seq) {
    this.#wanted = { id, seq };
    if (location.hash.slice(1) === id) this.#route();
    else location.hash = id;
  }

  #showWanted() {
    if (this.thread?.conversation.id !== this.#wanted?.id) return;
    this.thread?.show(this.#wanted?.seq ?? 0);
    this.#wanted = null;
  }

  /** It comes with the welcome, or it is further down the list, or there is no such conversation. @param {string} id */
  #fetch(id) {
    if (!this.client.connection.online) return;
    this.client.directory.fetch(id).then(
      () => this.#route(),
      () => closeIfOpen(id),
    );
  }

  #online() {
    const { client } = this;
    const linked = linkedName(location.pathname);
    const token = linkedToken(location.pathname);
    if (token) followGroupLink(client, token, (id) => (location.hash = id));
    if (linked) followLink(client, linked).then(() => this.#route());
    else this.#route();
    const hasNotes = client.list().some(({ head }) => head.kind === "self");
    if (!hasNotes) client.directory.open(client.user.id).catch(() => {}); // asked again at the next welcome
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape" && !event.defaultPrevented && this.thread && !document.querySelector("dialog[open]")) {
      closeConversation();
      this.sidebar.focusList();
    }
    if (this.thread && isText(event)) this.thread.composer.focus();
    if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.sidebar.focusSearch();
    }
  }

  /** @param {Event} event */
  #skip(event) {
    event.preventDefault();
    (this.thread ? this.thread.foot : this.main).focus();
  }

  /** Begun on another device, perhaps where nobody has written yet. @param {string} id */
  #drafted(id) {
    const { client } = this;
    if (client.drafts.get(id) && !client.get(id)) client.directory.fetch(id).catch(() => {}); // it is gone meanwhile
  }

  async #logOut() {
    const waiting = this.client.outbox.conversations().size;
    const text = waiting
      ? "Messages that have not been sent yet will be lost."
      : "This device forgets your conversations. They stay on the server.";
    if (await confirm({ title: "Log out?", text, action: "Log out" })) await this.session.logOut();
  }
}

/** A letter typed while nothing takes letters is the beginning of a message. @param {KeyboardEvent} event */
function isText({ key, ctrlKey, metaKey, altKey, target }) {
  const taken = target instanceof Element && target.closest("input, textarea, dialog, .menu");
  return key.length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey && !taken;
}

/** Back to the list, without leaving a step in the history. */
function closeConversation() {
  location.replace("#");
}

/** The same, unless one has gone elsewhere by now. @param {string} id */
function closeIfOpen(id) {
  if (location.hash.slice(1) === id) closeConversation();
}

/** @param {() => void} find */
function nothingOpen(find) {
  return h(
    "div",
    { class: "nobody" },
    h("div", { class: "nobody-art" }, icon("people")),
    h("h2", {}, "Pick up a conversation"),
    h("p", {}, "Choose one from the list, or find somebody by name."),
    h("button", { class: "button", type: "button", onclick: find }, "Find people"),
  );
}

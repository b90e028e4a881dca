import { conversationAvatar, withDot } from "./avatar.js";
import { conversationItems, isSilent } from "./conversation-menu.js";
import { h, icon, spoken } from "./dom.js";
import { lastAuthor, typingWords } from "./groups/names.js";
import { onLongPress } from "./long-press.js";
import { Menu } from "./menu.js";
import { titleOf } from "./names.js";
import { signs } from "./signs.js";
import { ticks } from "./ticks.js";
import { shortTime } from "./times.js";
import { preview } from "./words.js";

/** One conversation in the list. */
export class ConversationRow {
  #drawn = "";

  /** @param {import("../im-client.js").Client} client @param {import("../im-client.js").Conversation} conversation */
  constructor(client, conversation) {
    this.client = client;
    this.conversation = conversation;
    this.node = h("a", {
      class: "row-link",
      href: `#${conversation.id}`,
      tabindex: "-1",
      "aria-haspopup": "menu",
      oncontextmenu: (/** @type {MouseEvent} */ event) => this.#contextMenu(event),
    });
    this.more = h(
      "button",
      { class: "row-more", type: "button", tabindex: "-1", onclick: () => this.#showBelow(this.more) },
      icon("more"),
    );
    this.item = h("li", { class: "row-item" }, this.node, this.more);
    onLongPress(this.node, (_, at) => this.#showMenu(at));
  }

  /** By the mouse it opens there; by the key, below the row. @param {MouseEvent} event */
  #contextMenu(event) {
    event.preventDefault();
    if (event.button === 2) this.#showMenu({ x: event.clientX, y: event.clientY });
    else this.#showBelow(this.node);
  }

  /** @param {HTMLElement} anchor */
  #showBelow(anchor) {
    const { left, bottom } = anchor.getBoundingClientRect();
    this.#showMenu({ x: left + 12, y: bottom - 8 });
  }

  /** @param {{ x: number, y: number }} at */
  #showMenu(at) {
    new Menu(conversationItems(this.client, this.conversation, at)).showAt(at.x, at.y);
  }

  /** @param {boolean} selected */
  select(selected) {
    if (selected) this.node.setAttribute("aria-current", "page");
    else this.node.removeAttribute("aria-current");
  }

  draw() {
    const view = this.#view();
    const drawn = JSON.stringify(view);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const { title, at, tick, online } = view;
    this.more.setAttribute("aria-label", `Options of ${title}`);
    this.node.replaceChildren(
      withDot(conversationAvatar(this.conversation, title), online),
      h(
        "span",
        { class: "row-body" },
        h(
          "span",
          { class: "row-top" },
          h("span", { class: "row-title", dir: "auto" }, title),
          online && spoken(" online"),
          view.silent && h("span", { class: "row-silent", role: "img", "aria-label": "Muted" }, icon("bell-off")),
          tick && ticks(tick),
          at && h("time", { class: "row-time", datetime: at }, shortTime(at)),
        ),
        h("span", { class: "row-bottom" }, this.#line(view), ...signs(view)),
      ),
    );
    this.node.classList.toggle("unread", view.unread > 0 || view.marked);
    this.node.classList.toggle("former", view.former);
  }

  #view() {
    const { conversation, client } = this;
    const { head, id } = conversation;
    const waiting = client.outbox.of(id).at(-1);
    const last = waiting ?? head.last;
    const mine = Boolean(waiting) || head.last?.sender === client.user.id;
    return {
      title: titleOf(conversation, client),
      at: last?.created_at ?? "",
      tick: mine && last ? this.#tick(waiting) : "",
      unread: head.unread,
      mentions: head.kind === "group" ? head.mentions : 0,
      marked: Boolean(head.marked_unread),
      pinned: Boolean(head.pinned),
      silent: isSilent(conversation),
      online: Boolean(head.peer) && client.presence.isOnline(head.peer?.id ?? ""),
      typing: typingWords(client, conversation),
      former: Boolean(head.former),
      draft: location.hash.slice(1) === id ? "" : (client.drafts.get(id)?.text ?? ""),
      author: waiting ? "" : lastAuthor(client, conversation),
      text: last ? preview(/** @type {any} */ (last)) : "",
      muted: Boolean(last && "recalled" in last && last.recalled),
      today: new Date().toDateString(), // "Today" must not outlive midnight
    };
  }

  /** @param {{ state: string } | undefined} waiting */
  #tick(waiting) {
    const { head } = this.conversation;
    if (waiting) return waiting.state;
    if (!head.last || head.last.recalled) return "";
    return head.kind === "self" ? "sent" : this.conversation.progress(head.last);
  }

  /** @param {{ former: boolean, typing: string, draft: string, author: string, text: string, muted: boolean }} view */
  #line({ former, typing, draft, author, text, muted }) {
    if (former) return h("span", { class: "row-text muted" }, "You are no longer in this group");
    if (typing) return h("span", { class: "row-text accent", dir: "auto" }, typing);
    if (draft)
      return h("span", { class: "row-text", dir: "auto" }, h("span", { class: "row-draft" }, "Draft: "), draft);
    const by = author && h("span", { class: "row-author" }, `${author}: `);
    return h("span", { class: muted ? "row-text muted" : "row-text", dir: "auto" }, by, text || this.#invitation());
  }

  #invitation() {
    return this.conversation.head.kind === "self" ? "For your eyes only" : "No messages yet";
  }
}

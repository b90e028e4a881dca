import { conversationAvatar, withDot } from "./avatar.js";
import { h, spoken } from "./dom.js";
import { readDraft } from "./drafts.js";
import { preview, shortTime, titleOf } from "./format.js";
import { lastAuthor, typingWords } from "./groups/names.js";
import { ticks } from "./ticks.js";

/** One conversation in the list. */
export class ConversationRow {
  #drawn = "";

  /** @param {import("../im-client.js").Client} client @param {import("../im-client.js").Conversation} conversation */
  constructor(client, conversation) {
    this.client = client;
    this.conversation = conversation;
    this.node = h("a", { class: "row-link", href: `#${conversation.id}`, tabindex: "-1" });
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
    const { title, at, tick, unread, online } = view;
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
          tick && ticks(tick),
          at && h("time", { class: "row-time", datetime: at }, shortTime(at)),
        ),
        h("span", { class: "row-bottom" }, this.#line(view), unread > 0 && badge(unread)),
      ),
    );
    this.node.classList.toggle("unread", unread > 0);
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
      online: Boolean(head.peer) && client.presence.isOnline(head.peer?.id ?? ""),
      typing: typingWords(client, conversation),
      draft: location.hash.slice(1) === id ? "" : readDraft(client.user.id, id),
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

  /** @param {{ typing: string, draft: string, author: string, text: string, muted: boolean }} view */
  #line({ typing, draft, author, text, muted }) {
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

/** @param {number} unread */
function badge(unread) {
  return h(
    "span",
    { class: "badge" },
    h("span", { "aria-hidden": "true" }, unread > 999 ? "999+" : String(unread)),
    spoken(`${unread} unread`),
  );
}

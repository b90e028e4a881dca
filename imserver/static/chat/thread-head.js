import { conversationAvatar } from "./avatar.js";
import { callButtons } from "./call-buttons.js";
import { clearItem } from "./clear-history.js";
import { conversationItems } from "./conversation-menu.js";
import { h, icon } from "./dom.js";
import { typingWords } from "./groups/names.js";
import { Menu } from "./menu.js";
import { titleOf } from "./names.js";
import { standingOf } from "./standing.js";
import { lastSeen } from "./times.js";

/** Above the messages: with whom, and what can be done about that person. */
export class ThreadHead {
  #drawn = "";

  /**
   * @param {import("../im-client.js").Client} client
   * @param {import("../im-client.js").Conversation} conversation
   * @param {object} options
   * @param {() => void} options.leave
   * @param {import("./person-actions.js").PersonActions} options.actions
   * @param {import("./groups/side.js").GroupSide | null} options.group
   */
  constructor(client, conversation, { leave, actions, group }) {
    this.client = client;
    this.conversation = conversation;
    this.actions = actions;
    this.group = group;
    this.title = h("h2", { class: "thread-title", dir: "auto" });
    this.subtitle = h("span", { class: "thread-subtitle", "aria-live": "polite" });
    this.face = h("span", { class: "thread-face" });
    this.standing = h("span", { class: "thread-standing" });
    this.calls = callButtons(client, conversation);
    this.more = h(
      "button",
      { class: "icon-button", type: "button", "aria-haspopup": "menu", onclick: () => this.#showMenu() },
      icon("more"),
    );
    this.node = h(
      "header",
      { class: "thread-head" },
      h(
        "button",
        { class: "icon-button back", type: "button", "aria-label": "Back to the list", onclick: leave },
        icon("back"),
      ),
      ...(group ? [this.#opener(group)] : [this.face, this.#who()]),
      this.standing,
      this.calls,
      this.more,
    );
  }

  get #peer() {
    const { head } = this.conversation;
    return head.kind === "direct" ? head.peer : undefined;
  }

  /** @param {boolean} mayWrite where one may not, the foot offers what can be done */
  draw(mayWrite) {
    const title = titleOf(this.conversation, this.client);
    const peer = this.#peer;
    const drawn = [title, mayWrite, peer && this.client.friends.standing(peer.id)].join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.title.textContent = title;
    this.title.title = peer ? `${title} @${peer.username}` : title;
    this.face.replaceChildren(conversationAvatar(this.conversation, title, "small"));
    this.calls.hidden = !peer || !mayWrite;
    this.more.setAttribute("aria-label", `More about ${title}`);
    const hadFocus = this.standing.contains(document.activeElement);
    this.standing.replaceChildren();
    if (peer && mayWrite) this.standing.append(standingOf(this.actions, peer, "chat") ?? "");
    if (hadFocus) this.more.focus();
  }

  /** Below the title. @param {boolean} typing */
  drawLine(typing) {
    const line = (typing && typingWords(this.client, this.conversation)) || this.#about();
    this.subtitle.className = `thread-subtitle ${line === "online" ? "online" : ""} ${typing ? "typing" : ""}`;
    if (this.subtitle.textContent !== line) this.subtitle.textContent = line;
  }

  #about() {
    const peer = this.#peer;
    if (this.group) return this.group.line;
    if (peer) return lastSeen(this.client.presence.get(peer.id)) || `@${peer.username}`;
    return "Only you can see this";
  }

  async #showMenu() {
    const { left, bottom } = this.more.getBoundingClientRect();
    const at = { x: left, y: bottom + 6 };
    const more = this.#peer ? this.actions.items(this.#peer, "chat") : await this.group?.items();
    if (!this.node.isConnected) return;
    const [first, ...rest] = more ?? [];
    const own = conversationItems(this.client, this.conversation, at);
    if (!this.conversation.head.former) own.push(clearItem(this.client, this.conversation));
    new Menu(first ? [...own, { ...first, ruled: true }, ...rest] : own).showAt(at.x, at.y);
  }

  #who() {
    return h("div", { class: "thread-who" }, this.title, this.subtitle);
  }

  /**
   * Face and title of a group open its window, as the menu does.
   * @param {import("./groups/side.js").GroupSide} group
   */
  #opener(group) {
    return h("div", { class: "thread-open", onclick: () => group.openInfo() }, this.face, this.#who());
  }
}

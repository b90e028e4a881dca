import { h, icon, spoken } from "./dom.js";

/**
 * Where one keeps the conversations that are not to stand in the list: one row above it that opens them.
 * @typedef {import("../im-client.js").Conversation} Conversation
 */
export class ArchiveFolder {
  isOpen = false;
  #drawn = "";

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.node = h("button", { class: "row-link folder", type: "button", hidden: true, onclick: () => this.toggle() });
  }

  toggle() {
    this.isOpen = !this.isOpen;
    this.changed();
  }

  /** Those of the list, or those put away; pinned ones first. @param {Conversation[]} all */
  shown(all) {
    const archived = all.filter(({ head }) => head.archived);
    this.isOpen &&= archived.length > 0;
    this.#draw(archived);
    return inOrder(this.isOpen ? archived : all.filter(({ head }) => !head.archived));
  }

  hide() {
    this.node.hidden = true;
  }

  /** @param {Conversation[]} archived */
  #draw(archived) {
    this.node.hidden = !archived.length;
    const unread = archived.filter(({ head }) => head.unread || head.marked_unread).length;
    const drawn = [this.isOpen, archived.length, unread].join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.node.setAttribute("aria-expanded", String(this.isOpen));
    this.node.replaceChildren(
      h("span", { class: "folder-symbol" }, icon(this.isOpen ? "back" : "archive")),
      h("span", { class: "row-title" }, "Archived"),
      h("span", { class: "folder-count" }, String(archived.length)),
      ...(unread ? [h("span", { class: "badge quiet dot-only" }), spoken(`${unread} unread`)] : []),
    );
  }
}

/** @param {Conversation[]} all the newest first */
export function inOrder(all) {
  return [...all.filter(({ head }) => head.pinned), ...all.filter(({ head }) => !head.pinned)];
}

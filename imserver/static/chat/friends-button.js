import { h, icon } from "./dom.js";

/** Opens the friends; its badge counts those who wait for an answer. */
export class FriendsButton {
  /** @param {import("../im-client.js").Client} client @param {() => void} open */
  constructor(client, open) {
    this.friends = client.friends;
    this.groups = client.groups;
    this.badge = h("span", { class: "badge", "aria-hidden": "true" });
    const properties = { class: "icon-button friends-button", type: "button", title: "Friends", onclick: open };
    this.node = h("button", properties, icon("people"), this.badge);
    for (const source of [this.friends, this.groups]) source.addEventListener("change", () => this.#draw());
    this.#draw();
  }

  #draw() {
    const waiting = this.friends.incoming.length + this.groups.invitations.size;
    this.badge.hidden = !waiting;
    this.badge.textContent = waiting > 99 ? "99+" : String(waiting);
    this.node.setAttribute("aria-label", waiting ? `Friends, ${requests(waiting)}` : "Friends");
  }
}

/** @param {number} count */
function requests(count) {
  return count === 1 ? "1 request" : `${count} requests`;
}

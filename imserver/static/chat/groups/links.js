import { attempt } from "../attempt.js";
import { copy } from "../copy.js";
import { openDialog } from "../dialog.js";
import { arrange, h, icon, toast } from "../dom.js";
import { Form } from "../form.js";
import { picture } from "../qr.js";
import { Choice, Switch } from "../setting.js";
import { until } from "../times.js";
import { SPANS, after } from "./spans.js";

/**
 * Links into a group.
 * @typedef {import("../../im-client.js").Client} Client
 * @typedef {import("../../im-client/types.js").GroupLink} Link
 */

/** @type {[string, string][]} */
const USES = [
  ["", "Any number"],
  ["1", "One"],
  ["10", "10"],
  ["100", "100"],
];

export class LinkList {
  /** @type {Link[]} */
  #links = [];
  /** What was revoked here; an answer that was on its way may still name it. @type {Set<string>} */
  #revoked = new Set();
  #drawn = "";

  /** @param {Client} client @param {string} id */
  constructor(client, id) {
    this.client = client;
    this.id = id;
    this.list = h("ul", { class: "links", "aria-label": "Links" });
    const make = () => openMake(client, id, () => this.reread().then(() => this.draw()));
    this.node = h(
      "section",
      { class: "links-section", "aria-label": "Links" },
      h("h3", { class: "persons-head" }, "Links"),
      this.list,
      h("button", { class: "button soft", type: "button", onclick: make }, icon("link"), "Make a link"),
    );
  }

  async reread() {
    const links = await this.client.groups.links(this.id);
    this.#links = links.filter(({ token }) => !this.#revoked.has(token));
  }

  draw() {
    const drawn = JSON.stringify(this.#links);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    arrange(this.list, this.#links.map((link) => this.#row(link)));
    this.list.hidden = !this.#links.length;
  }

  /** @param {Link} link */
  #row(link) {
    const address = addressOf(link.token);
    return h(
      "li",
      { class: "link-row" },
      h(
        "span",
        { class: "person-body" },
        h("span", { class: "link-address" }, address.replace(/^https?:\/\//, "")),
        h("span", { class: "person-line" }, this.#terms(link)),
      ),
      iconButton("copy", "Copy the link", () => copy(address, "The link is copied.")),
      iconButton("qr", "Show the QR code", () => this.#showCode(link.token)),
      iconButton("close", "Revoke the link", () => this.#revoke(link.token)),
    );
  }

  /** @param {Link} link */
  #terms({ uses, most_uses, expires_at, needs_approval }) {
    const times = uses === 1 ? "once" : `${uses} times`;
    const used = most_uses ? `used ${uses} of ${most_uses}` : `used ${times}`;
    const ends = expires_at ? `works${until(expires_at, this.client.now())}` : "";
    return [used, ends, needs_approval && "an admin agrees"].filter(Boolean).join(" · ");
  }

  /** @param {string} token */
  async #revoke(token) {
    if (!(await attempt(() => this.client.groups.revokeLink(this.id, token)))) return;
    this.#revoked.add(token);
    this.#links = this.#links.filter((link) => link.token !== token);
    this.draw();
    toast("The link leads nowhere any more.");
  }

  /** @param {string} token */
  #showCode(token) {
    return attempt(async () => {
      const svg = await this.client.groups.qrCode(this.id, token);
      const about = h("p", { class: "link-shown" }, addressOf(token));
      openDialog("Scan to join", picture(svg, "QR code of the link"), about);
    });
  }
}

/** @param {string} token */
function addressOf(token) {
  return `${location.origin}/g/${token}`;
}

/** @param {string} symbol @param {string} label @param {() => void} act */
function iconButton(symbol, label, act) {
  const properties = { class: "icon-button", type: "button", "aria-label": label, title: label, onclick: act };
  return h("button", properties, icon(symbol));
}

/** @param {Client} client @param {string} id @param {() => unknown} made */
function openMake(client, id, made) {
  const terms = { span: SPANS[2][1], uses: "", needs_approval: false };
  const expiry = new Choice(
    { name: "expiry", title: "Works for", hint: "After that it leads nowhere.", options: spans() },
    (value) => (terms.span = value === "null" ? null : Number(value)),
  );
  const uses = new Choice(
    { name: "uses", title: "For how many people", hint: "Who is in uses nothing up.", options: USES },
    (value) => (terms.uses = value),
  );
  const approval = new Switch(
    { name: "approval", title: "An admin agrees first", hint: "Who follows the link asks to join." },
    (value) => (terms.needs_approval = value),
  );
  expiry.show(String(terms.span));
  uses.show("");
  const form = new Form({
    name: "link",
    fields: [],
    action: "Make link",
    send: async () => {
      const { span, needs_approval } = terms;
      const expires_at = span === null ? null : after(client.now(), span);
      await client.groups.makeLink(id, { expires_at, most_uses: Number(terms.uses) || null, needs_approval });
      dialog.close();
      await made();
    },
  });
  form.node.prepend(h("div", { class: "settings" }, expiry.node, uses.node, approval.node));
  const dialog = openDialog("New link", form.node);
}

/** @returns {[string, string][]} */
function spans() {
  return SPANS.map(([label, span]) => [String(span), label]);
}

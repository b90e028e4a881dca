import { browserName } from "./browser.js";
import { nameForm } from "./device-name.js";
import { h, icon } from "./dom.js";
import { ago, moment } from "./times.js";

/** @type {Record<string, string>} */
const PLATFORMS = { web: "Web", ios: "iOS", android: "Android", windows: "Windows", macos: "macOS", linux: "Linux" };

/**
 * One log-in in the list; it goes on with its new name being written while it is drawn again.
 * @typedef {import("../im-client/types.js").Device} Device
 */
export class DeviceRow {
  /** @type {Device | null} */
  #device = null;

  /** @param {{ rename: (id: string, name: string) => Promise<void>, end: (device: Device) => void }} actions */
  constructor({ rename, end }) {
    this.rename = rename;
    this.symbol = h("span", { class: "device-symbol" });
    this.title = h("strong", { class: "device-name", dir: "auto" });
    this.badge = h("span", { class: "device-badge" }, "This device");
    this.about = h("span", { class: "device-about" });
    this.seen = h("time", { class: "device-about" });
    this.editButton = button("edit", () => this.#edit());
    this.endButton = button("logout", () => this.#device && end(this.#device));
    this.head = h("span", { class: "device-title" });
    this.buttons = h("div", { class: "device-buttons" }, this.editButton, this.endButton);
    this.shown = [h("div", { class: "device-body" }, this.head, this.about, this.seen), this.buttons];
    this.node = h("li", { class: "device" }, this.symbol, ...this.shown);
  }

  /** @param {Device} device @param {number} now */
  draw(device, now) {
    this.#device = device;
    const title = titleOf(device);
    this.title.textContent = title;
    this.head.replaceChildren(this.title, ...(device.current ? [this.badge] : []));
    this.about.textContent = [platformOf(device), device.address].filter(Boolean).join(" · ");
    this.seen.textContent = device.current ? "Active now" : `Last seen ${ago(device.last_seen_at, now)}`;
    this.seen.dateTime = device.last_seen_at;
    this.seen.title = moment(device.last_seen_at);
    this.editButton.setAttribute("aria-label", `Rename ${title}`);
    this.endButton.setAttribute("aria-label", `Log out ${title}`);
    this.endButton.hidden = device.current;
    this.symbol.replaceChildren(icon(isPhone(device) ? "phone" : "computer"));
  }

  #edit() {
    const { id } = /** @type {Device} */ (this.#device);
    const form = nameForm(this.title.textContent ?? "", {
      save: (name) => this.rename(id, name),
      done: () => {
        this.node.replaceChildren(this.symbol, ...this.shown);
        this.editButton.focus();
      },
    });
    this.node.replaceChildren(this.symbol, form.node);
    form.input.select();
  }
}

/** Whoever logged in without saying a name is known by what the browser calls itself. @param {Device} device */
export function titleOf({ name }) {
  return name.startsWith("Mozilla/") ? browserName(name) : name || "Unnamed device";
}

/** @param {Device} device */
function platformOf({ platform, app_version }) {
  return [PLATFORMS[platform.toLowerCase()] ?? platform, app_version].filter(Boolean).join(" ");
}

/** @param {Device} device */
function isPhone({ name, platform }) {
  return /ios|android|iphone|ipad|phone/i.test(`${platform} ${name}`);
}

/** @param {string} symbol @param {() => void} act */
function button(symbol, act) {
  return h("button", { class: "icon-button", type: "button", onclick: act }, icon(symbol));
}

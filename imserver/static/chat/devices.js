import { coalesced } from "../im-client/backoff.js";
import { DeviceRow, titleOf } from "./device-row.js";
import { confirm, openDialog } from "./dialog.js";
import { arrange, h } from "./dom.js";
import { Problem, reason } from "./form.js";

/** @param {import("../im-client.js").Client} client */
export function openDevices(client) {
  const devices = new Devices(client);
  const dialog = openDialog("Devices", ...devices.nodes);
  const closing = new AbortController();
  const { signal } = closing;
  dialog.addEventListener("close", () => closing.abort());
  const heard = (/** @type {any} */ { detail }) => detail.entry.kind.startsWith("session.") && devices.refresh();
  client.addEventListener("notice", heard, { signal });
  client.addEventListener("status", () => client.connection.online && devices.refresh(), { signal });
  devices.refresh();
}

/** Where the person is logged in; it is kept up to date by calling `refresh`. */
class Devices {
  /** @type {Map<string, DeviceRow>} */
  #rows = new Map();

  /** @param {import("../im-client.js").Client} client */
  constructor(client) {
    this.client = client;
    this.lead = h("p", { class: "panel-lead", role: "status" }, "Loading…");
    this.list = h("ul", { class: "devices", "aria-label": "Devices", tabindex: "-1" });
    this.problem = new Problem();
    this.others = h(
      "button",
      { class: "button wide soft-danger", type: "button", hidden: true, onclick: () => this.#endOthers() },
      "Log out all others",
    );
    this.nodes = [this.lead, this.list, this.problem.node, this.others];
  }

  refresh = coalesced(async () => {
    try {
      this.#draw(await this.client.account.devices());
      this.problem.say("");
    } catch (error) {
      this.lead.hidden = true;
      this.#explain(error);
    }
  });

  /** @param {import("../im-client/types.js").Device[]} devices */
  #draw(devices) {
    const [mine, others] = [true, false].map((current) => devices.filter((device) => device.current === current));
    arrange(
      this.list,
      [...mine, ...others].map((device) => this.#row(device)),
    );
    const present = new Set(devices.map(({ id }) => id));
    for (const id of this.#rows.keys()) if (!present.has(id)) this.#rows.delete(id);
    this.lead.hidden = false;
    this.lead.textContent = others.length ? "This is where you are logged in." : "You are logged in only here.";
    this.others.hidden = !others.length;
    this.#keepFocus();
  }

  /** The button that was pressed may be gone with its row. */
  #keepFocus() {
    const { activeElement, body } = document;
    if (!activeElement?.getClientRects().length || activeElement === body) this.list.focus();
  }

  /** @param {import("../im-client/types.js").Device} device */
  #row(device) {
    const row = this.#rows.get(device.id) ?? new DeviceRow({ rename: this.#rename, end: this.#end });
    this.#rows.set(device.id, row);
    row.draw(device, this.client.now());
    return row.node;
  }

  /** @param {string} id @param {string} name */
  #rename = async (id, name) => {
    await this.client.account.renameDevice(id, name);
    await this.refresh();
  };

  /** @param {import("../im-client/types.js").Device} device */
  #end = (device) => {
    const text = "It forgets your conversations. They stay on the server.";
    return this.#ask({ title: `Log out “${titleOf(device)}”?`, text, action: "Log out" }, () =>
      this.client.account.endDevice(device.id),
    );
  };

  #endOthers() {
    const text = "Every device but this one has to log in again.";
    return this.#ask({ title: "Log out all others?", text, action: "Log out all" }, () =>
      this.client.account.endOtherDevices(),
    );
  }

  /** @param {Parameters<typeof confirm>[0]} question @param {() => Promise<unknown>} act */
  async #ask(question, act) {
    if (!(await confirm(question))) return;
    try {
      await act();
      await this.refresh();
    } catch (error) {
      this.#explain(error);
      if (/** @type {any} */ (error).code === "device_not_found") this.refresh();
    }
  }

  /** @param {unknown} error */
  #explain(error) {
    this.problem.say(reason(/** @type {import("../im-client.js").ImError} */ (error)));
  }
}

import { Factors } from "./factors.js";

/**
 * The person's own account, by REST.
 * @typedef {import("./types.js").Me} Me
 * @typedef {import("./types.js").Device} Device
 */
export class Account {
  /** @param {{ session: import("./session.js").Session, changed: (me: Me) => void }} options */
  constructor({ session, changed }) {
    this.session = session;
    this.changed = changed;
    this.factors = new Factors({ session });
  }

  /** @returns {Promise<Me>} */
  profile() {
    return this.session.call("GET", "/v1/me");
  }

  /** @param {{ display_name?: string, bio?: string, language?: string, time_zone?: string }} changes */
  async updateProfile(changes) {
    this.changed(await this.session.call("PATCH", "/v1/me", changes));
  }

  /** @returns {Promise<import("./types.js").Privacy>} */
  privacy() {
    return this.session.call("GET", "/v1/me/privacy");
  }

  /** Answers the settings as they are then. @param {Partial<import("./types.js").Privacy>} changes */
  updatePrivacy(changes) {
    return this.session.call("PATCH", "/v1/me/privacy", changes);
  }

  /** Logs all other devices out. @param {{ current_password: string, new_password: string }} passwords */
  changePassword(passwords) {
    return this.session.call("POST", "/v1/account/password/change", passwords);
  }

  /** The latest seen first. @returns {Promise<Device[]>} */
  async devices() {
    return (await this.session.call("GET", "/v1/me/devices")).items;
  }

  /** @param {string} id @param {string} name */
  renameDevice(id, name) {
    return this.session.call("PATCH", `/v1/me/devices/${encodeURIComponent(id)}`, { name });
  }

  /** @param {string} id */
  endDevice(id) {
    return this.session.call("DELETE", `/v1/me/devices/${encodeURIComponent(id)}`);
  }

  endOtherDevices() {
    return this.session.call("DELETE", "/v1/me/devices");
  }
}

/**
 * What is unsent on this device, as one text in the browser's storage that all tabs share; without it, in memory.
 *
 * @typedef {import("./types.js").Unsent} Unsent
 * @typedef {{ draft: Unsent | null, dirty: boolean, stored: boolean, refused?: Unsent }} Kept
 *   `dirty`: newer than what the server has; `stored`: the server may have one; `refused`: by the server, for good
 */
export class DraftStore {
  #text = "";
  /** @type {Record<string, Kept>} */
  #held = {};

  /** @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | undefined} storage @param {string} name */
  constructor(storage, name) {
    this.storage = storage;
    this.name = name;
  }

  all() {
    const text = this.storage ? (this.storage.getItem(this.name) ?? "") : this.#text;
    if (text !== this.#text) this.#held = text ? JSON.parse(text) : {};
    this.#text = text;
    return this.#held;
  }

  /** @param {string} id @returns {Kept} */
  get(id) {
    return this.all()[id] ?? { draft: null, dirty: false, stored: false };
  }

  /** @param {string} id @param {Kept} kept */
  put(id, kept) {
    const held = { ...this.all(), [id]: kept };
    if (!kept.draft && !kept.dirty && !kept.stored) delete held[id];
    this.#held = held;
    this.#text = Object.keys(held).length ? JSON.stringify(held) : "";
    this.#write();
  }

  clear() {
    this.#held = {};
    this.#text = "";
    this.#write();
  }

  #write() {
    try {
      if (this.#text) this.storage?.setItem(this.name, this.#text);
      else this.storage?.removeItem(this.name);
    } catch {
      this.storage = undefined; // it is full: memory has it
    }
  }
}

const PAUSE = 250;
const LEAST = 2;

/**
 * Asks the server for people while somebody types, once the typing rests.
 * @typedef {import("../im-client/types.js").Person} Person
 */
export class PeopleFinder {
  /** @type {any} */
  #timer = null;
  #asked = 0;

  /** @param {import("../im-client.js").Client} client @param {(found: Person[], note: string) => void} show */
  constructor(client, show) {
    this.client = client;
    this.show = show;
  }

  /** @param {string} text @returns {string} what is looked for */
  search(text) {
    const needle = text.trim().replace(/^@/, "");
    clearTimeout(this.#timer);
    this.#asked += 1;
    const asked = this.#asked;
    if (needle.length >= LEAST) this.#timer = setTimeout(() => this.#ask(needle, asked), PAUSE);
    else this.show([], needle && "Type at least two letters of a user name, or a whole e-mail address.");
    return needle;
  }

  /** @param {string} needle @param {number} asked */
  async #ask(needle, asked) {
    try {
      const found = await this.client.directory.findPeople(needle);
      if (asked === this.#asked) this.show(found, found.length ? "" : `No user name begins with “${needle}”.`);
    } catch {
      if (asked === this.#asked) this.show([], "People cannot be searched right now.");
    }
  }
}

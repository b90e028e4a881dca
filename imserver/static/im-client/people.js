const GATHER = 30;
const AT_ONCE = 100;

/**
 * Who people are that are met in conversations, by their ids. Who is not known yet is asked for, many at a time.
 *
 * Events: `change`.
 *
 * @typedef {import("./types.js").Person} Person
 */
export class People extends EventTarget {
  /** @type {Map<string, Person>} */
  #known = new Map();
  /** @type {Set<string>} */
  #wanted = new Set();
  /** Whom the server does not know either. @type {Set<string>} */
  #nobody = new Set();
  /** @type {any} */
  #timer = null;

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    super();
    this.client = client;
    client.connection.addEventListener("welcome", () => this.#soon());
  }

  /** Nothing where it is not known: then it is asked for. @param {string} id @returns {Person | undefined} */
  get(id) {
    const found = this.#known.get(id);
    if (!found && id && !this.#nobody.has(id)) {
      this.#wanted.add(id);
      this.#soon();
    }
    return found;
  }

  /** @param {Iterable<Person>} people */
  learn(people) {
    let isNews = false;
    for (const person of people) {
      isNews ||= this.#known.get(person.id)?.display_name !== person.display_name;
      this.#known.set(person.id, person);
      this.#wanted.delete(person.id);
    }
    if (isNews) this.dispatchEvent(new CustomEvent("change"));
  }

  #soon() {
    if (!this.#wanted.size || !this.client.connection.online) return; // offline: the next welcome asks
    this.#timer ??= setTimeout(() => this.#ask(), GATHER);
  }

  async #ask() {
    const ids = [...this.#wanted].slice(0, AT_ONCE);
    try {
      const { items } = await this.client.session.call("GET", `/v1/users?ids=${ids.join()}`);
      for (const id of ids) this.#wanted.delete(id);
      this.learn(items);
      for (const id of ids) if (!this.#known.has(id)) this.#nobody.add(id);
    } catch {
      return; // the next one that is asked for, or the next welcome, asks for these too
    } finally {
      this.#timer = null;
    }
    this.#soon();
  }
}

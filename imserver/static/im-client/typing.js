const SHOWN_FOR = 6000;
const AT_MOST_EVERY = 3200; // the server lets one pass in 3 s: what is on its way for a moment longer counts as new

/** Who is writing where, and how often we say so ourselves. */
export class Typing {
  /** @type {Map<string, Map<string, any>>} conversation -> user -> timer */
  #writers = new Map();
  /** @type {Map<string, number>} */
  #said = new Map();

  /** @param {{ changed: (conversation: string) => void, say: (conversation: string) => void }} options */
  constructor({ changed, say }) {
    this.changed = changed;
    this.say = say;
  }

  /** @param {string} conversation @returns {string[]} */
  in(conversation) {
    return [...(this.#writers.get(conversation)?.keys() ?? [])];
  }

  /** @param {string} conversation @param {string} user */
  heard(conversation, user) {
    const writers = this.#writers.get(conversation) ?? new Map();
    this.#writers.set(conversation, writers);
    clearTimeout(writers.get(user));
    writers.set(
      user,
      setTimeout(() => this.ended(conversation, user), SHOWN_FOR),
    );
    this.changed(conversation);
  }

  /** The message is there, or nothing followed. @param {string} conversation @param {string} user */
  ended(conversation, user) {
    const writers = this.#writers.get(conversation);
    if (!writers?.has(user)) return;
    clearTimeout(writers.get(user));
    writers.delete(user);
    this.changed(conversation);
  }

  /** This person presses keys. @param {string} conversation */
  pressed(conversation) {
    const now = Date.now();
    if (now - (this.#said.get(conversation) ?? 0) < AT_MOST_EVERY) return;
    this.#said.set(conversation, now);
    this.say(conversation);
  }

  /** This person sent it; the next key press is news again. @param {string} conversation */
  sent(conversation) {
    this.#said.delete(conversation);
  }
}

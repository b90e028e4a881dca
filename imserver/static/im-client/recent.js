/** The last so many of what was put in. @template T */
export class Recent {
  /** @type {Set<T>} */
  #held = new Set();

  /** @param {number} most */
  constructor(most) {
    this.most = most;
  }

  /** @param {T} one */
  add(one) {
    this.#held.add(one);
    if (this.#held.size > this.most) this.#held.delete(/** @type {T} */ (this.#held.values().next().value));
  }

  /** @param {T} one */
  has(one) {
    return this.#held.has(one);
  }
}

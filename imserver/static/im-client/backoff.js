/** Exponential back-off with full jitter: a crowd that lost its server does not return as one. */
export class Backoff {
  #failures = 0;

  /** @param {{ base?: number, cap?: number, random?: () => number }} [options] in milliseconds */
  constructor({ base = 1000, cap = 30_000, random = Math.random } = {}) {
    this.base = base;
    this.cap = cap;
    this.random = random;
  }

  next() {
    const ceiling = Math.min(this.cap, this.base * 2 ** this.#failures);
    this.#failures += 1;
    return this.random() * ceiling;
  }

  reset() {
    this.#failures = 0;
  }
}

/**
 * Work that runs once at a time; calls made during a run are answered together by one more run.
 * @param {() => Promise<void>} work @returns {() => Promise<void>}
 */
export function coalesced(work) {
  let wanted = false;
  /** @type {Promise<void> | null} */
  let running = null;
  const run = async () => {
    while (wanted) {
      wanted = false;
      await work();
    }
  };
  return () => {
    wanted = true;
    running ??= run().finally(() => (running = null));
    return running;
  };
}

/** @param {number} milliseconds */
export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

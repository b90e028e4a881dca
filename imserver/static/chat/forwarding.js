import { uuid7 } from "../im-client.js";

/**
 * Copies of the same messages on their way into one conversation after the other. Sent again after an answer was lost,
 * no copy is made twice.
 */
export class Forwarding {
  /** Of each conversation. @type {Map<string, string>} */
  #keys = new Map();

  /** @param {import("../im-client.js").Client} client @param {string} from @param {number[]} seqs */
  constructor(client, from, seqs) {
    this.client = client;
    this.from = from;
    this.seqs = seqs;
  }

  /** @param {string} to */
  send(to) {
    const key = this.#keys.get(to) ?? uuid7(this.client.now());
    this.#keys.set(to, key);
    return this.client.messages.forward(this.from, this.seqs, to, key);
  }
}

import { uuid7 } from "./uuid.js";

/**
 * What can be done with a message that stands in the log, by REST. What is done for all is answered by the message as
 * it is now; what one does for oneself shows here at once, and on one's other devices by the self conversation.
 *
 * @typedef {import("./types.js").Entry} Entry
 */
export class Messages {
  /** @param {import("./client.js").Client} client */
  constructor(client) {
    this.client = client;
  }

  /** @param {string} id @param {number} seq @param {object} content @param {string[]} [mentions] */
  edit(id, seq, content, mentions) {
    return this.#change("PATCH", path(id, seq), id, { content, mentions });
  }

  /** Takes it back, for everybody. @param {string} id @param {number} seq */
  recall(id, seq) {
    return this.#change("DELETE", path(id, seq), id);
  }

  /** @param {string} id @param {number} seq @param {string} emoji */
  react(id, seq, emoji) {
    return this.#change("PUT", reaction(id, seq, emoji), id);
  }

  /** @param {string} id @param {number} seq @param {string} emoji */
  unreact(id, seq, emoji) {
    return this.#change("DELETE", reaction(id, seq, emoji), id);
  }

  /** Whose reaction it is, all of them. @param {string} id @param {number} seq @param {string} emoji */
  async reactors(id, seq, emoji) {
    const found = [];
    const limit = 200;
    do {
      const after = found.length ? `&after=${found.at(-1)}` : "";
      found.push(...(await this.#call("GET", `${reaction(id, seq, emoji)}/people?limit=${limit}${after}`)).items);
    } while (found.length && found.length % limit === 0);
    return found;
  }

  /** @param {string} id @param {number} seq */
  pin(id, seq) {
    return this.#change("PUT", `${place(id)}/pins/${seq}`, id);
  }

  /** @param {string} id @param {number} seq */
  unpin(id, seq) {
    return this.#change("DELETE", `${place(id)}/pins/${seq}`, id);
  }

  /** The latest pinned first. @param {string} id @returns {Promise<Entry[]>} */
  async pins(id) {
    return (await this.#call("GET", `${place(id)}/pins`)).items;
  }

  /**
   * Who of a small group has read one's message, and whom else it has reached.
   * @param {string} id @param {number} seq @returns {Promise<{ read: string[], delivered: string[] }>}
   */
  readers(id, seq) {
    return this.#call("GET", `${path(id, seq)}/readers`);
  }

  /** Deletes it for oneself. @param {string} id @param {number} seq */
  async hide(id, seq) {
    await this.#call("DELETE", `${path(id, seq)}?for=me`);
    this.client.own.hidden(id, seq);
  }

  /** Clears one's own history up to a message. @param {string} id @param {number} before_seq */
  async clear(id, before_seq) {
    const head = await this.#call("POST", `${place(id)}/clear`, { before_seq });
    this.client.own.cleared(id, before_seq);
    this.client.replica.head(head);
  }

  /** Keeps it among one's own. @param {string} id @param {number} seq */
  async star(id, seq) {
    await this.#call("PUT", `${path(id, seq)}/star`);
    this.client.stars.changedHere("message.starred", id, seq);
  }

  /** @param {string} id @param {number} seq */
  async unstar(id, seq) {
    await this.#call("DELETE", `${path(id, seq)}/star`);
    this.client.stars.changedHere("message.unstarred", id, seq);
  }

  /**
   * Copies messages into another conversation: all of them, or none. Said again with the same key, it is done once.
   * @param {string} from @param {number[]} seqs @param {string} to @param {string} [key]
   */
  forward(from, seqs, to, key = uuid7(this.client.now())) {
    return this.#call("POST", `${place(to)}/forward`, { conversation: from, seqs, key });
  }

  /** @param {string} method @param {string} url @param {string} id @param {object} [body] */
  async #change(method, url, id, body) {
    this.client.replica.state(id, await this.#call(method, url, body));
  }

  /** @param {string} method @param {string} url @param {object} [body] @returns {Promise<any>} */
  #call(method, url, body) {
    return this.client.session.call(method, url, body);
  }
}

/** @param {string} conversation */
function place(conversation) {
  return `/v1/conversations/${encodeURIComponent(conversation)}`;
}

/** @param {string} conversation @param {number} seq */
function path(conversation, seq) {
  return `${place(conversation)}/messages/${seq}`;
}

/** @param {string} conversation @param {number} seq @param {string} emoji */
function reaction(conversation, seq, emoji) {
  return `${path(conversation, seq)}/reactions/${encodeURIComponent(emoji)}`;
}

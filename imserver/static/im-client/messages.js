/**
 * What can be done with a message that stands in the log, by REST. The answer is the message as it is now.
 */
export class Messages {
  /** @param {import("./client.js").Client} client */
  constructor(client) {
    this.client = client;
  }

  /** @param {string} id @param {number} seq @param {object} content @param {string[]} [mentions] where they are others */
  edit(id, seq, content, mentions) {
    return this.#change("PATCH", `${path(id)}/${seq}`, { content, mentions }, id);
  }

  /** Takes it back, for everybody. @param {string} id @param {number} seq */
  recall(id, seq) {
    return this.#change("DELETE", `${path(id)}/${seq}`, undefined, id);
  }

  /** @param {string} method @param {string} url @param {object | undefined} body @param {string} id */
  async #change(method, url, body, id) {
    this.client.replica.state(id, await this.client.session.call(method, url, body));
  }
}

/** @param {string} conversation */
function path(conversation) {
  return `/v1/conversations/${encodeURIComponent(conversation)}/messages`;
}

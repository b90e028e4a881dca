/**
 * What the self conversation tells this person's devices, for whoever keeps something by it.
 *
 * Events: `entry` {entry}; `gap` {isNew}: entries went by that nobody here will see; `isNew`: nothing of this log was
 * here before.
 */
export class SelfLog extends EventTarget {
  /** @type {string | undefined} */
  #id;
  /** @type {number | undefined} */
  #cursor;

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    super();
    /** @param {string} type @param {(detail: any) => void} handle */
    const on = (type, handle) =>
      client.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
    on("ready", () => this.#begin(client.list().find(({ head }) => head.kind === "self")));
    on("removed", ({ id }) => id === this.#id && this.#end());
    on("notice", ({ conversation, entry }) => conversation.head.kind === "self" && this.#tell("entry", { entry }));
    on("conversation", ({ conversation, changes }) => this.#follow(conversation, changes));
  }

  /** @param {import("./conversation.js").Conversation} [conversation] */
  #begin({ id, cursor } = /** @type {any} */ ({})) {
    this.#id = id;
    this.#cursor = cursor;
  }

  /** The server's history is another one. */
  #end() {
    this.#begin();
    this.#tell("gap", { isNew: true });
  }

  /**
   * @param {import("./conversation.js").Conversation} conversation
   * @param {import("./conversation.js").Changes} [changes]
   */
  #follow(conversation, changes) {
    const before = this.#cursor;
    if (conversation.head.kind !== "self" || conversation.cursor === before) return;
    this.#begin(conversation);
    if (before === undefined || changes?.reset) this.#tell("gap", { isNew: before === undefined });
  }

  /** @param {string} type @param {object} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

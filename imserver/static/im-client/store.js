/**
 * What outlives the page. A conversation is kept as one record whose messages and cursor belong together, so
 * tabs may overwrite each other's: whichever record a reopened page finds, it resumes from there.
 *
 * @typedef {import("./types.js").Snapshot} Snapshot
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Saved} Saved
 *
 * @typedef {object} Store
 * @property {() => Promise<Saved>} load
 * @property {() => Promise<Draft[]>} loadOutbox
 * @property {(snapshots: Snapshot[]) => void} putConversations
 * @property {(id: string) => void} deleteConversation
 * @property {(draft: Draft) => void} putDraft
 * @property {(key: string) => void} deleteDraft
 * @property {(meta: Saved["meta"]) => void} putMeta
 * @property {() => void} close
 * @property {() => Promise<void>} destroy
 */

const VERSION = 1;

/**
 * IndexedDB if it can be had (private windows may refuse), else memory.
 * @param {string} name @returns {Promise<Store>}
 */
export async function openStore(name) {
  try {
    return new IndexedStore(await open(name));
  } catch {
    return new MemoryStore();
  }
}

/** @implements {Store} */
export class MemoryStore {
  /** @type {Map<string, Snapshot>} */
  #conversations = new Map();
  /** @type {Map<string, Draft>} */
  #outbox = new Map();
  /** @type {Saved["meta"]} */
  #meta = {};

  async load() {
    const conversations = [...this.#conversations.values()];
    return structuredClone({ conversations, outbox: [...this.#outbox.values()], meta: this.#meta });
  }

  async loadOutbox() {
    return structuredClone([...this.#outbox.values()]);
  }

  /** @param {Snapshot[]} snapshots */
  putConversations(snapshots) {
    for (const snapshot of snapshots) this.#conversations.set(snapshot.id, structuredClone(snapshot));
  }

  /** @param {string} id */
  deleteConversation(id) {
    this.#conversations.delete(id);
  }

  /** @param {Draft} draft */
  putDraft(draft) {
    this.#outbox.set(draft.key, structuredClone(draft));
  }

  /** @param {string} key */
  deleteDraft(key) {
    this.#outbox.delete(key);
  }

  /** @param {Saved["meta"]} meta */
  putMeta(meta) {
    this.#meta = { ...meta };
  }

  close() {}

  async destroy() {
    this.#conversations.clear();
    this.#outbox.clear();
    this.#meta = {};
  }
}

/**
 * A browser may close a database while the page sleeps: it is opened again by whoever needs it next.
 * @implements {Store}
 */
class IndexedStore {
  /** By us, or because another tab logs out: for good. */
  #ended = false;
  /** @type {Promise<void> | null} */
  #reopening = null;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
    this.#watch();
  }

  /** @returns {Promise<Saved>} */
  async load() {
    const [conversations, outbox, [meta]] = await this.#all("conversations", "outbox", "meta");
    return { conversations, outbox, meta: meta ?? {} };
  }

  /** @returns {Promise<Draft[]>} */
  async loadOutbox() {
    const [outbox] = await this.#all("outbox");
    return outbox;
  }

  /** @param {Snapshot[]} snapshots */
  putConversations(snapshots) {
    this.#write("conversations", (store) => snapshots.forEach((snapshot) => store.put(snapshot)));
  }

  /** @param {string} id */
  deleteConversation(id) {
    this.#write("conversations", (store) => store.delete(id));
  }

  /** @param {Draft} draft */
  putDraft(draft) {
    this.#write("outbox", (store) => store.put(draft));
  }

  /** @param {string} key */
  deleteDraft(key) {
    this.#write("outbox", (store) => store.delete(key));
  }

  /** @param {Saved["meta"]} meta */
  putMeta(meta) {
    this.#write("meta", (store) => store.put({ ...meta, id: "meta" }));
  }

  close() {
    this.#ended = true;
    this.database.close();
  }

  async destroy() {
    this.close();
    await answer(indexedDB.deleteDatabase(this.database.name));
  }

  #watch() {
    this.database.onversionchange = () => this.close();
    if (this.#ended) this.database.close();
  }

  /** @param {string[]} names @returns {Promise<any[][]>} */
  #all(...names) {
    return this.#reach((database) => {
      const transaction = database.transaction(names);
      return Promise.all(names.map((name) => answer(transaction.objectStore(name).getAll())));
    });
  }

  /** @param {string} name @param {(store: IDBObjectStore) => void} work */
  #write(name, work) {
    const write = (/** @type {IDBDatabase} */ database) =>
      work(database.transaction(name, "readwrite").objectStore(name));
    this.#reach(write).catch(() => {}); // another tab logged out, the disk is full: memory still has it all
  }

  /** @template T @param {(database: IDBDatabase) => T} work @returns {Promise<Awaited<T>>} */
  async #reach(work) {
    let done;
    try {
      done = work(this.database);
    } catch (error) {
      if (this.#ended) throw error;
      await (this.#reopening ??= this.#reopen().finally(() => (this.#reopening = null)));
      done = work(this.database);
    }
    return await done;
  }

  async #reopen() {
    this.database.close();
    this.database = await open(this.database.name);
    this.#watch();
  }
}

/** @param {string} name @returns {Promise<IDBDatabase>} */
function open(name) {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("conversations", { keyPath: "id" });
    request.result.createObjectStore("outbox", { keyPath: "key" });
    request.result.createObjectStore("meta", { keyPath: "id" });
  };
  return answer(request);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    /** @type {any} */ (request).onblocked = () => reject(new Error("blocked"));
  });
}

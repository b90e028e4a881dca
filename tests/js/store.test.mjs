import assert from "node:assert/strict";
import test from "node:test";
import { MemoryStore, openStore } from "../../imserver/static/im-client/store.js";
import { connected, filled, until } from "./connected.mjs";
import { C, settle } from "./make.mjs";

const DRAFT = { key: "k", conversation: C, kind: "text", content: { text: "kept" }, order: 1, state: "pending" };

/** As much of IndexedDB as the store uses; `opened` are the connections to it. */
class FakeIndexedDB {
  opened = [];
  #stores = { conversations: new Map(), outbox: new Map(), meta: new Map() };

  open(name) {
    const store = (rows) => ({
      put: (row) => rows.set(row.id ?? row.key, row),
      delete: (key) => rows.delete(key),
      getAll: () => answering([...rows.values()]),
    });
    const database = {
      name,
      close: () => (database.closed = true),
      transaction: () => {
        if (database.closed) throw new Error("InvalidStateError");
        return { objectStore: (one) => store(this.#stores[one]) };
      },
    };
    this.opened.push(database);
    return answering(database);
  }

  deleteDatabase() {
    return answering();
  }
}

function answering(result) {
  const request = { result };
  queueMicrotask(() => request.onsuccess());
  return request;
}

async function kept(t) {
  const fake = (globalThis.indexedDB = new FakeIndexedDB());
  t.after(() => delete globalThis.indexedDB);
  return { fake, store: await openStore("im.me") };
}

test("a database that the browser closed is opened again, once, and nothing is lost", async (t) => {
  const { fake, store } = await kept(t);
  store.putDraft(DRAFT);
  fake.opened[0].close();
  store.putDraft({ ...DRAFT, key: "l" });
  store.deleteDraft("k");
  assert.deepEqual((await store.loadOutbox()).map(({ key }) => key), ["l"]);
  store.putMeta({ epoch: "e" });
  assert.equal((await store.load()).meta.epoch, "e");
  assert.equal(fake.opened.length, 2);
});

test("where another tab logged out it stays closed", async (t) => {
  const { fake, store } = await kept(t);
  fake.opened[0].onversionchange();
  store.putDraft(DRAFT);
  await assert.rejects(store.loadOutbox());
  assert.equal(fake.opened.length, 1);
});

test("what waits is sent at a welcome, whatever becomes of the store", async (t) => {
  const store = new MemoryStore();
  const { client, log, socket, WebSocket } = await connected(t, { log: filled(1), store });
  socket().drop();
  client.send(C, { content: { text: "on the train" } });
  store.load = store.loadOutbox = () => Promise.reject(new Error("InvalidStateError"));
  await until(() => WebSocket.opened.length === 2 && log.messages.size === 2);
  await settle();
  assert.deepEqual(client.outbox.of(C), []);
});

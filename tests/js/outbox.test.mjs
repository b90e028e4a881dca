import assert from "node:assert/strict";
import test from "node:test";
import { ConnectionLost, ImError } from "../../imserver/static/im-client/errors.js";
import { Outbox } from "../../imserver/static/im-client/outbox.js";
import { MemoryStore } from "../../imserver/static/im-client/store.js";
import { until } from "./connected.mjs";
import { C, settle } from "./make.mjs";

/** An outbox over a server that is a function. */
function outboxTo(serve) {
  const store = new MemoryStore();
  const link = { online: true };
  const sent = [];
  const outbox = new Outbox({
    store: () => store,
    online: () => link.online,
    request: async (_type, data) => {
      sent.push(data.key);
      return serve(data, sent.length);
    },
    confirmed: (draft) => outbox.remove(draft.key),
    changed: () => {},
  });
  return { outbox, store, sent, link };
}

const draft = (key, conversation = C) => ({
  key,
  conversation,
  kind: "text",
  content: { text: key },
  created_at: "now",
});
const ok = () => ({ rev: 1 });

test("messages of a conversation are sent one after the other", async () => {
  let free;
  const { outbox, sent } = outboxTo(() => new Promise((resolve) => (free = () => resolve(ok()))));
  outbox.add(draft("a"));
  outbox.add(draft("b"));
  await settle();
  assert.deepEqual(sent, ["a"]);
  free();
  await settle();
  assert.deepEqual(sent, ["a", "b"]);
});

test("conversations do not wait for each other", async () => {
  const { outbox, sent } = outboxTo(() => new Promise(() => {}));
  outbox.add(draft("a", "c1"));
  outbox.add(draft("b", "c2"));
  await settle();
  assert.deepEqual(sent, ["a", "b"]);
});

test("a lost connection keeps everything, and the same keys go out again in order", async () => {
  const { outbox, sent, link } = outboxTo((_, count) => {
    if (count > 1) return ok();
    link.online = false;
    throw new ConnectionLost();
  });
  outbox.add(draft("a"));
  outbox.add(draft("b"));
  await settle();
  assert.deepEqual(sent, ["a"]);
  link.online = true;
  outbox.resume();
  await settle();
  assert.deepEqual(sent, ["a", "a", "b"]);
  assert.deepEqual(outbox.of(C), []);
});

test("an outcome that nobody knows is asked for again with the same key", async () => {
  const { outbox, sent } = outboxTo((_, count) => {
    if (count === 1) throw new ImError({ code: "unavailable", retry: "same_key", retry_after_ms: 1 });
    return ok();
  });
  outbox.add(draft("a"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(sent, ["a", "a"]);
});

test("a refusal marks the message, lets the next one pass, and can be retried or given up", async () => {
  const { outbox, store } = outboxTo((data, count) => {
    if (data.key === "a" && count === 1) throw new ImError({ code: "too_long", retry: "no" });
    return ok();
  });
  outbox.add(draft("a"));
  outbox.add(draft("b"));
  await settle();
  assert.deepEqual(
    outbox.of(C).map(({ key, state, code }) => [key, state, code]),
    [["a", "failed", "too_long"]],
  );
  assert.equal((await store.loadOutbox())[0].state, "failed");
  outbox.retry("a");
  await settle();
  assert.deepEqual(outbox.of(C), []);
});

test("who is muted for long, or for good, is told so, and who may write in a moment waits", async () => {
  for (const code of ["muted", "slow_mode"]) {
    const refused = (until) => new ImError({ code, retry: "later", details: until && { until } });
    const moments = [new Date(Date.now() + 3_600_000).toISOString(), undefined, new Date(Date.now() + 300).toISOString()];
    const { outbox, sent } = outboxTo((_, count) => {
      if (count <= moments.length) throw refused(moments[count - 1]);
      return ok();
    });
    for (const key of ["a", "b", "c"]) outbox.add(draft(key));
    await settle();
    assert.deepEqual(
      outbox.of(C).map(({ key, state, code }) => [key, state, code]),
      [
        ["a", "failed", code],
        ["b", "failed", code],
        ["c", "pending", undefined],
      ],
    );
    await until(() => sent.length === 4);
    assert.deepEqual([sent.at(-1), Date.parse(moments[2]) <= Date.now() + 5], ["c", true]);
  }
});

test("what a store kept goes out first, each once", async () => {
  const { outbox, store, sent } = outboxTo(ok);
  store.putDraft({ ...draft("kept"), order: 1, state: "pending" });
  outbox.adopt(await store.loadOutbox());
  outbox.adopt(await store.loadOutbox());
  outbox.add(draft("new"));
  await settle();
  assert.deepEqual(sent, ["kept", "new"]);
  assert.deepEqual(await store.loadOutbox(), []);
});

test("a confirmed message whose entry is not here yet is not sent again", async () => {
  const { outbox, sent } = outboxTo(() => ({ rev: 7 }));
  outbox.confirmed = () => {};
  outbox.add(draft("a"));
  await settle();
  outbox.resume();
  await settle();
  assert.deepEqual(sent, ["a"]);
  outbox.settle(C, 6);
  assert.equal(outbox.of(C).length, 1);
  outbox.settle(C, 7);
  assert.equal(outbox.of(C).length, 0);
});

test("a store read a moment ago brings nothing back", async () => {
  const { outbox, store, sent } = outboxTo(ok);
  store.putDraft({ ...draft("a"), order: 1, state: "pending" });
  const read = await store.loadOutbox();
  outbox.adopt(structuredClone(read));
  await settle();
  outbox.adopt(read);
  await settle();
  assert.deepEqual(sent, ["a"]);
});

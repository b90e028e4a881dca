import assert from "node:assert/strict";
import test from "node:test";
import { SignedOut } from "../../imserver/static/im-client/errors.js";
import { MemoryStore } from "../../imserver/static/im-client/store.js";
import { USER, connected, filled, until } from "./connected.mjs";
import { C, ME, head, settle } from "./make.mjs";

test("a fresh device says no heads and takes the server's", async (t) => {
  const { client, socket } = await connected(t, { log: filled(3) });
  assert.equal(socket().protocol, "im.v1.json");
  assert.deepEqual(socket().frames("hello")[0].data.heads, {});
  assert.equal(client.get(C).head.unread, 3);
});

test("a device that comes back says its heads and pulls what it missed", async (t) => {
  const { client, log, socket, WebSocket } = await connected(t, { log: filled(3) });
  await client.loadOlder(client.get(C));
  socket().drop(4001);
  log.send();
  log.edit(2, "edited while away");
  await until(() => WebSocket.opened.length === 2 && client.get(C).cursor === 5);
  assert.deepEqual(socket().frames("hello")[0].data.heads, { [C]: [3, 0, 0, 0] });
  assert.deepEqual(client.get(C).timeline.all(), log.page());
});

test("a gap costs one pull, however many frames show it", async (t) => {
  const { client, log, socket } = await connected(t, { log: filled(2) });
  await client.loadOlder(client.get(C));
  log.send();
  for (let prev = 3; prev < 6; prev += 1) {
    log.send();
    socket().say({ type: "entries", data: log.frame(prev) });
  }
  await settle();
  assert.equal(
    socket()
      .frames("pull")
      .filter(({ data }) => data.after_rev !== undefined).length,
    1,
  );
  assert.deepEqual(client.get(C).timeline.all(), log.page());
});

test("an own message is one message, whether ok or entry comes first", async (t) => {
  const { client, log, socket } = await connected(t, { log: filled(1) });
  client.send(C, { content: { text: "hello" } });
  await settle();
  socket().say({ type: "entries", data: log.frame(1) });
  await settle();
  assert.equal(client.get(C).timeline.length, 1);
  assert.equal(client.outbox.of(C).length, 0);
  assert.match(socket().frames("message.send")[0].data.key, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
});

test("a message whose answer was lost is sent again with its key and shown once", async (t) => {
  const keys = [];
  const answer = ({ key, content }, socket) => {
    keys.push(key);
    if (keys.length > 1)
      return ["ok", { conversation: C, rev: 2, prev: 1, seq: 2, created_at: "now", duplicate: true }];
    Object.assign(log.send(ME, content.text), { key });
    return socket.drop();
  };
  const { client, log } = await connected(t, { log: filled(1), answers: { "message.send": answer } });
  client.send(C, { content: { text: "once" } });
  await until(() => keys.length === 2 && client.outbox.of(C).length === 0);
  assert.equal(keys[0], keys[1]);
  await client.loadOlder(client.get(C));
  assert.deepEqual(client.get(C).timeline.all(), log.page());
});

test("what was written before a reload goes out after it", async (t) => {
  const store = new MemoryStore();
  store.putDraft({
    key: "0190-kept",
    conversation: C,
    kind: "text",
    content: { text: "kept" },
    created_at: "then",
    order: 1,
    state: "pending",
  });
  const { client, log } = await connected(t, { log: filled(1), store });
  await until(() => log.messages.size === 2);
  assert.equal(log.messages.get(2).key, "0190-kept");
});

test("a reopened page resumes from its store", async (t) => {
  const store = new MemoryStore();
  const first = await connected(t, { log: filled(3), store });
  await first.client.loadOlder(first.client.get(C));
  await first.client.stop();
  const { client, socket } = await connected(t, { log: first.log, store });
  assert.deepEqual(socket().frames("hello")[0].data, { token: "token", epoch: "e1", heads: { [C]: [3, 0, 0, 0] } });
  assert.equal(client.get(C).timeline.length, 3);
});

test("another epoch forgets what was held", async (t) => {
  const { client, server, log, socket, WebSocket } = await connected(t, { log: filled(3) });
  await client.loadOlder(client.get(C));
  server.epoch = "e2";
  log.entries.length = 1;
  for (const seq of [2, 3]) log.messages.delete(seq);
  socket().drop();
  await until(() => WebSocket.opened.length === 2 && client.get(C)?.cursor === 1);
  assert.equal(client.get(C).timeline.length, 0);
});

test("frames are acknowledged by number, pings are answered", async (t) => {
  const { client, socket } = await connected(t, { log: filled(1) });
  socket().say({ type: "ping", frame: 2, data: {} });
  await until(() => socket().frames("ack").at(-1)?.data.frame === 2);
  assert.equal(socket().frames("pong").length, 1);
});

test("the first message of a stranger is asked after", async (t) => {
  const { client, log, socket } = await connected(t);
  log.send();
  socket().say({ type: "entries", data: log.frame(0) });
  await settle();
  assert.equal(client.get(C).head.unread, 1);
});

test("4401 gets a new token; a session that has ended stops the client", async (t) => {
  const asked = [];
  let ended = false;
  const token = async ({ refused }) => {
    asked.push(refused);
    if (ended) throw new SignedOut();
    return refused ? "second" : "first";
  };
  const { client, socket, WebSocket } = await connected(t, { token });
  socket().drop(4401);
  await until(() => WebSocket.opened.length === 2 && client.connection.online);
  assert.deepEqual(asked, [undefined, "first"]);
  assert.equal(socket().frames("hello")[0].data.token, "second");
  ended = true;
  socket().drop(4401);
  await until(() => client.status.status === "stopped");
  assert.equal(client.status.reason, "signed_out");
});

test("codes that forbid coming back stop the client with their reason", async (t) => {
  for (const [code, reason] of [
    [4400, "bad_frames"],
    [4403, "banned"],
    [4409, "replaced"],
    [4410, "too_old"],
    [4429, "too_many"],
  ]) {
    const { client, socket } = await connected(t);
    socket().drop(code);
    assert.deepEqual([client.status.status, client.status.reason], ["stopped", reason]);
  }
});

test("an expiring token is renewed on the open socket", async (t) => {
  const { client, socket } = await connected(t, { token: async ({ refused }) => (refused ? "second" : "first") });
  socket().say({ type: "auth.expiring", frame: 2, data: { at: "soon" } });
  await settle();
  assert.equal(socket().frames("auth.refresh")[0].data.token, "second");
});

test("goaway moves to another gateway at the time it names", async (t) => {
  const { client, socket, WebSocket } = await connected(t);
  const before = Date.now();
  socket().say({ type: "goaway", frame: 2, data: { retry_after_ms: 100 } });
  await until(() => WebSocket.opened.length === 2);
  assert.ok(Date.now() - before >= 100);
});

test("a read mark goes out once, and again when the server does not know it", async (t) => {
  const { client, socket, WebSocket } = await connected(t, { log: filled(3) });
  client.read(client.get(C), 2);
  client.read(client.get(C), 3);
  await until(() => socket().frames("mark").length === 1);
  assert.equal(socket().frames("mark")[0].data.read_seq, 3);
  assert.equal(client.get(C).head.unread, 0);
  socket().drop();
  await until(() => WebSocket.opened.length === 2 && socket().frames("mark").length === 1);
});

test("a notice is told, and a new name of oneself is kept", async (t) => {
  const { client, log, told, socket } = await connected(t, { log: filled(1) });
  const heard = [];
  client.addEventListener("notice", ({ detail }) => heard.push([detail.conversation.id, detail.entry.kind]));
  client.addEventListener("user", ({ detail }) => heard.push(detail.user.display_name));
  const notices = [
    { rev: 2, kind: "session.opened", sender: ME, content: { session: "s2" }, created_at: "now" },
    { rev: 3, kind: "profile.updated", sender: ME, content: { display_name: "Anew" }, created_at: "now" },
  ];
  socket().say({ type: "entries", data: { conversation: C, prev: log.entries.length, items: notices } });
  assert.deepEqual(heard, [[C, "session.opened"], "Anew", [C, "profile.updated"]]);
  assert.deepEqual(client.user, { ...USER, display_name: "Anew" });
  assert.deepEqual(told.at(-1), client.user);
});

test("who is removed from a group keeps what he has, to be read; who goes himself, or comes back, does not", async (t) => {
  const store = new MemoryStore();
  const self = { conversation: "notes", kind: "self", rev: 1, seq: 0, read_seq: 0, unread: 0, mentions: 0, title: "" };
  const answers = { sync: () => ["heads", { heads: [head(log, { kind: "group" })], left: [] }] };
  const log = filled(3);
  const { client, socket, WebSocket, serve } = await connected(t, { log, store, answers });
  const welcome = serve.hello;
  const heads = (...these) => (serve.hello = () => [welcome()[0], { ...welcome()[1], heads: these, left: [] }, 1]);
  heads(head(log, { kind: "group" }), self);
  socket().drop();
  await until(() => WebSocket.opened.length === 2 && client.get("notes"));
  await client.loadOlder(client.get(C));
  const kept = log.page();
  const ends = [];
  for (const type of ["parted", "returned", "removed"])
    client.addEventListener(type, ({ detail }) => ends.push([type, detail.id]));
  const note = (rev, kind, sender) => {
    const item = { rev, kind, sender, content: { conversation: C }, created_at: "2026" };
    socket().say({ type: "entries", data: { conversation: "notes", prev: rev - 1, items: [item] } });
    return settle();
  };
  await note(2, "conversation.left", "boss");
  const { former, unread, last } = client.get(C).head;
  assert.deepEqual([former, unread, last.seq, client.badge.unread], [true, 0, 3, 0]);
  log.send();
  heads(self);
  socket().drop();
  await until(() => WebSocket.opened.length === 3 && client.connection.online);
  assert.deepEqual(Object.keys(socket().frames("hello")[0].data.heads), ["notes"], "nothing is asked of it any more");
  assert.deepEqual(client.get(C).timeline.all(), kept);
  client.flush();
  const [again] = (await store.load()).conversations.filter(({ id }) => id === C);
  assert.deepEqual([again.head.former, again.messages], [true, kept], "and it outlives the page");
  await note(3, "conversation.joined", "boss");
  await until(() => !client.get(C).head.former);
  assert.deepEqual(client.get(C).timeline.all(), [], "what was said in between is not here: pages tell what may be seen");
  await client.loadOlder(client.get(C));
  await note(4, "conversation.left", ME);
  assert.equal(client.get(C), undefined);
  assert.deepEqual(ends, [
    ["parted", C],
    ["returned", C],
    ["removed", C],
  ]);
});

test("a device that missed more than one answer holds asks on until it has all of what it said", async (t) => {
  const ids = ["a", "b", "c", "d", "new"];
  const log = filled(1);
  const at = (conversation, rev) => head(log, { conversation, kind: "group", rev });
  const { client, socket, WebSocket, serve } = await connected(t, { log });
  const welcome = serve.hello;
  const answer = (more) => (serve.hello = () => [welcome()[0], { ...welcome()[1], ...more }, 1]);
  answer({ heads: ids.slice(0, 4).map((id) => at(id, 1)) });
  socket().drop();
  await until(() => WebSocket.opened.length === 2 && client.get("d"));
  const asked = [];
  const rest = [[at("c", 7)], [at("d", 8), at("new", 1)], [at("never", 1)]];
  serve.sync = ({ heads }) => {
    asked.push(heads);
    return ["heads", { heads: rest.shift(), left: [], more: true }];
  };
  answer({ heads: [at("a", 5), at("b", 6)], more: true });
  socket().drop();
  await until(() => client.get("new"));
  await settle();
  assert.deepEqual(["a", "b", "c", "d"].map((id) => client.get(id).head.rev), [5, 6, 7, 8]);
  assert.equal(asked.length, 2, "the rest is read page by page");
  assert.deepEqual([asked[0].a[0], asked[0].b[0], asked[1].c[0]], [5, 6, 7], "nothing is told twice while it is pulled");
  assert.equal(client.directory.more, true);
});

test("a group that one was removed from while away stays, until one deletes it from the device", async (t) => {
  const log = filled(2);
  const { client, socket, WebSocket, serve } = await connected(t, { log });
  const welcome = serve.hello;
  const answer = (more) => (serve.hello = () => [welcome()[0], { ...welcome()[1], ...more }, 1]);
  answer({ heads: [head(log, { kind: "group" })] });
  socket().drop();
  await until(() => WebSocket.opened.length === 2 && client.get(C)?.head.kind === "group");
  await client.loadOlder(client.get(C));
  client.forget(C);
  assert.ok(client.get(C), "a member leaves, he does not delete");
  answer({ heads: [], left: [C] });
  socket().drop();
  await until(() => client.get(C)?.head.former);
  assert.equal(client.get(C).timeline.length, 2);
  client.forget(C);
  assert.equal(client.get(C), undefined);
});

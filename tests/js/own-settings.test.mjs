import assert from "node:assert/strict";
import test from "node:test";
import { Badge } from "../../imserver/static/im-client/badge.js";
import { Conversation } from "../../imserver/static/im-client/conversation.js";
import { OwnSettings } from "../../imserver/static/im-client/own-settings.js";
import { SelfLog } from "../../imserver/static/im-client/self-log.js";
import { Log, ME, head, settle } from "./make.mjs";

const SELF = { head: { kind: "self" } };

/** A client with some conversations, and a server that lists them. */
function world(...unread) {
  const client = new EventTarget();
  const conversations = unread.map((count, index) => {
    const log = new Log();
    for (let n = 0; n < count; n += 1) log.send();
    return new Conversation(head(log, { conversation: `c${index}` }), ME);
  });
  const calls = [];
  const server = { heads: [], badge: 0 };
  client.connection = new EventTarget();
  client.directory = { more: false };
  client.user = { id: ME };
  client.list = () => conversations;
  client.get = (id) => conversations.find((conversation) => conversation.id === id);
  client.emit = (type, detail) => client.dispatchEvent(new CustomEvent(type, { detail }));
  client.session = {
    async call(method, path, body) {
      calls.push([`${method} ${path}`, body]);
      if (path === "/v1/badge") return { unread: server.badge };
      return { items: server.heads, next: null };
    },
  };
  client.read = (conversation, seq) => conversation.read(seq);
  client.replica = {
    changed: (conversation) => client.emit("conversation", { conversation }),
    head: (told) => {
      client.get(told.conversation).applyHead(told);
      client.settings.reapply(client.get(told.conversation));
    },
  };
  client.selfLog = new SelfLog(client);
  client.settings = new OwnSettings(client);
  client.badge = new Badge(client);
  client.emit("ready", {});
  let cursor = 0;
  return {
    client,
    calls,
    server,
    conversations,
    hear(content) {
      const conversation = { ...SELF, cursor: (cursor += 1) };
      const entry = { kind: "conversation.updated", content };
      client.emit("conversation", { conversation, changes: { notices: [entry], added: [], updated: [] } });
      client.emit("notice", { conversation, entry });
    },
    jump: () => client.emit("conversation", { conversation: { ...SELF, cursor: (cursor += 100) }, changes: { reset: true } }),
  };
}

test("what one sets shows once one's own log tells of it", async () => {
  const { client, calls, conversations, hear } = world(1);
  await client.settings.update("c0", { pinned: true, notify: "mentions" });
  assert.deepEqual(calls, [["PATCH /v1/conversations/c0/settings", { pinned: true, notify: "mentions" }]]);
  assert.ok(!conversations[0].head.pinned);
  let changes = 0;
  client.addEventListener("conversation", ({ detail }) => (changes += detail.conversation === conversations[0]));
  hear({ conversation: "c0", pinned: true, notify: "mentions" });
  assert.deepEqual([conversations[0].head.pinned, conversations[0].head.notify, changes], [true, "mentions", 1]);
  hear({ conversation: "c0", pinned: false });
  assert.equal(conversations[0].head.pinned, false);
});

test("a mark of unread is over for who has read further", () => {
  const { conversations, hear } = world(3);
  const [{ head: told }] = conversations;
  conversations[0].read(2);
  hear({ conversation: "c0", marked_unread: true, read_seq: 1 });
  assert.ok(!told.marked_unread);
  hear({ conversation: "c0", marked_unread: true, read_seq: 2 });
  assert.ok(told.marked_unread);
  conversations[0].read(3);
  assert.ok(!told.marked_unread);
});

test("read where all was read takes the mark away by name", async () => {
  const { client, calls, conversations, hear } = world(1);
  await client.settings.markRead(conversations[0]);
  assert.deepEqual([conversations[0].head.unread, calls], [0, []]);
  hear({ conversation: "c0", marked_unread: true, read_seq: 1 });
  await client.settings.markRead(conversations[0]);
  assert.deepEqual(calls, [["PATCH /v1/conversations/c0/settings", { marked_unread: false }]]);
});

test("a head that was read before a notice does not undo it", () => {
  const { client, conversations, hear } = world(1);
  const old = structuredClone(conversations[0].head);
  hear({ conversation: "c0", pinned: true });
  hear({ conversation: "c0", archived: true });
  client.replica.head(old);
  assert.deepEqual([conversations[0].head.pinned, conversations[0].head.archived], [true, true]);
});

test("after entries that nobody has seen, the heads are read again", async () => {
  const { calls, server, conversations, hear, jump } = world(1, 1);
  server.heads = conversations.map(({ head: told }) => ({ ...told, archived: true }));
  jump();
  await settle();
  assert.deepEqual(calls, [], "a new device got its heads a moment ago");
  hear({ conversation: "c0", pinned: true });
  jump();
  await settle();
  assert.deepEqual(
    conversations.map(({ head: told }) => told.archived),
    [true, true],
  );
});

test("the badge counts what is not muted, as it comes", () => {
  const { client, conversations, hear } = world(2, 3);
  const told = [];
  client.addEventListener("badge", ({ detail }) => told.push(detail.unread));
  assert.equal(client.badge.unread, 5);
  hear({ conversation: "c1", notify: "mentions" });
  conversations[0].read(1);
  client.replica.changed(conversations[0]);
  hear({ conversation: "c1", notify: "all" });
  assert.deepEqual(told, [2, 1, 4]);
});

test("what is not here yet counts by the server's word", async () => {
  const { client, server, conversations } = world(2);
  client.directory.more = true;
  server.badge = 9;
  client.connection.dispatchEvent(new Event("welcome"));
  await settle();
  assert.equal(client.badge.unread, 9);
  conversations[0].read(1);
  client.replica.changed(conversations[0]);
  assert.equal(client.badge.unread, 8);
});

test("what one reads or mutes elsewhere counts in the badge, also where the conversation is not here", async () => {
  const { client, calls, server, hear } = world(2);
  client.directory.more = true;
  server.badge = 9;
  client.connection.dispatchEvent(new Event("welcome"));
  await settle();
  const marks = (data) =>
    client.connection.dispatchEvent(new CustomEvent("frame", { detail: { type: "marks", data } }));
  server.badge = 6;
  marks({ conversation: "far", user: ME, read_seq: 7 });
  await settle();
  assert.equal(client.badge.unread, 6);
  server.badge = 4;
  hear({ conversation: "far", notify: "nothing" });
  await settle();
  assert.equal(client.badge.unread, 4);
  marks({ conversation: "far", user: "peer", read_seq: 7 });
  marks({ conversation: "c0", user: ME, read_seq: 1 });
  hear({ conversation: "c0", pinned: true });
  await settle();
  assert.equal(calls.filter(([call]) => call === "GET /v1/badge").length, 3);
});

test("a log of one's own without a message is pulled, for what it tells", () => {
  const own = new Conversation({ ...new Log().head(), kind: "self", rev: 4 }, ME);
  own.applyHead({ ...own.head, rev: 7 });
  assert.deepEqual([own.cursor, own.behind], [4, true]);
});

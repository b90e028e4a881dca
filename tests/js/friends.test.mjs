import assert from "node:assert/strict";
import test from "node:test";
import { ImError } from "../../imserver/static/im-client/errors.js";
import { Friends } from "../../imserver/static/im-client/friends.js";
import { SelfLog } from "../../imserver/static/im-client/self-log.js";
import { settle } from "./make.mjs";

const person = (id) => ({ id, username: id, display_name: id.toUpperCase() });
const friend = (id, notes) => ({ person: person(id), remark: "", tags: [], pinned: false, since: "2026", ...notes });
const asked = (id, by, incoming = true, asked_at = "2026") => ({
  id,
  incoming,
  person: person(by),
  message: "",
  asked_at,
});
const SELF = { id: "self", head: { kind: "self" }, cursor: 1 };
const emptiness = () => ({ "/v1/friends": [], "/v1/friend-requests": [], "/v1/blocks": [] });

/** A server that answers pages of its lists, and a client that stands between. */
function world(lists = emptiness(), { size = 200 } = {}) {
  const calls = [];
  const client = new EventTarget();
  client.limits = {};
  client.list = () => [SELF];
  client.connection = Object.assign(new EventTarget(), { online: true });
  client.session = {
    async call(method, path, body) {
      calls.push([`${method} ${path}`, body]);
      if (method !== "GET") return {};
      const [name, query] = path.split("?");
      const after = Number(new URLSearchParams(query).get("after") ?? 0);
      const items = structuredClone(lists[name].slice(after, after + size));
      return { items, next: after + size < lists[name].length ? String(after + size) : null };
    },
  };
  client.selfLog = new SelfLog(client);
  const friends = new Friends(client);
  let changes = 0;
  friends.addEventListener("change", () => (changes += 1));
  const emit = (type, detail) => client.dispatchEvent(new CustomEvent(type, { detail }));
  const follow = (cursor, changes) => emit("conversation", { conversation: { ...SELF, cursor }, changes });
  emit("ready", {});
  let { cursor } = SELF;
  return {
    client,
    friends,
    lists,
    calls,
    changes: () => changes,
    welcome: async () => {
      client.connection.dispatchEvent(new CustomEvent("welcome", { detail: {} }));
      await settle();
    },
    hear: (kind, content, conversation = SELF) => emit("notice", { conversation, entry: { kind, content } }),
    follow,
    skip: async () => {
      follow((cursor += 100), { reset: true });
      await settle();
    },
    reads: () => calls.filter(([call]) => call.startsWith("GET /v1/friends?")).length,
  };
}

test("the lists are read at a welcome, page after page", async () => {
  const lists = { ...emptiness(), "/v1/friends": ["a", "b", "c", "d", "e"].map((id) => friend(id)) };
  const { friends, calls, welcome, changes } = world(lists, { size: 2 });
  assert.equal(friends.standing("a"), "unknown");
  await welcome();
  assert.deepEqual([...friends.friends.keys()], ["a", "b", "c", "d", "e"]);
  assert.ok(calls.some(([call]) => call === "GET /v1/friends?limit=200&after=4"));
  assert.equal(friends.standing("a"), "friend");
  assert.equal(changes(), 1);
});

test("a reconnection has the log tell what is new; after an hour they are read again", async (t) => {
  const { friends, lists, welcome, reads } = world();
  await welcome();
  lists["/v1/blocks"].push({ person: person("a"), at: "2026" });
  await welcome();
  assert.equal(reads(), 1);
  const later = Date.now() + 3_600_000;
  t.mock.method(Date, "now", () => later);
  await welcome();
  assert.ok(friends.hasBlocked("a"));
});

test("entries of the self conversation put and take away", async () => {
  const { friends, welcome, hear } = world();
  await welcome();
  hear("friend.requested", { request: asked("r1", "a") });
  hear("friend.requested", { request: asked("r2", "b", false) });
  assert.deepEqual([friends.standing("a"), friends.standing("b")], ["incoming", "outgoing"]);
  hear("request.closed", { request: "r2" });
  assert.equal(friends.standing("b"), "stranger");
  hear("friend.accepted", { friend: friend("a"), requests: ["r1"] });
  assert.equal(friends.standing("a"), "friend");
  assert.equal(friends.incoming.length, 0);
  hear("friend.updated", { friend: friend("a", { remark: "Al", tags: ["work"] }) });
  assert.equal(friends.nameOf(person("a")), "Al");
  assert.deepEqual(friends.tags(), ["work"]);
  hear("friend.removed", { person: "a" });
  assert.equal(friends.nameOf(person("a")), "A");
  hear("person.blocked", { block: { person: person("c"), at: "2026" } });
  assert.ok(friends.hasBlocked("c"));
  hear("person.unblocked", { person: "c" });
  assert.ok(!friends.hasBlocked("c"));
});

test("what others do is news, one's own doing is not", async () => {
  const { friends, welcome, hear } = world();
  const news = [];
  friends.addEventListener("news", ({ detail }) => news.push([detail.what, detail.person.id]));
  await welcome();
  hear("friend.requested", { request: asked("r1", "a") });
  hear("friend.accepted", { friend: friend("a"), requests: ["r1"] });
  hear("friend.requested", { request: asked("r2", "b", false) });
  hear("friend.accepted", { friend: friend("b"), requests: ["r2"] });
  hear("friend.accepted", { friend: friend("c"), requests: ["unknown"] });
  hear("friend.removed", { person: "a" });
  assert.deepEqual(news, [
    ["asked", "a"],
    ["accepted", "b"],
  ]);
});

test("what a reading shows first is news once", async () => {
  const { friends, lists, welcome, hear, skip } = world();
  const news = [];
  friends.addEventListener("news", ({ detail }) => news.push([detail.what, detail.person.id, detail.at]));
  lists["/v1/friend-requests"] = [asked("r1", "a", true, "2025"), asked("r2", "b", false)];
  await welcome();
  lists["/v1/friend-requests"].push(asked("r3", "c"));
  lists["/v1/friend-requests"].splice(1, 1);
  lists["/v1/friends"] = [friend("b"), friend("d")];
  await skip();
  hear("friend.requested", { request: asked("r3", "c") });
  hear("friend.accepted", { friend: friend("b"), requests: ["r2"] });
  await skip();
  assert.deepEqual(news, [
    ["asked", "a", "2025"],
    ["asked", "c", "2026"],
    ["accepted", "b", "2026"],
  ]);
});

test("other kinds and other conversations change nothing", async () => {
  const { friends, welcome, hear, changes } = world();
  await welcome();
  hear("profile.updated", { display_name: "New" });
  hear("member.joined", null);
  hear("friend.accepted", { friend: friend("a"), requests: [] }, { head: { kind: "group" } });
  assert.equal(friends.list().length, 0);
  assert.equal(changes(), 1);
});

test("what comes during a reading counts, though the pages are older", async () => {
  const { client, friends, hear } = world();
  const pages = [];
  client.session.call = () => new Promise((resolve) => pages.push(resolve));
  client.connection.dispatchEvent(new CustomEvent("welcome", { detail: {} }));
  await settle();
  hear("friend.accepted", { friend: friend("a"), requests: [] });
  hear("friend.removed", { person: "b" });
  assert.equal(friends.list().length, 1);
  for (const answer of pages) answer({ items: [], next: null });
  await settle();
  assert.deepEqual([...friends.friends.keys()], ["a"]);
});

test("a gap in the log has the lists read again, once; entries that are seen do not", async () => {
  const { welcome, follow, skip, reads } = world();
  await welcome();
  follow(2, { reset: false });
  follow(2, undefined);
  follow(2, { reset: true });
  await settle();
  assert.equal(reads(), 1);
  await skip();
  assert.equal(reads(), 2);
  follow(500, { reset: true });
  await welcome();
  assert.equal(reads(), 3);
});

test("a reading that fails is tried again and keeps what is there", async () => {
  const { client, friends, lists, welcome, hear, skip } = world();
  await welcome();
  hear("friend.accepted", { friend: friend("a"), requests: [] });
  lists["/v1/friends"].push(friend("a"), friend("b"));
  const { call } = client.session;
  let fails = true;
  client.session.call = (...request) => {
    if (!fails) return call(...request);
    throw new ImError({ code: "rate_limited", retry_after_ms: 5 });
  };
  await skip();
  assert.equal(friends.error.code, "rate_limited");
  assert.equal(friends.standing("a"), "friend");
  fails = false;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(friends.error, null);
  assert.equal(friends.standing("b"), "friend");
});

test("pinned friends stand first, then it goes by the shown name", async () => {
  const found = [friend("a"), friend("b", { remark: "Zoe" }), friend("c", { pinned: true }), friend("d")];
  const { friends, welcome } = world({ ...emptiness(), "/v1/friends": found });
  await welcome();
  assert.deepEqual(
    friends.list().map(({ person }) => person.id),
    ["c", "a", "d", "b"],
  );
});

test("the latest request stands first", async () => {
  const { friends, welcome, hear } = world({
    ...emptiness(),
    "/v1/friend-requests": [asked("r1", "a", true, "2026-01")],
  });
  await welcome();
  hear("friend.requested", { request: asked("r2", "b", true, "2026-02") });
  assert.deepEqual(
    friends.incoming.map(({ id }) => id),
    ["r2", "r1"],
  );
});

test("who may be written to hangs on the server's setting, friendship and blocks", async () => {
  const { client, friends, welcome, hear } = world({ ...emptiness(), "/v1/friends": [friend("a")] });
  client.limits = { friends_only: true };
  assert.ok(friends.mayWrite("b"), "nothing is said before the lists are read");
  await welcome();
  assert.deepEqual([friends.mayWrite("a"), friends.mayWrite("b")], [true, false]);
  hear("person.blocked", { block: { person: person("a"), at: "2026" } });
  assert.ok(!friends.mayWrite("a"));
  client.limits = {};
  assert.deepEqual([friends.mayWrite("a"), friends.mayWrite("b")], [false, true]);
});

test("what is done goes to the server", async () => {
  const { friends, calls } = world();
  await friends.ask("u", { message: "hi", source: "search" });
  await friends.accept("r");
  await friends.decline("r");
  await friends.cancel("r");
  await friends.update("u", { pinned: true });
  await friends.remove("u");
  await friends.block("u");
  await friends.unblock("u");
  await friends.renameTag("a/b", "c");
  await friends.removeTag("a b");
  assert.deepEqual(calls, [
    ["POST /v1/friend-requests", { user: "u", message: "hi", source: "search" }],
    ["POST /v1/friend-requests/r/accept", undefined],
    ["POST /v1/friend-requests/r/decline", undefined],
    ["DELETE /v1/friend-requests/r", undefined],
    ["PATCH /v1/friends/u", { pinned: true }],
    ["DELETE /v1/friends/u", undefined],
    ["PUT /v1/blocks/u", undefined],
    ["DELETE /v1/blocks/u", undefined],
    ["PATCH /v1/friend-tags/a%2Fb", { name: "c" }],
    ["DELETE /v1/friend-tags/a%20b", undefined],
  ]);
});

test("a refusal that says the lists are behind has them read again", async () => {
  const { client, friends, reads } = world();
  const { call } = client.session;
  client.session.call = async (method, ...rest) => {
    if (method === "GET") return call(method, ...rest);
    throw new ImError({ code: "request_gone" });
  };
  await assert.rejects(friends.accept("r"), { code: "request_gone" });
  await settle();
  assert.equal(reads(), 1);
});

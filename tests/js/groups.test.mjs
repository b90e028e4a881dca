import assert from "node:assert/strict";
import test from "node:test";
import { Conversation } from "../../imserver/static/im-client/conversation.js";
import { ImError } from "../../imserver/static/im-client/errors.js";
import { Groups } from "../../imserver/static/im-client/groups.js";
import { People } from "../../imserver/static/im-client/people.js";
import { SelfLog } from "../../imserver/static/im-client/self-log.js";
import { noticeText } from "../../imserver/static/chat/groups/words.js";
import { until } from "./connected.mjs";
import { ME, settle } from "./make.mjs";

const G = "g1";
const person = (id) => ({ id, username: id, display_name: id.toUpperCase() });
const seat = (id, more) => ({ person: person(id), nickname: "", role: "member", muted_until: null, ...more });
const invitation = (id) => ({ id, group: { id: G, title: "Club" }, by: person("a"), at: "2026" });
const asked = (id, by, more) => ({ id, group: G, title: "Club", person: person(by), message: "", at: "2026", ...more });
const profile = (more) => ({
  id: G,
  title: "Club",
  description: "",
  members: 3,
  role: "member",
  muted_until: null,
  announcement: null,
  dismissed: false,
  ...more,
});
const SELF = { head: { kind: "self" } };
const pause = () => new Promise((resolve) => setTimeout(resolve, 90));
const HEAD = { conversation: G, kind: "group", rev: 5, seq: 0, read_seq: 0, unread: 0, mentions: 0, title: "Club" };

/** A server that is a table of answers, and a client that stands between. */
function world(answers = {}) {
  const calls = [];
  const table = {
    "GET /v1/group-invitations": { items: [] },
    "GET /v1/group-join-requests": { items: [] },
    [`GET /v1/groups/${G}`]: { group: profile() },
    [`GET /v1/groups/${G}/members`]: { items: [seat(ME), seat("a", { role: "owner", nickname: "Boss" })], next: null },
    ...answers,
  };
  const client = new EventTarget();
  const conversation = new Conversation(HEAD, ME);
  client.user = person(ME);
  client.get = (id) => (id === G ? conversation : undefined);
  client.now = () => 0;
  client.shelf = { touch() {} };
  client.friends = { get: (id) => (id === "f" ? { remark: "Fay upstairs" } : undefined) };
  client.replica = { changed() {} };
  client.connection = Object.assign(new EventTarget(), {
    online: true,
    async request(type, data) {
      calls.push([type, data]);
      return table[type];
    },
  });
  client.session = {
    async call(method, path, body, headers) {
      calls.push([`${method} ${path}`, body, headers]);
      const answer = table[`${method} ${path.split("?")[0]}`] ?? {};
      if (answer instanceof ImError) throw answer;
      return structuredClone(answer);
    },
  };
  client.selfLog = new SelfLog(client);
  client.people = new People(client);
  const groups = new Groups(client);
  const emit = (type, detail) => client.dispatchEvent(new CustomEvent(type, { detail }));
  const count = (name) => calls.filter(([call]) => call.split("?")[0] === name).length;
  return {
    client,
    groups,
    table,
    calls,
    conversation,
    count,
    emit,
    welcome: async () => {
      client.connection.dispatchEvent(new CustomEvent("welcome", { detail: {} }));
      await settle();
    },
    own: (kind, content, sender = "a") =>
      emit("notice", { conversation: SELF, entry: { kind, content, sender, created_at: "2026" } }),
    happens: (kind, content, sender = "a") =>
      emit("notice", { conversation, entry: { kind, content, sender, rev: 6, created_at: "2026" } }),
  };
}

test("own invitations are read at a welcome, and come and go by notices", async () => {
  const { groups, table, welcome, own } = world();
  table["GET /v1/group-invitations"].items.push(invitation("i1"));
  const news = [];
  groups.addEventListener("news", ({ detail }) => news.push(detail.what));
  await welcome();
  own("invitation.received", { invitation: { ...invitation("i2"), at: "2027" } });
  assert.deepEqual(groups.invited().map(({ id }) => id), ["i2", "i1"]);
  own("invitation.closed", { invitation: "i1" }, ME);
  assert.deepEqual([...groups.invitations.keys()], ["i2"]);
  assert.deepEqual(news, ["invited"]);
});

test("an open group is read, read again at a welcome, and no more once it is closed", async () => {
  const { groups, table, welcome, count } = world();
  await groups.open(G);
  assert.equal(groups.get(G).members, 3);
  assert.equal(groups.nameOf(G, "a"), "Boss");
  assert.equal(groups.nameOf(G, "f"), "Fay upstairs");
  table[`GET /v1/groups/${G}`].group.members = 4;
  await welcome();
  assert.equal(groups.get(G).members, 4);
  groups.close(G);
  await welcome();
  assert.equal(count(`GET /v1/groups/${G}`), 2);
});

test("notices change what is known at once, and what they do not say is asked for", async () => {
  const { groups, table, conversation, happens, count } = world();
  await groups.open(G);
  happens("group.updated", { title: "Readers", only_admins_post: true });
  assert.deepEqual([groups.get(G).title, groups.get(G).only_admins_post], ["Readers", true]);
  assert.equal(conversation.head.title, "Readers");
  happens("member.muted", { user: ME, until: "2099" });
  happens("member.role", { user: ME, role: "admin" });
  happens("member.role", { user: "a", role: "member" });
  assert.deepEqual([groups.get(G).muted_until, groups.get(G).role], ["2099", "admin"]);
  assert.equal(groups.seat(G, "a").role, "member");
  happens("member.named", { user: "a", nickname: "Chief" });
  assert.equal(groups.nameOf(G, "a"), "Chief");
  happens("member.left", { user: "a", how: "left" });
  assert.equal(groups.seat(G, "a"), undefined);
  happens("group.dismissed", {});
  assert.equal(groups.get(G).dismissed, true);
  table[`GET /v1/groups/${G}`].group = profile({ members: 2 });
  await pause();
  assert.equal(groups.get(G).members, 2);
  assert.equal(count(`GET /v1/groups/${G}`), 2);
});

test("of many at once only the number is told: the group and its members are read anew", async () => {
  const { groups, table, happens, count } = world();
  await groups.open(G);
  const members = `GET /v1/groups/${G}/members`;
  table[`GET /v1/groups/${G}`].group = profile({ members: 47, muted_until: "2099" });
  table[members].items = [seat(ME), seat("b", { nickname: "Bee" })];
  happens("members.changed", { joined: 45, via: "added" });
  await pause();
  assert.deepEqual([groups.get(G).members, groups.get(G).muted_until], [47, "2099"]);
  assert.deepEqual([groups.seat(G, "b")?.nickname, groups.seat(G, "a")], ["Bee", undefined]);
  happens("group.updated", { description: "what nobody sits by" });
  await pause();
  assert.equal(count(members), 2);
  groups.close(G);
  happens("members.changed", { roles: 30 });
  await groups.open(G);
  assert.equal(count(members), 3);
});

test("after a gap an open group is read anew, and one that is not once it is opened", async () => {
  const { client, groups, table, conversation, count } = world();
  const members = `GET /v1/groups/${G}/members`;
  table.pull = { items: [] };
  client.replica.changed = (one, changes) =>
    client.dispatchEvent(new CustomEvent("conversation", { detail: { conversation: one, changes } }));
  await groups.open(G);
  await groups.readNotices(G);
  const skip = (rev) => client.replica.changed(conversation, conversation.applyHead({ ...HEAD, rev }));
  table[members].items = [seat(ME), seat("b", { nickname: "Bee" })];
  table[`GET /v1/groups/${G}`].group = profile({ title: "Readers" });
  table.pull = { items: [{ rev: 8, kind: "member.left", sender: "a", content: { user: "a" }, created_at: "2026" }] };
  skip(9);
  await pause();
  assert.deepEqual([groups.seat(G, "a"), groups.seat(G, "b")?.nickname], [undefined, "Bee"]);
  assert.deepEqual([groups.get(G).title, conversation.notices.all().length], ["Readers", 1]);
  groups.close(G);
  skip(12);
  await pause();
  assert.deepEqual([count(members), conversation.notices.asked], [2, false]);
  await groups.open(G);
  assert.equal(count(members), 3);
});

test("the lines of many at once, and of staff", () => {
  const about = { me: ME, name: (id) => id.toUpperCase(), now: 0 };
  const line = (kind, content, sender = "a") => noticeText({ kind, content, sender, rev: 9 }, about);
  assert.equal(line("members.changed", { joined: 1045, via: "import" }), "A added 1,045 people");
  assert.equal(line("members.changed", { left: 45, how: "removed" }, ME), "You removed 45 people");
  assert.equal(line("members.changed", { roles: 30 }), "A changed the roles of 30 people");
  assert.equal(line("member.joined", { user: "b", via: "import" }), "A added B");
  assert.equal(line("group.dismissed", {}, "00000000-0000-0000-0000-000000000000"), "Staff dismissed the group");
});

test("who comes back to his mute knows it at once, and the others too", async () => {
  const { groups, client, happens } = world();
  await groups.open(G);
  client.people.learn([person("b")]);
  happens("member.joined", { user: ME, via: "link", muted_until: "2099" });
  happens("member.joined", { user: "b", via: "added", muted_until: "2098" });
  assert.deepEqual([groups.get(G).muted_until, groups.seat(G, "b").muted_until], ["2099", "2098"]);
});

test("an answer that a notice has overtaken does not count", async () => {
  const { groups, client, happens } = world();
  await groups.open(G);
  const { call } = client.session;
  let answer = (_value) => {};
  client.session.call = () => new Promise((resolve) => (answer = resolve));
  const reading = groups.reread(G);
  happens("group.updated", { title: "Readers" });
  answer({ group: profile({ title: "Club" }) });
  client.session.call = call;
  await reading;
  assert.equal(groups.get(G).title, "Readers");
});

test("seats that a notice has overtaken undo nothing, and are read again", async () => {
  const { groups, client, happens, table } = world();
  const members = `GET /v1/groups/${G}/members`;
  await groups.open(G);
  happens("members.changed", { roles: 30 });
  const { call } = client.session;
  const answers = [];
  client.session.call = (...said) =>
    said[1].includes("/members") ? new Promise((resolve) => answers.push(resolve)) : call(...said);
  await until(() => answers.length);
  const old = table[members];
  table[members] = { items: [seat(ME), seat("a", { nickname: "Chief" })], next: null };
  happens("member.named", { user: "a", nickname: "Chief" });
  client.session.call = call;
  answers[0](structuredClone(old));
  await settle();
  assert.equal(groups.nameOf(G, "a"), "Chief");
  assert.equal(groups.seat(G, "a").role, "owner");
  await until(() => groups.seat(G, "a").role === "member");
});

test("an announcement is read on all devices", async () => {
  const said = { text: "Tonight", number: 2, by: "a", at: "2026", read: false };
  const { groups, own } = world({ [`GET /v1/groups/${G}`]: { group: profile({ announcement: said }) } });
  await groups.open(G);
  own("announcement.read", { group: G, number: 1 }, ME);
  assert.equal(groups.get(G).announcement.read, false);
  own("announcement.read", { group: G, number: 2 }, ME);
  assert.equal(groups.get(G).announcement.read, true);
});

test("admins hear who asks to join; who asked hears what became of it", async () => {
  const { groups, own } = world({
    [`GET /v1/groups/${G}`]: { group: profile({ role: "admin" }) },
    [`GET /v1/groups/${G}/join-requests`]: { items: [asked("r1", "b")] },
  });
  const news = [];
  groups.addEventListener("news", ({ detail }) => news.push([detail.what, detail.state]));
  await groups.open(G);
  own("join.requested", { request: asked("r2", "c") }, "c");
  assert.deepEqual(groups.asking(G).map(({ id }) => id), ["r1", "r2"]);
  own("join.closed", { request: "r1", state: "accepted", person: "b", group: { id: G, title: "Club" } });
  own("join.requested", { request: asked("mine", ME) }, ME);
  assert.deepEqual(groups.asking(G).map(({ id }) => id), ["r2"]);
  const club = { id: G, title: "Club" };
  own("join.closed", { request: "asked before a reload", state: "declined", person: ME, group: club });
  own("join.closed", { request: "mine", state: "cancelled", person: ME, group: club }, ME);
  assert.deepEqual(news, [["asked", undefined], ["answered", "declined"]]);
});

test("one's own requests wait among each other until they are answered, whatever becomes of groups", async () => {
  const { groups, own, emit } = world({
    [`GET /v1/groups/${G}`]: { group: profile({ role: "admin" }) },
    [`GET /v1/groups/${G}/join-requests`]: { items: [asked("r1", "b")] },
    "GET /v1/group-join-requests": { items: [asked("old", ME, { group: "g2", at: "2025" })] },
  });
  const waiting = () => groups.asked().map(({ id }) => id);
  await groups.refresh();
  await groups.open(G);
  own("join.requested", { request: asked("new", ME) }, ME);
  assert.deepEqual([waiting(), groups.asking(G).map(({ id }) => id)], [["new", "old"], ["r1"]]);
  emit("removed", { id: G });
  assert.deepEqual([waiting(), groups.asking(G)], [["new", "old"], []]);
  own("join.closed", { request: "new", state: "accepted", person: ME, group: { id: G, title: "Club" } });
  assert.deepEqual(waiting(), ["old"]);
  await groups.refresh();
  assert.deepEqual(waiting(), ["old"]);
});

test("a group that is gone is forgotten", async () => {
  const { groups, emit } = world();
  await groups.open(G);
  emit("removed", { id: G });
  assert.deepEqual([groups.get(G), groups.seat(G, "a")], [undefined, undefined]);
});

test("a refusal that says the lists are behind has them read again", async () => {
  const refusal = new ImError({ code: "needs_role", status: 403 });
  const { groups, count } = world({ [`POST /v1/groups/${G}/members`]: refusal });
  await groups.open(G);
  await assert.rejects(groups.add(G, ["b"]), { code: "needs_role" });
  await settle();
  assert.ok(count(`GET /v1/groups/${G}`) >= 2);
});

test("people are asked for by their ids, many at once, and once", async () => {
  const { client, calls, table } = world({ "GET /v1/users": { items: [person("x"), person("y")] } });
  for (const id of ["x", "y", "nobody", "x"]) assert.equal(client.people.get(id), undefined);
  await pause();
  assert.equal(client.people.get("x").display_name, "X");
  assert.equal(client.people.get("nobody"), undefined);
  table["GET /v1/users"].items = [];
  await pause();
  assert.deepEqual(calls.map(([call]) => call), ["GET /v1/users?ids=x,y,nobody"]);
});

test("a group is made once, whatever is said twice", async () => {
  const { groups, calls } = world({ "POST /v1/groups": { group: profile(), added: [], invited: [] } });
  await groups.create({ title: "Club", members: ["a"] }, "key");
  assert.deepEqual(calls.at(-1), ["POST /v1/groups", { title: "Club", members: ["a"] }, { "Idempotency-Key": "key" }]);
  assert.equal(groups.get(G).title, "Club");
});

test("what happened in a group is kept in order over a reload, and is not unread", async () => {
  const conversation = new Conversation(HEAD, ME);
  const notice = (rev) => ({ rev, kind: "member.left", sender: "a", content: { user: "b" }, created_at: "2026" });
  conversation.applyEntries({ prev: 5, items: [notice(6), notice(7)] });
  assert.equal(conversation.head.unread, 0);
  const again = Conversation.restore(structuredClone(conversation.snapshot()), ME);
  again.notices.put([notice(3), notice(7)]);
  assert.deepEqual(again.notices.all().map(({ rev }) => rev), [3, 6, 7]);
  const { groups, conversation: fresh, table, calls } = world();
  table.pull = { items: [notice(1), { rev: 2, seq: 1, kind: "text", content: {} }, notice(5)] };
  await groups.readNotices(G);
  await groups.readNotices(G);
  assert.deepEqual(fresh.notices.all().map(({ rev }) => rev), [1, 5]);
  assert.equal(calls.filter(([call]) => call === "pull").length, 1);
});

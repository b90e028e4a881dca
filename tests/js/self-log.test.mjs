import assert from "node:assert/strict";
import test from "node:test";
import { ImError } from "../../imserver/static/im-client/errors.js";
import { connected, filled, until } from "./connected.mjs";
import { C, ME, head, settle } from "./make.mjs";

const SELF = { conversation: "notes", kind: "self", rev: 1, seq: 0, read_seq: 0, unread: 0, mentions: 0, title: "" };

/** A device that has a group with three messages, and its own log. */
async function member(t) {
  const log = filled(3);
  const world = await connected(t, { log });
  const { serve, socket, client } = world;
  const welcome = serve.hello;
  const group = () => head(log, { kind: "group" });
  const answer = { heads: () => [group(), SELF], left: [] };
  serve.hello = () => [welcome()[0], { ...welcome()[1], heads: answer.heads(), left: answer.left }, 1];
  serve.sync = () => ["heads", { heads: answer.heads(), left: answer.left }];
  const again = async () => {
    const { length } = world.WebSocket.opened;
    socket().drop();
    await until(() => world.WebSocket.opened.length > length && client.connection.online);
    await settle();
  };
  await again();
  await client.loadOlder(client.get(C));
  return { ...world, answer, again, group };
}

const moved = (rev, kind, sender = "boss") => ({ rev, kind, sender, content: { conversation: C }, created_at: "2026" });

test("what happens in a group asks for nothing, and what happens to oneself for the heads", async (t) => {
  const { log, socket } = await member(t);
  const notice = { rev: 4, kind: "member.left", sender: "boss", content: { user: "bob" }, created_at: "2026" };
  log.entries.push(notice);
  socket().say({ type: "entries", data: { conversation: C, prev: 3, items: [notice] } });
  await settle();
  assert.equal(socket().frames("sync").length, 0);
  socket().say({ type: "entries", data: { conversation: "notes", prev: 1, items: [moved(2, "conversation.joined")] } });
  await settle();
  assert.equal(socket().frames("sync").length, 1);
});

test("who went and came back while this device was away loses nothing by it, and who is gone does", async (t) => {
  const { client, answer, again, group, serve } = await member(t);
  const ends = [];
  for (const type of ["parted", "returned", "removed"]) client.addEventListener(type, () => ends.push(type));
  let items = ["left", "joined", "left", "joined"].map((what, at) => moved(at + 2, `conversation.${what}`));
  const { pull } = serve;
  serve.pull = (data) =>
    data.conversation === "notes"
      ? ["entries", { conversation: "notes", prev: data.after_rev, items, head: items.at(-1).rev }]
      : pull(data);
  answer.heads = () => [group(), { ...SELF, rev: 5 }];
  const asked = [];
  client.session.call = async (_method, path) => {
    asked.push(path);
    return path.startsWith("/v1/conversations/") ? group() : { items: [] };
  };
  await again();
  await until(() => client.get("notes").cursor === 5);
  await settle();
  assert.deepEqual(ends, []);
  assert.equal(client.get(C).timeline.length, 3);
  assert.ok(asked.includes(`/v1/conversations/${C}`));
  client.session.call = async (_method, path) => {
    if (path.startsWith("/v1/conversations/")) throw new ImError({ code: "not_a_member", status: 404 });
    return { items: [] };
  };
  items = [moved(6, "conversation.left", ME)];
  answer.heads = () => [{ ...SELF, rev: 6 }];
  await again();
  await until(() => !client.get(C));
  assert.deepEqual(ends, ["removed"]);
});

test("a gap in one's own log has all that is kept by it read again, and a change of a note nothing", async (t) => {
  const { client, socket, serve, again, answer, group } = await member(t);
  let asked = [];
  client.session.call = async (_method, path) => (asked.push(path.split("?")[0]), { items: [] });
  const state = { seq: 1, rev: 1, content: {} };
  const reaction = { rev: 2, kind: "reaction", sender: ME, content: null, target: 1, state };
  socket().say({ type: "entries", data: { conversation: "notes", prev: 1, items: [reaction] } });
  await settle();
  assert.deepEqual([client.get("notes").cursor, asked], [2, []]);
  await again();
  const usual = asked;
  asked = [];
  const { pull } = serve;
  const content = { conversation: C, seq: 3 };
  const entry = { rev: 51, kind: "message.starred", sender: ME, content, created_at: "2026" };
  serve.pull = (data) =>
    data.conversation === "notes" && data.after_rev < 51
      ? ["entries", { conversation: "notes", prev: 50, reset: true, items: [entry], head: 51 }]
      : pull(data);
  answer.heads = () => [group(), { ...SELF, rev: 51 }];
  await again();
  await until(() => client.get("notes").cursor === 51);
  await settle();
  const lists = ["/v1/starred", "/v1/friends", "/v1/group-invitations"];
  for (const path of lists) assert.ok(!usual.includes(path) && asked.includes(path), path);
  assert.ok(asked.includes("/v1/conversations") && asked.includes("/v1/drafts"));
  assert.equal(client.get(C).timeline.length, 0, "a message may have been deleted meanwhile");
});

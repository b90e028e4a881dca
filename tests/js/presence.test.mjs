import assert from "node:assert/strict";
import test from "node:test";
import { ImError } from "../../imserver/static/im-client/errors.js";
import { Presence } from "../../imserver/static/im-client/presence.js";
import { settle } from "./make.mjs";

/** A client whose server notes who is watched. */
function world({ watched = 200, answer = async () => ({}) } = {}) {
  const asked = [];
  const connection = Object.assign(new EventTarget(), { online: false });
  connection.request = (type, { users }) => {
    asked.push([type, ...users]);
    return answer(asked.length);
  };
  const presence = new Presence({ connection, limits: { watched } });
  let changes = 0;
  presence.addEventListener("change", () => (changes += 1));
  const become = (online) => {
    connection.online = online;
    connection.dispatchEvent(new CustomEvent("status"));
  };
  return {
    asked,
    presence,
    changes: () => changes,
    lose: () => become(false),
    async welcome() {
      become(true);
      connection.dispatchEvent(new CustomEvent("welcome"));
      await settle();
    },
    say: (...items) =>
      connection.dispatchEvent(new CustomEvent("frame", { detail: { type: "presence", data: { items } } })),
  };
}

const SEEN = "2027-03-03T14:05:00.000Z";

test("who is watched is said at the welcome, and again at every other", async () => {
  const { presence, asked, welcome, lose } = world();
  presence.watch(["a", "b", "a"]);
  await settle();
  assert.deepEqual(asked, []);
  await welcome();
  lose();
  await welcome();
  assert.deepEqual(asked, [
    ["presence.watch", "a", "b"],
    ["presence.watch", "a", "b"],
  ]);
});

test("the same people are not said twice, others are; who watches nobody says nothing", async () => {
  const { presence, asked, welcome } = world();
  await welcome();
  presence.watch([]);
  presence.watch(["a", "b"]);
  await settle();
  presence.watch(["b", "a"]);
  await settle();
  presence.watch(["b", "c"]);
  await settle();
  presence.watch([]);
  await settle();
  assert.deepEqual(asked, [["presence.watch", "a", "b"], ["presence.watch", "b", "c"], ["presence.watch"]]);
});

test("beyond the limit the last ones are left out", async () => {
  const { presence, asked, welcome } = world({ watched: 2 });
  presence.watch(["a", "b", "c"]);
  await welcome();
  assert.deepEqual(asked, [["presence.watch", "a", "b"]]);
});

test("many lists of one moment are the last one", async () => {
  const answers = [];
  const { presence, asked, welcome } = world({ answer: () => new Promise((resolve) => answers.push(resolve)) });
  await welcome();
  for (const person of ["a", "b", "c"]) presence.watch([person]);
  assert.deepEqual(asked, [["presence.watch", "a"]]);
  answers[0]({});
  await settle();
  assert.deepEqual(asked.slice(1), [["presence.watch", "c"]]);
});

test("states come with frames, for those who are watched, and go with them", async () => {
  const { presence, welcome, say, changes } = world();
  presence.watch(["a", "b"]);
  await welcome();
  say({ user: "a", online: true }, { user: "b", online: false, last_seen_at: SEEN }, { user: "z", online: true });
  assert.deepEqual([...presence.states], [
    ["a", { online: true }],
    ["b", { online: false, last_seen_at: SEEN }],
  ]);
  assert.deepEqual([presence.isOnline("a"), presence.isOnline("b"), presence.isOnline("z")], [true, false, false]);
  say({ user: "b", online: false });
  assert.deepEqual(presence.get("b"), { online: false }, "who hides now was never seen");
  say({ user: "z", online: true });
  assert.equal(changes(), 2);
  presence.watch(["b"]);
  await settle();
  assert.deepEqual([...presence.states.keys()], ["b"]);
  assert.equal(changes(), 3);
});

test("nothing is known without a connection", async () => {
  const { presence, welcome, say, lose, changes } = world();
  presence.watch(["a"]);
  await welcome();
  say({ user: "a", online: true });
  lose();
  assert.equal(presence.states.size, 0);
  assert.equal(changes(), 2);
  await welcome();
  assert.equal(presence.get("a"), undefined);
});

test("a list that was refused for now is said again", async () => {
  const answer = async (count) => {
    if (count === 1) throw new ImError({ code: "rate_limited", retry: "later", retry_after_ms: 5 });
    return {};
  };
  const { presence, asked, welcome } = world({ answer });
  presence.watch(["a"]);
  await welcome();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(asked.length, 2);
});

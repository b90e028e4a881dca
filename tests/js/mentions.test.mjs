import assert from "node:assert/strict";
import test from "node:test";
import { followBlocks } from "../../imserver/static/im-client/mentions.js";

/** Two conversations with something unread, of which only the first is held in full, and one without. */
function world() {
  const friends = Object.assign(new EventTarget(), { loaded: false, blocks: new Map() });
  const conversation = (id, unread, exact) => ({ id, head: { unread }, unread: { recount: () => exact } });
  const fetched = [];
  const client = {
    friends,
    list: () => [conversation("held", 1, true), conversation("not", 1, false), conversation("read", 0, true)],
    directory: { again: async (id) => fetched.push(id) },
  };
  const counted = [];
  followBlocks(client, ({ id }) => counted.push(id));
  const become = (...people) => {
    friends.loaded = true;
    friends.blocks = new Map(people.map((person) => [person, {}]));
    friends.dispatchEvent(new Event("change"));
    return [counted.splice(0), fetched.splice(0)];
  };
  return { friends, become };
}

test("a change of the blocks counts what is held, and asks the server for the rest", () => {
  const { become } = world();
  assert.deepEqual(become(), [["held"], []], "the heads are fresh");
  assert.deepEqual(become("eve"), [["held"], ["not"]]);
  assert.deepEqual(become("eve"), [[], []], "something else has changed");
  assert.deepEqual(become(), [["held"], ["not"]]);
});

test("nothing is counted before the blocks are read", () => {
  const { friends, become } = world();
  friends.dispatchEvent(new Event("change"));
  assert.deepEqual(become("eve"), [["held"], []]);
});

import assert from "node:assert/strict";
import test from "node:test";
import { Typing } from "../../imserver/static/im-client/typing.js";
import { C, ME, PEER } from "./make.mjs";

function world(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const [said, drawn] = [[], []];
  const typing = new Typing({ changed: (id) => drawn.push(id), say: (id) => said.push(id) });
  return { typing, said, drawn, pass: (milliseconds) => t.mock.timers.tick(milliseconds) };
}

test("who types is shown for six seconds after the last word of it", (t) => {
  const { typing, drawn, pass } = world(t);
  typing.heard(C, PEER);
  pass(4000);
  typing.heard(C, PEER);
  typing.heard(C, "third");
  pass(5999);
  assert.deepEqual(typing.in(C), [PEER, "third"]);
  pass(1);
  assert.deepEqual(typing.in(C), []);
  assert.equal(drawn.length, 5, "told of each word, and of each end");
});

test("the message ends it at once, for its writer alone", (t) => {
  const { typing } = world(t);
  typing.heard(C, PEER);
  typing.heard(C, "third");
  typing.ended(C, PEER);
  typing.ended(C, ME);
  assert.deepEqual(typing.in(C), ["third"]);
});

test("who types on says so seldom enough for the server to pass it on, and anew after a message", (t) => {
  const { typing, said, pass } = world(t);
  for (let press = 0; press < 32; press += 1) {
    typing.pressed(C);
    pass(100);
  }
  assert.equal(said.length, 1);
  typing.pressed(C);
  typing.pressed("other");
  assert.deepEqual(said, [C, C, "other"]);
  typing.sent(C);
  typing.pressed(C);
  assert.equal(said.length, 4);
});

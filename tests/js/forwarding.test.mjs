import assert from "node:assert/strict";
import test from "node:test";

import { Forwarding } from "../../imserver/static/chat/forwarding.js";

test("what was forwarded and not answered is said again as the same", async () => {
  const said = [];
  const forward = async (...words) => {
    said.push(words);
    if (said.length === 1) throw new Error("lost");
  };
  const forwarding = new Forwarding({ now: () => Date.now(), messages: { forward } }, "here", [3, 4]);
  await assert.rejects(() => forwarding.send("there"));
  await forwarding.send("there");
  await forwarding.send("elsewhere");
  const keys = said.map(([, , , key]) => key);
  assert.deepEqual(said[0].slice(0, 3), ["here", [3, 4], "there"]);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[0], keys[2]);
  assert.ok(keys[0]);
});

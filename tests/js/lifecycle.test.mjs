import assert from "node:assert/strict";
import test from "node:test";
import { connected } from "./connected.mjs";

/** The page that the client lives in. */
function page(t) {
  const window = new EventTarget();
  globalThis.document = Object.assign(new EventTarget(), { hidden: false });
  globalThis.addEventListener = window.addEventListener.bind(window);
  t.after(() => {
    delete globalThis.document;
    delete globalThis.addEventListener;
  });
  return window;
}

test("a page that goes ends the call, and one that a person left by logging out is let go", async (t) => {
  const window = page(t);
  const { client } = await connected(t);
  let left = 0;
  client.calls.leave = () => (left += 1);
  window.dispatchEvent(new Event("pagehide"));
  assert.equal(left, 1);
  await client.stop();
  assert.equal(left, 2, "by the log-out");
  window.dispatchEvent(new Event("pagehide"));
  assert.equal(left, 2);
});

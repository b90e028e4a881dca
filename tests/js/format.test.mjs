import assert from "node:assert/strict";
import test from "node:test";

test("when somebody was last here is said by the calendar, or not at all", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: new Date(2027, 2, 5, 0, 30) });
  const { lastSeen } = await import("../../imserver/static/chat/format.js");
  const at = (...when) => lastSeen({ online: false, last_seen_at: new Date(...when).toISOString() });
  assert.match(at(2027, 2, 5, 0, 5), /^last seen today at \D*12:05|^last seen today at 00:05/);
  assert.equal(at(2027, 2, 4, 23, 59), "last seen yesterday");
  assert.match(at(2027, 2, 3, 14, 5), /^last seen on (March 3|3 March)$/);
  assert.match(at(2026, 11, 31, 14, 5), /^last seen on .*31.*2026$/);
  assert.equal(lastSeen({ online: true, last_seen_at: "2027-03-05T00:00:00Z" }), "online");
  assert.equal(lastSeen({ online: false }), "");
  assert.equal(lastSeen(undefined), "");
});

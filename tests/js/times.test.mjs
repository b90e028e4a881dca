import assert from "node:assert/strict";
import test from "node:test";

test("when somebody was last here is said by the calendar, or not at all", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: new Date(2027, 2, 5, 0, 30) });
  const { lastSeen } = await import("../../imserver/static/chat/times.js");
  const at = (...when) => lastSeen({ online: false, last_seen_at: new Date(...when).toISOString() });
  assert.match(at(2027, 2, 5, 0, 5), /^last seen today at \D*12:05|^last seen today at 00:05/);
  assert.equal(at(2027, 2, 4, 23, 59), "last seen yesterday");
  assert.match(at(2027, 2, 3, 14, 5), /^last seen on (March 3|3 March)$/);
  assert.match(at(2026, 11, 31, 14, 5), /^last seen on .*31.*2026$/);
  assert.equal(lastSeen({ online: true, last_seen_at: "2027-03-05T00:00:00Z" }), "online");
  assert.equal(lastSeen({ online: false }), "");
  assert.equal(lastSeen(undefined), "");
});

test("until when something holds is said by the calendar", async () => {
  const { until } = await import("../../imserver/static/chat/times.js");
  const now = new Date(2027, 2, 5, 22, 30).getTime();
  const at = (...when) => until(new Date(...when).toISOString(), now);
  assert.match(at(2027, 2, 5, 23, 15), /^ until (11:15|23:15)/);
  assert.match(at(2027, 2, 6, 10, 15), /^ until tomorrow at 10:15/);
  assert.match(at(2027, 2, 7, 10, 15), /^ until \D*7.*10:15/);
  assert.equal(at(2199, 11, 31), "");
});

test("a length of time has hours only where it lasted that long", async () => {
  const { length } = await import("../../imserver/static/chat/times.js");
  assert.deepEqual([0, 9.9, 75, 3599, 3600, 36_061].map(length), ["0:00", "0:09", "1:15", "59:59", "1:00:00", "10:01:01"]);
});

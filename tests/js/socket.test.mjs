import assert from "node:assert/strict";
import { test } from "node:test";

import { Socket } from "../../imserver/static/im-client/socket.js";

class Wire {
  readyState = 1;
  sent = [];
  closed = false;

  constructor() {
    Wire.last = this;
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  say(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
}

/** An open socket, its wire, and the codes it closed with. */
function open() {
  const codes = [];
  const socket = new Socket({
    url: "ws://here",
    WebSocket: Wire,
    onOpen() {},
    onFrame() {},
    onClose: (code) => codes.push(code),
  });
  return { socket, wire: Wire.last, codes };
}

test("a command without an answer ends the connection, though the server still pings", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { socket, wire, codes } = open();
  const asked = socket.request("message.send", {});
  for (const _ of [1, 2, 3]) {
    t.mock.timers.tick(6_000);
    wire.say({ type: "ping", data: {} });
  }
  assert.deepEqual(codes, []);
  t.mock.timers.tick(2_001);
  assert.deepEqual([codes, wire.closed], [[1006], true]);
  await assert.rejects(asked, { code: "connection_lost" });
});

test("an answer in time keeps the connection", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { socket, wire, codes } = open();
  const asked = socket.request("message.send", {});
  t.mock.timers.tick(19_000);
  wire.say({ type: "ok", id: wire.sent[0].id, data: { rev: 7 } });
  assert.deepEqual(await asked, { rev: 7 });
  t.mock.timers.tick(5_000);
  assert.deepEqual(codes, []);
});

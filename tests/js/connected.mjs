import assert from "node:assert/strict";
import { Backoff } from "../../imserver/static/im-client/backoff.js";
import { Client } from "../../imserver/static/im-client/client.js";
import { MemoryStore } from "../../imserver/static/im-client/store.js";
import { C, Log, ME, head, settle, socketClass } from "./make.mjs";

export const USER = { id: ME, username: "me", display_name: "Me" };

/** A page of history, as the server answers it. */
function newest(log, before_seq, limit) {
  const items = log.page(before_seq, limit);
  return { conversation: C, items, complete: items.length < limit };
}

/** A client and the server it talks to: one log, answers by frame type. */
export async function connected(
  t,
  { log = new Log(), store = new MemoryStore(), answers = {}, token = async () => "token" } = {},
) {
  const server = { epoch: "e1", log };
  const serve = {
    hello: () => [
      "welcome",
      {
        user: USER,
        session: "s",
        epoch: server.epoch,
        heads: log.entries.length ? [head(log)] : [],
        left: [],
        limits: { text: 8000 },
        ping_s: 25,
        server_time: new Date().toISOString(),
      },
      1,
    ],
    pull: ({ after_rev, before_seq, limit }) => [
      "entries",
      after_rev === undefined ? newest(log, before_seq, limit) : log.frame(after_rev),
    ],
    "message.send": ({ key, content }) => {
      const { rev, seq, created_at } = Object.assign(log.send(ME, content.text), { key });
      return ["ok", { conversation: C, rev, prev: rev - 1, seq, created_at, duplicate: false }];
    },
    sync: () => ["heads", { heads: [head(log)], left: [] }],
    mark: ({ read_seq }) => ["ok", { conversation: C, read_seq }],
    "auth.refresh": () => ["ok", {}],
    ...answers,
  };
  const WebSocket = socketClass(({ type, id, data }, socket) => {
    const answer = serve[type]?.(data, socket);
    if (answer) socket.say({ type: answer[0], id, data: answer[1], frame: answer[2] });
  });
  const told = [];
  const call = async () => ({ items: [], next: null });
  const session = { user: USER, token, call, update: (user) => told.push(user) };
  const backoff = new Backoff({ base: 10 });
  const client = new Client({ session, url: "ws://test", store, WebSocket, backoff });
  t.after(() => client.stop());
  await client.start();
  await settle();
  return { client, server, serve, log, store, told, WebSocket, socket: () => WebSocket.opened.at(-1) };
}

export async function until(claim) {
  for (let round = 0; round < 300 && !claim(); round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(claim(), `never: ${claim}`);
}

export function filled(count) {
  const log = new Log();
  for (let index = 0; index < count; index += 1) log.send();
  return log;
}

import assert from "node:assert/strict";
import test from "node:test";
import { Conversation } from "../../imserver/static/im-client/conversation.js";
import { Own } from "../../imserver/static/im-client/own.js";
import { Pins } from "../../imserver/static/im-client/pins.js";
import { SelfLog } from "../../imserver/static/im-client/self-log.js";
import { Stars } from "../../imserver/static/im-client/stars.js";
import { C, Log, ME, head, settle } from "./make.mjs";

/** A client with one conversation of five messages, and a server whose answers can be held back. */
async function world() {
  const log = new Log();
  for (let count = 0; count < 5; count += 1) log.send();
  const conversation = new Conversation(head(log), ME);
  conversation.applyPage(log.page(), true);
  const client = new EventTarget();
  const server = { starred: [], pins: [], wait: null };
  Object.assign(client, {
    connection: Object.assign(new EventTarget(), { online: true }),
    get: (id) => (id === C ? conversation : undefined),
    list: () => [conversation],
    messages: {
      async pins() {
        const found = [...server.pins];
        await server.wait;
        return found;
      },
    },
    session: {
      async call(_, path) {
        const [items, from] = [server.starred, Number(path.match(/before=(\d+)/)?.[1] ?? 0)];
        await server.wait;
        const next = from + 2 < items.length ? from + 2 : null;
        return { items: items.slice(from, from + 2), next };
      },
    },
  });
  const tell = (detail) => client.dispatchEvent(new CustomEvent("conversation", { detail }));
  client.replica = { changed: (conversation, changes) => tell({ conversation, changes }) };
  client.selfLog = new SelfLog(client);
  client.stars = new Stars(client);
  client.own = new Own(client);
  const hear = (kind, content) => {
    const detail = { conversation: { head: { kind: "self" } }, entry: { kind, content: { conversation: C, ...content } } };
    client.dispatchEvent(new CustomEvent("notice", { detail }));
  };
  const welcome = async () => {
    client.connection.dispatchEvent(new CustomEvent("welcome", { detail: {} }));
    await settle();
  };
  return { log, conversation, client, server, hear, welcome };
}

const star = (seq) => ({ conversation: C, seq });
const kept = ({ stars }) => [1, 2, 3, 4, 5].filter((seq) => stars.has(C, seq));

test("which messages are kept is read page after page, then heard", async () => {
  const { client, server, hear, welcome } = await world();
  server.starred = [star(5), star(4), star(1)];
  await welcome();
  assert.deepEqual(kept(client), [1, 4, 5]);
  hear("message.starred", { seq: 2 });
  hear("message.unstarred", { seq: 5 });
  assert.deepEqual(kept(client), [1, 2, 4]);
});

test("what is heard during the reading counts, though the page is older", async () => {
  const { client, server, hear, welcome } = await world();
  server.starred = [star(1)];
  let go;
  server.wait = new Promise((resolve) => (go = resolve));
  await welcome();
  hear("message.unstarred", { seq: 1 });
  hear("message.starred", { seq: 3 });
  go();
  await settle();
  assert.deepEqual(kept(client), [3]);
});

test("what is deleted or cleared is kept no longer, and goes from the conversation", async () => {
  const { client, conversation, server, hear, welcome } = await world();
  server.starred = [1, 2, 3, 4, 5].map(star);
  await welcome();
  hear("message.hidden", { seq: 4 });
  hear("history.cleared", { before_seq: 2 });
  assert.deepEqual(kept(client), [3, 5]);
  assert.deepEqual(
    conversation.timeline.shown().map(({ seq }) => seq),
    [3, 5],
  );
  hear("message.hidden", { conversation: "unknown", seq: 1 });
});

test("where the count is not known here, it is said so", async () => {
  const { log, client, conversation, hear } = await world();
  const unsure = [];
  client.addEventListener("conversation", ({ detail }) => unsure.push(detail.changes.unsure));
  conversation.timeline.trim(1);
  log.send();
  conversation.applyEntries(log.frame(5));
  hear("message.hidden", { seq: 3 });
  assert.deepEqual(unsure, [true]);
});

test("if its own log is too far behind, nothing that is held counts", async () => {
  const { client, conversation } = await world();
  const resets = [];
  client.addEventListener("conversation", ({ detail }) => resets.push(detail.changes.reset));
  const log = { id: "self", head: { kind: "self" } };
  const tell = (cursor, changes) => client.replica.changed({ ...log, cursor }, changes);
  tell(3, { reset: false });
  tell(4, { reset: false });
  assert.equal(conversation.timeline.length, 5);
  tell(2000, { reset: true });
  assert.deepEqual([conversation.timeline.length, resets.at(-1)], [0, true]);
});

/** The list is as a page that is opened now would have it. */
function same(pins, log, order) {
  assert.deepEqual(
    pins.items,
    order.map((seq) => log.messages.get(seq)),
  );
}

test("pins are read, then kept by the changes, whether their messages are held or not", async () => {
  const { log, conversation, client, server } = await world();
  conversation.timeline.trim(1);
  log.change("pin", 1, { pinned: true });
  server.pins = [log.messages.get(1)];
  conversation.applyEntries(log.frame(5));
  const pins = new Pins(client, conversation);
  await settle();
  same(pins, log, [1]);
  const follow = () => client.replica.changed(conversation, conversation.applyEntries(log.frame(conversation.cursor)));
  log.change("pin", 2, { pinned: true });
  follow();
  same(pins, log, [2, 1]);
  log.edit(1, "edited");
  follow();
  same(pins, log, [2, 1]);
  log.change("unpin", 2, { pinned: undefined });
  follow();
  same(pins, log, [1]);
  client.own.hidden(C, 1);
  same(pins, log, []);
});

test("a change that comes while pins are read is not undone by the older answer", async () => {
  const { log, conversation, client, server } = await world();
  let go;
  server.wait = new Promise((resolve) => (go = resolve));
  log.change("pin", 1, { pinned: true });
  server.pins = [structuredClone(log.messages.get(1))];
  conversation.applyEntries(log.frame(5));
  const pins = new Pins(client, conversation);
  log.recall(1);
  log.change("pin", 2, { pinned: true });
  client.replica.changed(conversation, conversation.applyEntries(log.frame(6)));
  go();
  await settle();
  same(pins, log, [2]);
  pins.close();
});

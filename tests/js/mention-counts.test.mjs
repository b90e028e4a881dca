import assert from "node:assert/strict";
import test from "node:test";
import { Conversation } from "../../imserver/static/im-client/conversation.js";
import { ConnectionLost } from "../../imserver/static/im-client/errors.js";
import { connected, until } from "./connected.mjs";
import { C, Log, ME, head, settle } from "./make.mjs";

/** A conversation in which people name each other. */
class Talk extends Log {
  say(mentions) {
    this.send();
    Object.assign(this.messages.get(this.messages.size), { mentions });
  }

  name(target, mentions) {
    return this.change("edit", target, { mentions });
  }

  recall(target) {
    return this.change("recall", target, { content: null, mentions: undefined, recalled: { by: "boss", at: "now" } });
  }

  head() {
    const named = [...this.messages.values()].filter(({ mentions }) => mentions?.includes(ME));
    return { ...super.head(), mentions: named.length };
  }

  live() {
    const { head: _, ...frame } = this.frame(this.entries.length - 1);
    return frame;
  }
}

function talk() {
  const log = new Talk();
  for (const mentions of [[ME], undefined, ["bob"]]) log.say(mentions);
  return log;
}

test("a change of a message that is not here makes the number of mentions unsure, where it may be another", () => {
  for (const [change, unsure] of [
    [(log) => log.name(2, [ME]), true],
    [(log) => log.name(1, []), true],
    [(log) => log.recall(1), true],
    [(log) => log.change("reaction", 1, {}), false],
  ]) {
    const log = talk();
    const conversation = new Conversation(head(log), ME);
    change(log);
    assert.equal(conversation.applyEntries(log.live()).unsure, unsure, String(change));
    const held = new Conversation(head(log), ME);
    held.applyPage(log.page(), true);
    log.name(3, [ME]);
    assert.equal(held.applyEntries(log.live()).unsure, false, "what is held is counted");
    assert.equal(held.head.mentions, head(log).mentions);
  }
  const quiet = new Talk();
  quiet.say(["bob"]);
  const conversation = new Conversation(head(quiet), ME);
  quiet.name(1, []);
  assert.equal(conversation.applyEntries(quiet.live()).unsure, false, "nobody named this person");
  quiet.name(1, [ME]);
  conversation.read(1);
  assert.equal(conversation.applyEntries(quiet.live()).unsure, false, "it has been read");
});

test("what could not be asked for is asked for with the next heads", async (t) => {
  const { client, log, socket, serve } = await connected(t, { log: talk() });
  client.session.call = async () => {
    throw new ConnectionLost();
  };
  log.name(2, [ME]);
  socket().say({ type: "entries", data: log.live() });
  await settle();
  client.session.call = async () => head(log);
  serve.sync = () => ["heads", { heads: [], left: [] }];
  await client.sync();
  await until(() => client.get(C).head.mentions === 2);
});

test("what is unsure is asked for, one question at a time, until no entry has overtaken the answer", async (t) => {
  const { client, log, socket } = await connected(t, { log: talk() });
  const asked = [];
  client.session.call = (_method, path) => new Promise((answer) => asked.push([path, () => answer(head(log))]));
  const edit = async (target, mentions) => {
    log.name(target, mentions);
    socket().say({ type: "entries", data: log.live() });
    await settle();
  };
  await edit(2, [ME]);
  const stale = head(log);
  await edit(3, [ME]);
  await edit(1, []);
  assert.deepEqual(asked.map(([path]) => path), [`/v1/conversations/${C}`]);
  client.session.call = async () => (asked.push([]), asked.length === 2 ? stale : head(log));
  asked[0][1]();
  await until(() => client.get(C).head.mentions === 2);
  await until(() => asked.length === 3);
});

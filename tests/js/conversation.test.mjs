import assert from "node:assert/strict";
import test from "node:test";
import { Conversation } from "../../imserver/static/im-client/conversation.js";
import { Log, ME, PEER, head, random } from "./make.mjs";

function opened(log, options) {
  const conversation = new Conversation(head(log, options), ME);
  conversation.expectPage();
  conversation.applyPage(log.page(), log.messages.size < 50);
  conversation.endPage();
  return conversation;
}

function logOf(count, sender = PEER) {
  const log = new Log();
  for (let index = 0; index < count; index += 1) log.send(sender);
  return log;
}

const texts = (conversation) => conversation.timeline.all().map(({ content }) => content?.text ?? null);

test("consecutive entries move the cursor", () => {
  const log = logOf(2);
  const conversation = opened(log);
  log.send();
  const changes = conversation.applyEntries(log.frame(2));
  assert.deepEqual(
    changes.added.map(({ seq }) => seq),
    [3],
  );
  assert.equal(conversation.cursor, 3);
});

test("a gap changes nothing and asks for a pull", () => {
  const log = logOf(2);
  const conversation = opened(log);
  log.send();
  log.send();
  assert.equal(conversation.applyEntries(log.frame(3)), null);
  assert.equal(conversation.cursor, 2);
  assert.ok(conversation.behind);
  conversation.applyEntries(log.frame(2));
  assert.ok(!conversation.behind);
  assert.equal(conversation.timeline.length, 4);
});

test("entries that come twice are applied once", () => {
  const log = logOf(1);
  const conversation = opened(log, { read_seq: 1 });
  log.send();
  conversation.applyEntries(log.frame(1));
  const again = conversation.applyEntries(log.frame(0));
  assert.deepEqual(again.added, []);
  assert.equal(conversation.head.unread, 1);
});

test("a change replaces an older copy and never a newer one", () => {
  const log = logOf(1);
  const old = log.frame(0);
  log.edit(1, "second");
  const edited = log.frame(1);
  log.edit(1, "third");
  const conversation = opened(log);
  conversation.cursor = 0;
  conversation.applyEntries(old);
  conversation.applyEntries(edited);
  assert.deepEqual(texts(conversation), ["third"]);
});

test("a change that overtakes the page which holds its message is not lost", () => {
  const log = logOf(3);
  const conversation = new Conversation(head(log), ME);
  conversation.expectPage();
  const page = log.page();
  log.edit(2, "edited meanwhile");
  conversation.applyEntries(log.frame(3));
  conversation.applyPage(page, true);
  assert.deepEqual(texts(conversation), ["text 1", "edited meanwhile", "text 3"]);
});

test("an ok advances the cursor only where it left off", () => {
  const log = logOf(1);
  const conversation = opened(log);
  const own = log.send(ME, "mine");
  conversation.applyOk({ rev: 2, prev: 1 }, own);
  assert.equal(conversation.cursor, 2);
  log.send();
  const later = log.send(ME, "mine too");
  const { keys } = conversation.applyOk({ rev: 4, prev: 3 }, later);
  assert.deepEqual(keys, [later.key]);
  assert.equal(conversation.cursor, 2);
  assert.ok(conversation.behind);
  conversation.applyEntries(log.frame(2));
  assert.deepEqual(texts(conversation), ["text 1", "mine", "text 3", "mine too"]);
});

test("the ok of a duplicate tells nothing of what has become of the message", () => {
  const log = logOf(1);
  const conversation = opened(log);
  const own = log.send(ME, "first");
  log.edit(2, "edited on another device");
  const { added } = conversation.applyOk({ rev: 2, prev: 1, duplicate: true }, own);
  assert.deepEqual(added, []);
  conversation.applyEntries(log.frame(1));
  assert.deepEqual(texts(conversation), ["text 1", "edited on another device"]);
});

test("unread counts others' messages above the mark, without recalled ones", () => {
  const log = logOf(2);
  const conversation = opened(log);
  assert.equal(conversation.head.unread, 2);
  log.send();
  log.recall(1);
  conversation.applyEntries(log.frame(2));
  assert.equal(conversation.head.unread, 2);
  conversation.read(2);
  assert.equal(conversation.head.unread, 1);
  log.send(ME);
  conversation.applyEntries(log.frame(4));
  assert.equal(conversation.head.unread, 0);
  assert.equal(conversation.head.read_seq, 4);
});

test("a head that counted entries already is not counted again by their pull", () => {
  const log = logOf(1);
  const conversation = opened(log, { read_seq: 1 });
  log.send();
  log.send();
  conversation.applyHead(head(log, { read_seq: 1 }));
  assert.equal(conversation.head.unread, 2);
  conversation.applyEntries(log.frame(1));
  assert.equal(conversation.head.unread, 2);
});

test("marks only rise", () => {
  const conversation = opened(logOf(3));
  conversation.applyMarks({ user: PEER, read_seq: 2, delivered_seq: 3 });
  assert.ok(!conversation.applyMarks({ user: PEER, read_seq: 1, delivered_seq: 1 }));
  assert.equal(conversation.progress({ seq: 2 }), "read");
  assert.equal(conversation.progress({ seq: 3 }), "delivered");
  conversation.read(3);
  conversation.applyHead({ ...conversation.head, read_seq: 1, peer_read: 0, peer_delivered: 0 });
  assert.equal(conversation.head.read_seq, 3);
  assert.equal(conversation.head.peer_read, 2);
});

test("a reset drops what was held below", () => {
  const log = logOf(6);
  const conversation = opened(log);
  conversation.cursor = 2;
  const changes = conversation.applyEntries({ ...log.frame(4), reset: true });
  assert.ok(changes.reset);
  assert.equal(conversation.timeline.first.seq, 5);
  assert.equal(conversation.cursor, 6);
  assert.ok(!conversation.timeline.complete);
});

test("far behind, the conversation starts at the head", () => {
  const log = logOf(1);
  const conversation = opened(log);
  for (let index = 0; index < 1100; index += 1) log.send();
  const changes = conversation.applyHead(head(log));
  assert.ok(changes.reset);
  assert.equal(conversation.cursor, 1101);
  assert.ok(!conversation.behind);
});

test("an empty conversation that others wrote in meanwhile is loaded anew", () => {
  const log = new Log();
  const conversation = new Conversation(head(log), ME);
  assert.ok(conversation.timeline.complete);
  log.send();
  conversation.applyHead(head(log));
  assert.ok(!conversation.timeline.complete);
});

test("old state plus live events in any order equals a fresh fetch", () => {
  for (let seed = 1; seed <= 300; seed += 1) converges(random(seed));
});

/** @param {(below: number) => number} pick */
function converges(pick) {
  const log = logOf(1 + pick(60));
  const conversation = opened(log);
  let waiting = [];
  for (let step = 0; step < 40; step += 1) {
    const before = log.entries.length;
    const target = 1 + pick(log.messages.size);
    if (pick(4)) log.send(pick(3) ? PEER : ME);
    else if (log.messages.get(target).recalled) log.send();
    else if (pick(2)) log.edit(target, `edit ${step}`);
    else log.recall(target);
    waiting.push(log.frame(before));
    if (!pick(3)) waiting = waiting.filter(() => pick(3)); // lost on the way
    while (waiting.length && pick(2)) conversation.applyEntries(waiting.splice(pick(waiting.length), 1)[0]);
    if (!pick(6)) older(conversation, log, () => conversation.applyEntries(log.frame(pick(log.entries.length))));
    if (!pick(9)) conversation.applyHead(head(log, { read_seq: conversation.head.read_seq }));
    if (!pick(5))
      conversation.applyEntries(
        log.frame(conversation.cursor, Math.min(log.entries.length, conversation.cursor + 1 + pick(5))),
      );
  }
  conversation.applyEntries(log.frame(conversation.cursor));
  const { first, length } = conversation.timeline;
  assert.deepEqual(conversation.timeline.all(), log.page(Infinity, Infinity).slice(-length));
  assert.equal(first.seq, log.messages.size - length + 1);
  assert.equal(conversation.head.unread, log.unread(conversation.head.read_seq));
  assert.deepEqual(conversation.head.last, log.messages.get(log.messages.size));
}

function older(conversation, log, meanwhile) {
  conversation.expectPage();
  const { timeline } = conversation;
  const page = log.page(timeline.first.seq, 5);
  meanwhile();
  if (timeline === conversation.timeline) conversation.applyPage(page, page.length < 5);
  conversation.endPage();
}

const EVE = "eve";

/** Four unread messages: two name me, one of them Eve's, one names all, one another. */
function mentioned(hasBlocked) {
  const log = new Log();
  const conversation = new Conversation(head(log), ME, hasBlocked);
  for (const [sender, mentions] of [
    [PEER, [ME]],
    [EVE, ["x", ME]],
    [PEER, ["x"]],
    [PEER, ["all"]],
  ])
    Object.assign(log.send(sender), { mentions });
  conversation.applyEntries({ ...log.frame(0), head: undefined });
  return conversation;
}

test("messages that name me or all count as mentions, those of people whom I block do not", () => {
  assert.equal(mentioned().head.mentions, 3);
  assert.equal(mentioned((person) => person === EVE).head.mentions, 2);
});

test("what cannot be counted anew is added up, without those of people whom I block", () => {
  const log = logOf(3);
  const conversation = new Conversation(head(log), ME, (person) => person === EVE);
  for (const sender of [PEER, EVE]) Object.assign(log.send(sender), { mentions: [ME] });
  conversation.applyEntries({ ...log.frame(3), head: undefined });
  assert.deepEqual([conversation.head.mentions, conversation.head.unread], [1, 5]);
  assert.ok(!conversation.unread.recount());
});

test("a block that comes or goes has the mentions counted anew", () => {
  const blocked = new Set();
  const conversation = mentioned((person) => blocked.has(person));
  blocked.add(EVE);
  assert.ok(conversation.unread.recount());
  assert.equal(conversation.head.mentions, 2);
  blocked.clear();
  conversation.unread.recount();
  assert.deepEqual([conversation.head.mentions, conversation.head.unread], [3, 4]);
  conversation.read(1);
  assert.deepEqual([conversation.head.mentions, conversation.head.unread], [2, 3]);
});

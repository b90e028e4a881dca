import assert from "node:assert/strict";
import test from "node:test";
import { Conversation } from "../../imserver/static/im-client/conversation.js";
import { C, Log, ME, PEER, head, random } from "./make.mjs";

/** A conversation's truth as one person sees it who deletes some of it for himself. */
class OwnLog extends Log {
  hidden = new Set();
  cleared = 0;

  covers = (seq) => seq <= this.cleared || this.hidden.has(seq);

  hide(seq) {
    this.hidden.add(seq);
    return (conversation) => conversation.hide(seq);
  }

  clear(seq) {
    this.cleared = Math.max(this.cleared, seq);
    return (conversation) => conversation.clear(seq);
  }

  /** What goes to the sockets knows nothing of it. */
  live(prev) {
    const { head: _, ...frame } = this.frame(prev);
    return frame;
  }

  pulled(prev, last) {
    const frame = this.frame(prev, last);
    return { ...frame, items: frame.items.map((item) => this.#veiled(item)) };
  }

  #veiled({ state, ...item }) {
    if (item.seq === undefined) return this.covers(item.target) ? item : { ...item, state };
    const { rev, seq, kind, sender, changed_rev, created_at } = item;
    return this.hidden.has(seq)
      ? { rev, seq, kind, sender, content: null, hidden: true, changed_rev, created_at }
      : item;
  }

  page(before, limit) {
    return super.page(before, Infinity).filter(({ seq }) => !this.covers(seq)).slice(-limit);
  }

  unread(read_seq) {
    const counts = ({ seq, sender, recalled }) => seq > read_seq && sender !== ME && !recalled && !this.covers(seq);
    return [...this.messages.values()].filter(counts).length;
  }

  head() {
    return { ...super.head(), last: this.page(Infinity, 1)[0] };
  }
}

function logOf(count) {
  const log = new OwnLog();
  for (let index = 0; index < count; index += 1) log.send();
  return log;
}

function opened(log, options) {
  const conversation = new Conversation(head(log, options), ME);
  conversation.expectPage();
  conversation.applyPage(log.page(Infinity, 50), log.messages.size < 50);
  conversation.endPage();
  return conversation;
}

const seqs = (conversation) => conversation.timeline.shown().map(({ seq }) => seq);

test("a message deleted for oneself keeps its place, is not shown, and counts as read", () => {
  const log = logOf(3);
  const conversation = opened(log, { read_seq: 1 });
  const changes = log.hide(3)(conversation);
  assert.deepEqual([changes.updated[0].hidden, changes.updated[0].content], [true, null]);
  assert.deepEqual(seqs(conversation), [1, 2]);
  assert.equal(conversation.timeline.length, 3);
  assert.deepEqual([conversation.head.unread, conversation.head.last.seq], [1, 2]);
  assert.deepEqual(log.hide(3)(conversation).updated, [], "told twice");
});

test("it does not come back by a change, a page or a pull", () => {
  const log = logOf(2);
  const conversation = opened(log);
  const page = log.page(Infinity, 50);
  log.hide(2)(conversation);
  log.edit(2, "edited after all");
  conversation.applyEntries(log.live(2));
  conversation.applyState(log.messages.get(2));
  conversation.applyPage(page, true);
  assert.deepEqual(seqs(conversation), [1]);
  assert.equal(conversation.timeline.get(2).content, null);
  assert.equal(conversation.head.last.seq, 1);
});

test("what was hidden while one was away comes as hidden, or its news comes first", () => {
  for (const newsFirst of [true, false]) {
    const log = logOf(2);
    const conversation = opened(log, { read_seq: 2 });
    log.send();
    log.send();
    const news = log.hide(4);
    if (newsFirst) news(conversation);
    conversation.applyEntries(newsFirst ? log.live(2) : log.pulled(2));
    assert.deepEqual(seqs(conversation), [1, 2, 3]);
    assert.deepEqual([conversation.head.unread, conversation.head.last.seq], [1, 3]);
  }
});

test("where the last line or the count cannot be known, the server is asked", () => {
  const log = logOf(60);
  const conversation = new Conversation(head(log), ME);
  assert.ok(log.hide(60)(conversation).unsure, "nothing is held");
  conversation.applyHead(head(log));
  assert.deepEqual([conversation.head.unread, conversation.head.last.seq], [59, 59]);
  conversation.applyPage(log.page(Infinity, 50), false);
  assert.ok(log.hide(30)(conversation).unsure, "ten unread ones are not held");
  conversation.read(60);
  assert.ok(!log.hide(31)(conversation).unsure);
});

test("a cleared history is gone up to there, also from the head, and nothing of it comes again", () => {
  const log = logOf(5);
  const conversation = opened(log, { read_seq: 1 });
  const page = log.page(Infinity, 50);
  const changes = log.clear(4)(conversation);
  assert.ok(changes.reset);
  conversation.applyPage(page, true);
  log.edit(2, "edited");
  conversation.applyEntries(log.live(5));
  assert.deepEqual([seqs(conversation), conversation.timeline.complete], [[5], true]);
  assert.deepEqual([conversation.head.unread, conversation.head.last.seq], [1, 5]);
  log.clear(5)(conversation);
  assert.deepEqual([conversation.head.unread, conversation.head.last], [0, undefined]);
  assert.ok(conversation.timeline.complete);
  log.send();
  conversation.applyEntries(log.live(6));
  assert.deepEqual([seqs(conversation), conversation.head.unread], [[6], 1]);
});

test("a reopened page knows what was deleted", () => {
  const log = logOf(3);
  const first = opened(log);
  log.hide(2)(first);
  log.clear(1)(first);
  const conversation = Conversation.restore(structuredClone(first.snapshot()), ME);
  log.edit(2, "edited");
  conversation.applyEntries(log.live(3));
  conversation.applyPage([log.messages.get(1)], true);
  assert.deepEqual(seqs(conversation), [3]);
});

test("one's own log is read from where one left off, for it tells of others", () => {
  const self = new Conversation({ conversation: "s", kind: "self", rev: 3, seq: 0, read_seq: 0 }, ME);
  self.applyHead({ conversation: "s", kind: "self", rev: 9, seq: 0, read_seq: 0 });
  assert.deepEqual([self.cursor, self.behind], [3, true]);
});

test("old state plus live events, deletions among them, equals a fresh fetch", () => {
  for (let seed = 1; seed <= 400; seed += 1) converges(random(seed), seed);
});

/** @param {(below: number) => number} pick */
function converges(pick, seed) {
  const log = logOf(1 + pick(40));
  const conversation = opened(log);
  let frames = [];
  const news = []; // of one's own log: late, but all of it and in order
  const hear = () => {
    if (news.shift()(conversation).unsure) conversation.applyHead(head(log, { read_seq: conversation.head.read_seq }));
  };
  for (let step = 0; step < 40; step += 1) {
    const before = log.entries.length;
    const target = 1 + pick(log.messages.size);
    const what = pick(8);
    if (what < 3) log.send(pick(3) ? PEER : ME);
    else if (what === 3) news.push(log.hide(target));
    else if (what === 4 && !pick(4)) news.push(log.clear(target));
    else if (!log.messages.get(target).recalled) pick(2) ? log.edit(target, `edit ${step}`) : log.recall(target);
    if (log.entries.length > before) frames.push(log.live(before));
    if (!pick(3)) frames = frames.filter(() => pick(3)); // lost on the way
    while (frames.length && pick(2)) conversation.applyEntries(frames.splice(pick(frames.length), 1)[0]);
    while (news.length && pick(2)) hear();
    if (!pick(9)) conversation.read(1 + pick(log.messages.size));
    if (!pick(9)) conversation.applyHead(head(log, { read_seq: conversation.head.read_seq }));
    if (!pick(5)) conversation.applyEntries(log.pulled(conversation.cursor));
  }
  conversation.applyEntries(log.pulled(conversation.cursor));
  while (news.length) hear();
  const shown = conversation.timeline.shown();
  const { first, complete } = conversation.timeline;
  const from = complete ? 0 : (first?.seq ?? Infinity);
  assert.deepEqual(shown, log.page(Infinity, Infinity).filter(({ seq }) => seq >= from), `seed ${seed}`);
  assert.deepEqual(conversation.head.last, log.head().last, `seed ${seed}`);
  assert.equal(conversation.head.unread, log.unread(conversation.head.read_seq), `seed ${seed}`);
  assert.equal(conversation.id, C);
}

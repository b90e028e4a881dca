import assert from "node:assert/strict";
import test from "node:test";
import { Shelf } from "../../imserver/static/im-client/shelf.js";
import { MemoryStore } from "../../imserver/static/im-client/store.js";
import { filled } from "./connected.mjs";
import { C, ME, head } from "./make.mjs";

/** A shelf with one conversation of which all messages are here. */
function shelfWith(count, read_seq) {
  const store = new MemoryStore();
  const shelf = new Shelf({ store: () => store, me: () => ME, hasBlocked: () => false });
  const log = filled(count);
  const conversation = shelf.add(head(log, { read_seq }));
  conversation.applyPage(log.page(Infinity, count), true);
  const length = () => {
    shelf.touch(conversation);
    shelf.flush();
    return conversation.timeline.length;
  };
  return { shelf, log, conversation, length };
}

test("what nobody looks at keeps its newest messages, and all that are unread", () => {
  assert.equal(shelfWith(250, 250).length(), 100);
  const { conversation, log, length } = shelfWith(250, 50);
  assert.equal(length(), 201);
  log.recall(51);
  conversation.applyEntries(log.frame(250));
  assert.deepEqual([conversation.head.unread, conversation.unread.recount()], [199, true], "it is still counted");
});

test("what is looked at stays until it is looked at no more", () => {
  const { shelf, length } = shelfWith(250, 250);
  const [one, other] = [new AbortController(), new AbortController()];
  shelf.look(C, one.signal);
  shelf.look(C, other.signal);
  one.abort();
  assert.equal(length(), 250);
  other.abort();
  assert.equal(length(), 100);
});

test("a page on its way finds its place, and what is left of a group stays whole", () => {
  const { conversation, length } = shelfWith(250, 250);
  conversation.expectPage();
  assert.equal(length(), 250);
  conversation.endPage();
  conversation.head.former = true;
  assert.equal(length(), 250);
});

test("of very many conversations the newest are told, and one's own log before them", () => {
  const { shelf } = shelfWith(1, 0);
  for (let n = 0; n < 700; n += 1) {
    const last_at = new Date(1e12 + n).toISOString();
    shelf.add({ ...head(filled(1)), conversation: `c-${n}`, last_at });
  }
  shelf.add({ ...head(filled(1)), conversation: "self", kind: "self", last: undefined, seq: 0 });
  const told = Object.keys(shelf.heads());
  assert.deepEqual([told.length, told[0], told[1]], [600, "self", "c-699"]);
});

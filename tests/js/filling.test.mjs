import assert from "node:assert/strict";
import test from "node:test";

import { fill } from "../../imserver/static/chat/filling.js";
import { Client } from "../../imserver/static/im-client/client.js";
import { Conversation } from "../../imserver/static/im-client/conversation.js";
import { Log, ME, head } from "./make.mjs";

/** A conversation of which nothing is held, and a line on which each page waits until it is let through. */
function opened(count) {
  const log = new Log();
  for (let n = 0; n < count; n += 1) log.send();
  const conversation = new Conversation(head(log, { read_seq: count }), ME);
  const pages = [];
  const request = (_, { before_seq, limit }) =>
    new Promise((resolve, reject) => {
      const answer = () => {
        const items = log.page(before_seq, limit);
        resolve({ items, complete: items[0]?.seq === 1 });
      };
      pages.push({ answer, refuse: () => reject(new Error("lost")) });
    });
  const client = {
    connection: { online: true, request },
    replica: { changed() {} },
    loadOlder: Client.prototype.loadOlder,
  };
  return { log, conversation, client, pages, signal: new AbortController().signal };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 120));

test("a conversation is filled though somebody else is loading it when it is opened", async () => {
  const { log, conversation, client, pages, signal } = opened(120);
  log.send();
  conversation.applyEntries(log.frame(120)); // live, just below what is read
  const other = client.loadOlder(conversation);
  let filled = false;
  const filling = fill(client, conversation, signal).then(() => (filled = true));
  await soon();
  assert.equal(filled, false);
  assert.equal(pages.length, 1);
  pages[0].answer();
  await other;
  await filling;
  assert.equal(conversation.timeline.length, 51);
});

test("a page that a reset made stale is asked for again", async () => {
  const { log, conversation, client, pages, signal } = opened(10);
  const filling = fill(client, conversation, signal);
  conversation.applyHead({ ...head(log, { read_seq: 10 }), reset: true });
  pages[0].answer();
  await soon();
  pages[1].answer();
  await filling;
  assert.equal(conversation.timeline.length, 10);
});

test("what cannot be loaded is not asked for again and again", async () => {
  const { conversation, client, pages, signal } = opened(10);
  const filling = fill(client, conversation, signal);
  pages[0].refuse();
  await filling;
  assert.equal(pages.length, 1);
});

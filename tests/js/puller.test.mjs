import assert from "node:assert/strict";
import test from "node:test";
import { Conversation } from "../../imserver/static/im-client/conversation.js";
import { ImError } from "../../imserver/static/im-client/errors.js";
import { Puller } from "../../imserver/static/im-client/puller.js";
import { filled, until } from "./connected.mjs";
import { ME, head } from "./make.mjs";

/** A conversation that is one entry behind, and a puller whose server is a function. */
function behind(serve) {
  const log = filled(2);
  const conversation = new Conversation({ ...head(log), rev: 1 }, ME);
  conversation.wanted = 2;
  let asked = 0;
  const puller = new Puller({
    request: async (_type, { after_rev }) => serve((asked += 1), log.frame(after_rev)),
    apply: (one, frame) => one.applyEntries(frame),
    gone: () => {},
  });
  puller.want(conversation);
  return { conversation, asked: () => asked };
}

test("a pull that is told to come later comes again", async () => {
  const { conversation, asked } = behind((count, frame) => {
    if (count < 3) throw new ImError({ code: "rate_limited", retry: "later", retry_after_ms: 1 });
    return frame;
  });
  await until(() => asked() === 3);
  assert.deepEqual([conversation.cursor, conversation.behind], [2, false]);
});

test("where there is nothing more to be had, it is not asked for again", async () => {
  const { conversation, asked } = behind((_count, frame) => ({ ...frame, items: [], head: 1 }));
  await until(() => !conversation.behind);
  assert.deepEqual([conversation.cursor, asked()], [1, 1]);
});

import assert from "node:assert/strict";
import test from "node:test";
import { Directory } from "../../imserver/static/im-client/directory.js";
import { settle } from "./make.mjs";

test("older conversations come page after page, however often they are asked for", async () => {
  const calls = [];
  const taken = [];
  const pages = [
    { items: [{ conversation: "a" }, { conversation: "b" }], next: "b" },
    { items: [{ conversation: "c" }], next: null },
  ];
  const session = {
    async call(_method, path) {
      calls.push(path);
      await settle(1);
      return pages[calls.length - 1];
    },
  };
  const directory = new Directory({ session, take: (head) => taken.push(head.conversation) });
  directory.more = true;
  await Promise.all([directory.loadMore(), directory.loadMore(), directory.loadMore()]);
  assert.deepEqual([calls.length, taken, directory.more], [1, ["a", "b"], true]);
  await directory.loadMore();
  await directory.loadMore();
  assert.deepEqual([calls.length, taken, directory.more], [2, ["a", "b", "c"], false]);
  assert.match(calls[1], /cursor=b$/);
});

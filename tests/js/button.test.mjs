import assert from "node:assert/strict";
import test from "node:test";

import { smallButton } from "../../imserver/static/chat/button.js";

/** As much of an element as a button needs. */
class FakeElement extends EventTarget {
  ariaBusy = null;
  setAttribute() {}
  append() {}
  click() {
    this.dispatchEvent(new Event("click"));
  }
}

globalThis.document = { createElement: () => new FakeElement() };

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a button pressed twice does once what it is for, and again only if that failed", async () => {
  const answers = [];
  const button = smallButton("Accept", () => new Promise((resolve) => answers.push(resolve)));
  button.click();
  button.click();
  assert.equal(answers.length, 1);
  assert.equal(button.ariaBusy, "true");
  answers[0](false);
  await settled();
  assert.equal(button.ariaBusy, null);
  button.click();
  assert.equal(answers.length, 2);
  answers[1](true);
  await settled();
  button.click();
  assert.equal(answers.length, 2);
});

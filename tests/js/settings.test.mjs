import assert from "node:assert/strict";
import test from "node:test";

/** As much of an element as a setting needs. */
class FakeElement {
  constructor(tag) {
    this.tag = tag;
    this.attributes = {};
    this.children = [];
  }
  get value() {
    return String(this.attributes.value);
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  append(...children) {
    this.children.push(...children);
  }
  addEventListener(name, listener) {
    this[`on${name}`] = listener;
  }
}
globalThis.document = { createElement: (tag) => new FakeElement(tag) };
const { Settings } = await import("../../imserver/static/chat/setting.js");

const SPECS = [
  { name: "quiet", title: "Quiet", hint: "" },
  { name: "pause", title: "Pause", hint: "", options: [[0, "Off"], [60, "1 min"]] },
];
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** Settings, what they ask of the server and what they tell. */
function made() {
  const asked = [];
  const told = [];
  const save = (change) => new Promise((answer, refuse) => asked.push({ change, answer, refuse }));
  const settings = new Settings(SPECS, save, (error) => told.push(error));
  const quiet = settings.controls.get("quiet").input;
  const pauses = settings.controls.get("pause").inputs;
  settings.show({ quiet: true, pause: 0 });
  return {
    asked,
    told,
    settings,
    shown: () => [quiet.checked, pauses.find((one) => one.checked)?.value],
    switchTo(checked) {
      quiet.checked = checked;
      quiet.onchange();
    },
    choose(value) {
      for (const one of pauses) one.checked = one.value === value;
      pauses.find((one) => one.checked).onchange();
    },
  };
}

test("what was chosen stays while it is saved, whatever is read meanwhile", async () => {
  const { asked, settings, shown, switchTo, choose } = made();
  switchTo(false);
  choose("60");
  await settled();
  settings.show({ quiet: false, pause: 0 });
  assert.deepEqual(shown(), [false, "60"]);
  assert.deepEqual(asked.map(({ change }) => change), [{ quiet: false }]);
  asked[0].answer({ quiet: false, pause: 0 });
  await settled();
  assert.deepEqual(shown(), [false, "60"]);
  assert.deepEqual(asked[1].change, { pause: 60 });
  asked[1].answer({ quiet: false, pause: 60 });
  await settled();
  assert.deepEqual(shown(), [false, "60"]);
});

test("what was refused goes back, and says why", async () => {
  const { asked, told, shown, switchTo } = made();
  switchTo(false);
  await settled();
  asked[0].refuse("no");
  await settled();
  assert.deepEqual(shown(), [true, "0"]);
  assert.deepEqual(told, [undefined, "no"]);
});

test("what a refusal says stays while the next one in a row is saved, until something is tried again", async () => {
  const { asked, told, shown, switchTo, choose } = made();
  switchTo(false);
  choose("60");
  await settled();
  asked[0].refuse("no");
  await settled();
  asked[1].answer({ quiet: true, pause: 60 });
  await settled();
  assert.deepEqual(told, [undefined, "no"]);
  assert.deepEqual(shown(), [true, "60"]);
  choose("0");
  assert.deepEqual(told, [undefined, "no", undefined]);
});

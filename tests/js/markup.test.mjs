import assert from "node:assert/strict";
import test from "node:test";
import { keepingStyles, readMarkup, writeMarkup } from "../../imserver/static/chat/markup.js";
import { random } from "./make.mjs";

const spans = (source) => {
  const { text, entities = [] } = readMarkup(source);
  const points = [...text];
  return entities.map(({ type, offset, length }) => [type, points.slice(offset, offset + length).join("")]);
};

test("signs around words make them look different", () => {
  const source = "*bold*, _italic_, ~gone~, ||secret|| and `code`";
  assert.equal(readMarkup(source).text, "bold, italic, gone, secret and code");
  assert.deepEqual(spans(source), [
    ["bold", "bold"],
    ["italic", "italic"],
    ["strike", "gone"],
    ["spoiler", "secret"],
    ["code", "code"],
  ]);
});

test("they go into each other, code takes everything as it is", () => {
  assert.deepEqual(spans("*very _very_ bold*"), [
    ["bold", "very very bold"],
    ["italic", "very"],
  ]);
  assert.deepEqual(spans("`*a*` ```js\nlet _b_ = 1\n```"), [
    ["code", "*a*"],
    ["pre", "let _b_ = 1"],
  ]);
  assert.equal(readMarkup("```js\nlet b\n```").entities[0].language, "js");
});

test("offsets count code points", () => {
  assert.deepEqual(readMarkup("👍🏽 *ä𝒳*").entities, [{ type: "bold", offset: 3, length: 2 }]);
});

test("signs in words, beside spaces, in addresses and after a backslash mean themselves", () => {
  for (const source of ["snake_case_name", "2 * 3 * 4", "* a list", "a*b*c", "||", "**", "`` ` ``", "~ ~", "* *"])
    assert.deepEqual(readMarkup(source), { text: source });
  const address = "https://example.com/_a_/*b*";
  assert.deepEqual(readMarkup(`see ${address} and`), { text: `see ${address} and` });
  assert.deepEqual(readMarkup("\\*no\\*"), { text: "*no*" });
  assert.deepEqual(readMarkup("C:\\temp"), { text: "C:\\temp" });
  assert.deepEqual(spans(`*${address}x*`), [["bold", `${address}x`]]);
});

test("what was read is written so that it reads the same", () => {
  const pieces = ["*", "_", "~", "||", "|", "`", "```", "\\", " ", "\n", "a", "b c", "😀", " https://x.y/_z_a ", ".", "é"];
  for (let seed = 1; seed <= 4000; seed += 1) {
    const pick = random(seed);
    const source = Array.from({ length: 1 + pick(14) }, () => pieces[pick(pieces.length)]).join("");
    const read = readMarkup(source);
    assert.deepEqual(readMarkup(writeMarkup(read)), read, JSON.stringify(source));
  }
});

test("text that only looks like markup survives an edit", () => {
  const pieces = ["*a*", "_b_", "`c`", "||d||", "~e~", "```f```", " ", "\n", "\\*", "\\", "g"];
  for (let seed = 1; seed <= 2000; seed += 1) {
    const pick = random(seed);
    const text = Array.from({ length: 1 + pick(8) }, () => pieces[pick(pieces.length)]).join("");
    assert.deepEqual(readMarkup(writeMarkup({ text })), { text }, JSON.stringify(text));
  }
});

test("what there is no markup for stays where the text stays", () => {
  const link = { type: "link", offset: 4, length: 4, url: "https://example.com" };
  const before = { text: "see here, then", entities: [link] };
  assert.deepEqual(keepingStyles(before, { text: "see here, now" }).entities, [link]);
  assert.deepEqual(keepingStyles(before, { text: "please see here, then" }).entities, [{ ...link, offset: 11 }]);
  assert.deepEqual(keepingStyles(before, { text: "see it, then" }), { text: "see it, then" });
});

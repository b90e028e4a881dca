import assert from "node:assert/strict";
import test from "node:test";
import { begunAt, fitting, namedIn, placesOf } from "../../imserver/static/chat/mention-text.js";

const ANN = { id: "a", name: "Ann" };
const ANNA = { id: "b", name: "Anna Lee" };
const ANOTHER_ANN = { id: "c", name: "Ann" };

test("a name is begun by a sign at the start of a word, up to the caret", () => {
  assert.deepEqual(begunAt("@", 1), { start: 0, name: "" });
  assert.deepEqual(begunAt("Hi @an and", 6), { start: 3, name: "an" });
  assert.deepEqual(begunAt("(@Łuk", 5), { start: 1, name: "Łuk" });
  assert.equal(begunAt("Hi @an and", 10), null);
  assert.equal(begunAt("me@example", 10), null);
  assert.equal(begunAt("@@", 2), null);
});

test("names stand where they are whole; the longer one counts", () => {
  const text = "@Ann, @Anna Lee and @Annabel; x@Ann";
  assert.deepEqual(
    placesOf(text, ["Ann", "Anna Lee"]).map(({ start, end }) => text.slice(start, end)),
    ["@Ann", "@Anna Lee"],
  );
  assert.deepEqual(placesOf("@", [""]), []);
});

test("who was taken and stands in the text is named, once", () => {
  assert.deepEqual(namedIn("@Ann @Anna Lee @Ann", [ANN, ANNA]), ["a", "b"]);
  assert.deepEqual(namedIn("@Annie", [ANN]), []);
  assert.deepEqual(namedIn("Hello", [ANN, ANNA]), []);
});

test("of two with one name as many are named as stand there", () => {
  assert.deepEqual(namedIn("@Ann and @Ann", [ANN, ANOTHER_ANN]), ["a", "c"]);
  assert.deepEqual(namedIn("only @Ann", [ANN, ANOTHER_ANN]), ["a"]);
});

test("while a longer name is looked for, only those stay whom it may still mean", () => {
  const bob = { id: "b", names: ["Bob", "bob.smith"] };
  const bea = { id: "e", names: ["Queen B", "Beatrice", "bea"] };
  const all = { id: "all", names: ["all"] };
  assert.deepEqual(fitting([bob, bea, all], ""), [bob, bea, all]);
  assert.deepEqual(fitting([bob, bea, all], "be"), [bea]);
  assert.deepEqual(fitting([bob, bea, all], "BOB.s"), [bob]);
  assert.deepEqual(fitting([bob, bea, all], "smith"), []);
});

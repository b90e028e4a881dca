import assert from "node:assert/strict";
import test from "node:test";
import { Recent } from "../../imserver/static/im-client/recent.js";

test("only the last ones are remembered", () => {
  const recent = new Recent(2);
  for (const one of ["a", "b", "c"]) recent.add(one);
  assert.deepEqual(
    ["a", "b", "c"].map((one) => recent.has(one)),
    [false, true, true],
  );
});

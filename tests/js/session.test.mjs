import assert from "node:assert/strict";
import test from "node:test";
import { SignedOut } from "../../imserver/static/im-client/errors.js";
import { Session } from "../../imserver/static/im-client/session.js";
import { uuid7 } from "../../imserver/static/im-client/uuid.js";
import { Storage } from "./make.mjs";

const jwt = (name, seconds) =>
  ["h", Buffer.from(JSON.stringify({ name, exp: Date.now() / 1000 + seconds })).toString("base64url"), "s"].join(".");

/** A session whose server is a function from path to [status, body]. */
function session(t, serve, options) {
  const calls = [];
  t.mock.method(globalThis, "fetch", async (path, { method, headers, body }) => {
    calls.push(`${method} ${path}`);
    const [status, answer] = serve(path, body && JSON.parse(body), headers);
    return new Response(JSON.stringify(answer), { status });
  });
  return { calls, session: new Session({ storage: new Storage(), ...options }) };
}

test("logging in keeps the tokens and the person", async (t) => {
  const access = jwt("a", 900);
  const { session: mine } = session(t, (path, _body, headers) =>
    path === "/v1/me"
      ? [200, { id: "1", given: headers.Authorization }]
      : [200, { meta: { access_token: access, refresh_token: "r1" } }],
  );
  let changes = 0;
  mine.addEventListener("change", () => (changes += 1));
  await mine.logIn({ username: "ann", password: "x" });
  assert.equal(mine.user.given, `Bearer ${access}`);
  assert.equal(await mine.token(), access);
  assert.equal(changes, 1);
});

test("a token about to expire is refreshed, and the refresh token turns", async (t) => {
  const fresh = jwt("b", 900);
  const { session: mine } = session(t, (_path, body) => [
    200,
    { data: { access_token: fresh, refresh_token: `${body.refresh_token}+` } },
  ]);
  mine.storage.setItem(mine.name, JSON.stringify({ access: jwt("a", 10), refresh: "r1", user: {} }));
  assert.equal(await mine.token(), fresh);
  assert.equal(mine.held.refresh, "r1+");
});

test("a refused refresh logs out; a network failure does not", async (t) => {
  let status = 503;
  const { session: mine } = session(t, () => [status, { code: "x" }]);
  const held = { access: jwt("a", -10), refresh: "r1", user: {} };
  mine.storage.setItem(mine.name, JSON.stringify(held));
  await assert.rejects(mine.token());
  assert.deepEqual(mine.held, held);
  status = 401;
  await assert.rejects(mine.token(), SignedOut);
  assert.equal(mine.held, null);
});

test("form errors come by field", async (t) => {
  const { session: mine } = session(t, () => [
    400,
    { code: "username_taken", errors: [{ param: "username", message: "Taken.", code: "username_taken" }] },
  ]);
  await assert.rejects(
    mine.signUp({}),
    (error) => error.code === "username_taken" && error.fields.username === "Taken.",
  );
});

test("logging in says which device this is, in characters that a header takes", async (t) => {
  const said = [];
  const serve = (_path, _body, headers) => {
    said.push(headers);
    return [200, { id: "1", meta: { access_token: jwt("a", 900), refresh_token: "r1" } }];
  };
  const { session: mine } = session(t, serve, { device: { name: "Zoë’s\nlaptop", platform: "web" } });
  await mine.logIn({ username: "ann", password: "x" });
  const named = Object.entries(said[0]).filter(([header]) => header.startsWith("X-"));
  assert.deepEqual(named, [
    ["X-Device-Name", "Zoslaptop"],
    ["X-Device-Platform", "web"],
  ]);
});

test("news of the person change nothing else, and nobody who is not logged in", async (t) => {
  const { session: mine } = session(t, () => [500, null]);
  const held = { access: "a", refresh: "r1", user: { id: "1", display_name: "Old", email: "e" } };
  await mine.update({ id: "1", display_name: "New" });
  assert.equal(mine.held, null);
  mine.storage.setItem(mine.name, JSON.stringify(held));
  await mine.update({ id: "2", display_name: "Somebody else" });
  assert.deepEqual(mine.held, held);
  await mine.update({ id: "1", display_name: "New" });
  assert.deepEqual(mine.held, { ...held, user: { id: "1", display_name: "New", email: "e" } });
});

test("a uuid7 carries its time and sorts by it", () => {
  const [one, two] = [uuid7(1_700_000_000_000), uuid7(1_700_000_000_001)];
  assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(one.replace(/-/g, "").slice(0, 12), 16), 1_700_000_000_000);
  assert.ok(one < two);
});

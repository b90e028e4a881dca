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

test("a log-in that the host app made is gone on with", async (t) => {
  const access = jwt("a", 900);
  const { session: mine, calls } = session(t, () => [200, {}]);
  mine.adopt({ user: { id: "1", username: "ann", display_name: "Ann" }, access_token: access, refresh_token: "r1" });
  assert.equal(mine.user.display_name, "Ann");
  assert.equal(await mine.token(), access);
  assert.deepEqual(calls, []);
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

test("why a session came to an end is known until the next log-in, unless it was ended here", async (t) => {
  const { session: mine } = session(t, () => [401, { code: "session_ended" }]);
  const [user, access_token, refresh_token] = [{ id: "1" }, jwt("a", -10), "r1"];
  mine.adopt({ user, access_token, refresh_token });
  await assert.rejects(mine.token(), SignedOut);
  assert.equal(mine.ended, "session_ended");
  mine.end("replaced");
  assert.equal(mine.ended, "session_ended", "nobody is logged in any more");
  mine.adopt({ user, access_token, refresh_token });
  assert.equal(mine.ended, null);
  mine.end("replaced");
  assert.deepEqual([mine.held, mine.ended], [null, "replaced"]);
  mine.adopt({ user, access_token, refresh_token });
  await mine.logOut();
  assert.equal(mine.ended, null);
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

/** A server of codes: what each path answers, and what it was asked. */
function codes(t, answers) {
  const asked = [];
  const serve = (path, body, headers) => {
    asked.push([path, body, headers["X-Session-Token"]]);
    return path === "/v1/me" ? [200, { id: "1" }] : answers[path];
  };
  return { asked, mine: session(t, serve, { device: { name: "Desk" } }).session };
}

const begun = (id, token) => [401, { code: "not_authenticated", ...waiting(id), meta: { session_token: token } }];
const waiting = (id) => ({ data: { flows: [{ id: "login" }, { id, is_pending: true }] } });
const ENTERED = [200, { meta: { access_token: jwt("a", 900), refresh_token: "r1" } }];
const form = { username: "ann", email: "ann@example.com", password: "x" };

test("a sign-up that waits for a code is nobody yet, and goes on with it", async (t) => {
  const { asked, mine } = codes(t, {
    "/v1/auth/signup": begun("verify_email", "try-1"),
    "/v1/auth/email/verify": ENTERED,
    "/v1/auth/email/verify/resend": [200, { status: 200 }],
  });
  let changes = 0;
  mine.addEventListener("change", () => (changes += 1));
  assert.equal(await mine.signUp(form), null);
  assert.equal(mine.user, null);
  await mine.resendCode();
  assert.deepEqual(await mine.verifyEmail("123456"), { id: "1" });
  assert.deepEqual(asked, [
    ["/v1/auth/signup", form, undefined],
    ["/v1/auth/email/verify/resend", undefined, "try-1"],
    ["/v1/auth/email/verify", { key: "123456" }, "try-1"],
    ["/v1/me", undefined, undefined],
  ]);
  assert.equal(mine.held.refresh, "r1");
  assert.equal(changes, 1);
  assert.ok(!mine.storage.getItem(mine.name).includes("try-1"));
});

test("a log-in of an address that is not verified waits for a code too", async (t) => {
  const { mine } = codes(t, { "/v1/auth/login": begun("verify_email", "try-1") });
  assert.equal(await mine.logIn(form), null);
});

test("who logs in by code is known again by the newest try", async (t) => {
  const answers = { "/v1/auth/code/request": begun("login_by_code", "try-1"), "/v1/auth/code/confirm": ENTERED };
  const { asked, mine } = codes(t, answers);
  await mine.requestCode("ann@example.com");
  answers["/v1/auth/code/request"] = begun("login_by_code", "try-2");
  await mine.requestCode("ann@example.com");
  answers["/v1/auth/code/request"] = [429, { code: "rate_limited", retry_after_ms: 60_000 }];
  await assert.rejects(mine.requestCode("ann@example.com"), (error) => error.retryAfter === 60_000);
  await mine.confirmCode("123456");
  assert.deepEqual(asked[3], ["/v1/auth/code/confirm", { code: "123456" }, "try-2"]);
  assert.equal(mine.user.id, "1");
});

test("a password set anew logs nobody in; a wrong code is refused", async (t) => {
  const answers = {
    "/v1/auth/password/request": begun("password_reset_by_code", "try-1"),
    "/v1/auth/password/reset": [400, { code: "incorrect_code", errors: [{ param: "key", message: "Wrong." }] }],
  };
  const { asked, mine } = codes(t, answers);
  await mine.requestReset("ann@example.com");
  await assert.rejects(mine.resetPassword("000000", "better"), (error) => error.code === "incorrect_code");
  answers["/v1/auth/password/reset"] = [401, { code: "not_authenticated", data: { flows: [{ id: "login" }] } }];
  await mine.resetPassword("123456", "better");
  assert.deepEqual(asked[2], ["/v1/auth/password/reset", { key: "123456", password: "better" }, "try-1"]);
  assert.equal(mine.held, null);
});

test("a try that is over is refused, whatever it was", async (t) => {
  const { mine } = codes(t, {
    "/v1/auth/login": [401, { code: "not_authenticated", data: { flows: [{ id: "login" }] } }],
    "/v1/auth/email/verify": [409, { code: "conflict" }],
    "/v1/auth/code/confirm": [410, { code: "not_authenticated" }],
    "/v1/auth/password/reset": [409, { code: "conflict" }],
  });
  const refused = (code) => (error) => error.code === code;
  await assert.rejects(mine.logIn(form), refused("not_authenticated"));
  await assert.rejects(mine.verifyEmail("123456"), refused("conflict"));
  await assert.rejects(mine.confirmCode("123456"), refused("not_authenticated"));
  await assert.rejects(mine.resetPassword("123456", "better"), refused("conflict"));
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

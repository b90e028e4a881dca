import assert from "node:assert/strict";
import test from "node:test";
import { Session } from "../../imserver/static/im-client/session.js";
import { Factors } from "../../imserver/static/im-client/factors.js";
import { Storage } from "./make.mjs";

const USER = { id: "1", username: "ann", display_name: "Ann" };
const TOKENS = { meta: { access_token: "a", refresh_token: "r" } };
const pending = (id, more) => ({ data: { flows: [{ id, is_pending: true, ...more }] }, meta: { session_token: "try" } });

/** A session whose server answers each path, and what it was asked. */
function world(t, answers) {
  const asked = [];
  t.mock.method(globalThis, "fetch", async (path, { method, headers, body }) => {
    asked.push([`${method} ${path}`, body && JSON.parse(body), headers["X-Session-Token"]]);
    const [status, answer] = path === "/v1/me" ? [200, USER] : answers[`${method} ${path}`].shift();
    return new Response(JSON.stringify(answer), { status });
  });
  const session = new Session({ storage: new Storage() });
  return { asked, session, factors: new Factors({ session }) };
}

/** A browser whose person always agrees. */
function browser(t) {
  const said = [];
  const of = (kind) => async (options) => (said.push([kind, options]), { toJSON: () => ({ id: "key" }) });
  const parse = (/** @type {any} */ options) => ({ parsed: options });
  globalThis.PublicKeyCredential = { parseCreationOptionsFromJSON: parse, parseRequestOptionsFromJSON: parse };
  Object.defineProperty(globalThis.navigator, "credentials", {
    configurable: true,
    value: { create: of("create"), get: of("get") },
  });
  t.after(() => {
    delete globalThis.PublicKeyCredential;
    delete globalThis.navigator.credentials;
  });
  return said;
}

test("a log-in says which step it waits for, and goes on with the code", async (t) => {
  const { asked, session } = world(t, {
    "POST /v1/auth/login": [[401, pending("mfa_authenticate", { types: ["totp", "recovery_codes"] })]],
    "POST /v1/auth/2fa/authenticate": [
      [400, { code: "incorrect_code" }],
      [200, TOKENS],
    ],
  });
  assert.equal(await session.logIn({ username: "ann", password: "x" }), null);
  assert.deepEqual(session.pending.types, ["totp", "recovery_codes"]);
  await assert.rejects(session.secondCode("000000"), { code: "incorrect_code" });
  assert.equal((await session.secondCode("123456")).username, "ann");
  assert.deepEqual(asked[2], ["POST /v1/auth/2fa/authenticate", { code: "123456" }, "try"]);
});

test("a passkey is the second step, or the only one", async (t) => {
  const said = browser(t);
  const question = { data: { request_options: { publicKey: "q" } } };
  const { asked, session } = world(t, {
    "POST /v1/auth/login": [[401, pending("mfa_authenticate", { types: ["webauthn"] })]],
    "GET /v1/auth/webauthn/authenticate": [[200, question]],
    "POST /v1/auth/webauthn/authenticate": [[200, TOKENS]],
    "GET /v1/auth/webauthn/login": [[200, { ...question, meta: { session_token: "fresh" } }]],
    "POST /v1/auth/webauthn/login": [[200, TOKENS]],
  });
  await session.logIn({ username: "ann", password: "x" });
  await session.secondPasskey();
  await session.logInByPasskey();
  const answers = asked.filter(([, body]) => body?.credential);
  assert.deepEqual(answers, [
    ["POST /v1/auth/webauthn/authenticate", { credential: { id: "key" } }, "try"],
    ["POST /v1/auth/webauthn/login", { credential: { id: "key" } }, "fresh"],
  ]);
  assert.deepEqual(said[0], ["get", { publicKey: { parsed: "q" } }]);
});

test("what an app has to know comes with a 404; a passkey is made of what the server says", async (t) => {
  const said = browser(t);
  const path = "/v1/account/authenticators";
  const { asked, session, factors } = world(t, {
    [`GET ${path}/totp`]: [[404, { status: 404, meta: { secret: "S", totp_url: "otpauth:", totp_svg: "<svg/>" } }]],
    [`GET ${path}/webauthn?passwordless`]: [[200, { data: { creation_options: { publicKey: "c" } } }]],
    [`POST ${path}/webauthn`]: [[200, { meta: { recovery_codes_generated: true } }]],
  });
  session.adopt({ user: USER, access_token: "a", refresh_token: "r" });
  assert.deepEqual(await factors.beginApp(), { secret: "S", url: "otpauth:", svg: "<svg/>" });
  assert.equal(await factors.addPasskey("Desk", await factors.beginPasskey()), true);
  assert.deepEqual(asked.at(-1)[1], { name: "Desk", credential: { id: "key" } });
  assert.deepEqual(said, [["create", { publicKey: { parsed: "c" } }]]);
});

test("a proof that is wanted is no token that is over", async (t) => {
  const flows = [{ id: "reauthenticate" }];
  const { asked, session, factors } = world(t, {
    "DELETE /v1/account/authenticators/totp": [[401, { code: "reauthentication_needed", data: { flows } }]],
  });
  session.adopt({ user: USER, access_token: "a", refresh_token: "r" });
  await assert.rejects(factors.removeApp(), ({ code, answer }) => {
    assert.deepEqual([code, answer.data.flows], ["reauthentication_needed", flows]);
    return true;
  });
  assert.equal(asked.length, 1);
});

import assert from "node:assert/strict";
import test, { afterEach, beforeEach, mock } from "node:test";
import { Calls } from "../../imserver/static/im-client/calls.js";
import { ConnectionLost, ImError } from "../../imserver/static/im-client/errors.js";
import { C, ME, PEER, settle } from "./make.mjs";

const GONE = new ImError({ code: "call_gone", retry: "no" });

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "setInterval"] }));
afterEach(() => mock.timers.reset());

class Line {
  connected = false;
  log = [];
  constructor(options) {
    Object.assign(this, options);
  }
  hear(...heard) {
    this.log.push(heard);
  }
  restart() {
    this.log.push(["restart"]);
  }
  update() {
    this.log.push(["update"]);
  }
  close() {
    this.log.push(["closed"]);
  }
  become(connected) {
    this.connected = connected;
    this.changed();
  }
}

function stream(...kinds) {
  const tracks = kinds.map((kind) => ({ kind, enabled: true, stopped: false, stop: () => {} }));
  for (const track of tracks) track.stop = () => (track.stopped = true);
  const of = (kind) => () => tracks.filter((track) => track.kind === kind);
  return { getTracks: () => tracks, getAudioTracks: of("audio"), getVideoTracks: of("video") };
}

/** A person's page, whose server notes every signal and answers as `answer` says. */
function world({ answer = async () => ({}) } = {}) {
  const client = new EventTarget();
  const connection = Object.assign(new EventTarget(), { online: true });
  const sent = [];
  connection.request = async (type, data) => {
    if (!connection.online) throw new ConnectionLost();
    sent.push(data);
    return answer(data);
  };
  Object.assign(client, { connection, user: { id: ME }, limits: { ringing_s: 60 }, now: () => 0 });
  client.session = { call: async () => ({ ice_servers: [] }) };
  const calls = new Calls(client, { Media: Line });
  const states = [];
  calls.addEventListener("change", ({ detail: { call } }) => states.push(call.state));
  return {
    calls,
    states,
    sent,
    kinds: () => sent.map(({ kind }) => kind),
    invite: () => calls.invite({ id: C, head: { peer: { id: PEER } } }, { media: "audio", stream: stream("audio") }),
    say(kind, call, { from = PEER, payload = null } = {}) {
      const data = { call, conversation: C, kind, media: "video", from, session: "theirs", payload };
      connection.dispatchEvent(new CustomEvent("frame", { detail: { type: "signal", data } }));
      return settle();
    },
    written: (content) =>
      client.dispatchEvent(
        new CustomEvent("conversation", { detail: { changes: { added: [{ kind: "call", content }] } } }),
      ),
    lose: () => (connection.online = false),
    async welcome() {
      connection.online = true;
      connection.dispatchEvent(new CustomEvent("welcome"));
      await settle();
    },
    async pass(milliseconds) {
      mock.timers.tick(milliseconds);
      await settle();
    },
  };
}

async function talking() {
  const page = world();
  const call = page.invite();
  await page.say("accept", call.id, { payload: { page: "p" } });
  call.line.become(true);
  return { page, call };
}

test("who calls hears it ring, connects on the accept, and hangs up", async () => {
  const { calls, states, kinds, invite, say } = world();
  const call = invite();
  await settle();
  await say("ringing", call.id);
  await say("accept", call.id, { payload: { page: "p" } });
  assert.equal(call.line.offers, true);
  await say("answer", call.id, { payload: "sdp" });
  assert.deepEqual(call.line.log, [["answer", "sdp"]]);
  call.line.become(true);
  assert.ok(call.since);
  calls.hangUp();
  await settle();
  assert.deepEqual(states, ["calling", "ringing", "connecting", "talking", "ended"]);
  assert.deepEqual(kinds(), ["invite", "hangup"]);
  assert.deepEqual([call.reason, call.hungUp, calls.active], ["completed", true, null]);
  assert.ok(call.stream.getTracks().every(({ stopped }) => stopped));
});

test("who is called rings, takes it, and keeps what came before the line", async () => {
  const { calls, kinds, sent, say } = world();
  await say("invite", "k1");
  const call = calls.current;
  assert.deepEqual([call.state, call.peer, call.media, kinds()], ["ringing", PEER, "video", ["ringing"]]);
  await say("candidate", "k1", { payload: 1 });
  await calls.accept(call, stream("audio"));
  await say("accept", "k1", { from: ME, payload: sent.at(-1).payload });
  await say("offer", "k1", { payload: 2 });
  assert.deepEqual(call.line.log, [
    ["candidate", 1],
    ["offer", 2],
  ]);
  assert.equal(call.line.offers, false);
});

test("another device was faster: by its word, or by the server's", async () => {
  const first = world();
  await first.say("invite", "k1");
  await first.say("accept", "k1", { from: ME, payload: { page: "other" } });
  assert.equal(first.calls.current.reason, "elsewhere");
  const second = world({ answer: async ({ kind }) => (kind === "accept" ? Promise.reject(GONE) : {}) });
  await second.say("invite", "k1");
  const own = stream("audio");
  await second.calls.accept(second.calls.current, own);
  assert.equal(second.calls.current.reason, "gone");
  assert.ok(own.getTracks()[0].stopped);
  await second.say("invite", "k1");
  assert.equal(second.calls.active, null, "a late invitation rings no more");
});

test("two tabs are one device to the server: the first whose accept is told has it", async () => {
  const { calls, sent, say } = world();
  await say("invite", "k1");
  await calls.accept(calls.current, stream("audio"));
  await say("accept", "k1", { from: ME, payload: { page: "other tab" } });
  assert.equal(calls.current.reason, "elsewhere");
  assert.ok(!sent.some(({ kind }) => kind === "hangup"), "the other tab goes on");
});

const ENDS = { reject: "rejected", busy: "busy", cancel: "cancelled", timeout: "missed" };
for (const [kind, reason] of Object.entries(ENDS))
  test(`${kind} ends the ringing`, async () => {
    const { calls, kinds, invite, say, pass } = world();
    const call = invite();
    await say("ringing", call.id);
    await say(kind, call.id);
    assert.deepEqual([call.state, call.reason, calls.active], ["ended", reason, null]);
    const count = kinds().length;
    await pass(100_000);
    assert.equal(kinds().length, count, "it is over: nothing is said any more");
  });

test("a call under way that the server ends has taken place", async () => {
  const { page, call } = await talking();
  await page.say("timeout", call.id);
  assert.equal(call.reason, "completed");
});

test("declining and taking back say so", async () => {
  const called = world();
  await called.say("invite", "k1");
  called.calls.hangUp();
  await settle();
  assert.deepEqual(called.kinds(), ["ringing", "reject"]);
  const caller = world();
  caller.invite();
  caller.calls.hangUp();
  await settle();
  assert.deepEqual(caller.kinds(), ["invite", "cancel"]);
});

test("who is in a call is busy", async () => {
  const { page, call } = await talking();
  await page.say("invite", "k2");
  assert.deepEqual([page.sent.at(-1).call, page.sent.at(-1).kind], ["k2", "busy"]);
  assert.equal(page.calls.current, call);
  assert.equal(call.state, "talking");
});

test("two who call each other at once are in one call: that of the lower id", async () => {
  const { calls, sent, invite, say } = world();
  const given = invite();
  const own = given.stream;
  await say("invite", "0");
  assert.equal(given.reason, "cancelled");
  assert.deepEqual([calls.current.id, calls.current.state, calls.current.stream], ["0", "connecting", own]);
  assert.deepEqual(
    sent.map(({ kind }) => kind),
    ["invite", "cancel", "ringing", "accept"],
  );
  assert.ok(!own.getTracks()[0].stopped);
  const other = world();
  const kept = other.invite();
  await other.say("invite", "z");
  assert.deepEqual([other.calls.current, other.kinds()], [kept, ["invite"]]);
});

test("the invitation is repeated, for devices that come later, until there is an answer", async () => {
  const { kinds, invite, say, pass } = world();
  const call = invite();
  await settle();
  await pass(5000);
  assert.deepEqual(kinds(), ["invite", "invite"]);
  await say("accept", call.id, { payload: { page: "p" } });
  await pass(10_000);
  assert.deepEqual(kinds(), ["invite", "invite"]);
});

test("nobody answers, and the server does not say so either", async () => {
  const { calls, kinds, invite, pass } = world();
  invite();
  await settle();
  await pass(70_001);
  assert.equal(calls.current.reason, "missed");
  assert.equal(kinds().at(-1), "cancel");
});

test("who calls before the server is reached rings then, or learns that no connection could be made", async () => {
  const page = world();
  page.lose();
  page.invite();
  await page.welcome();
  assert.deepEqual(page.kinds(), ["invite"]);
  page.calls.hangUp();
  page.lose();
  page.invite();
  await page.pass(70_001);
  assert.equal(page.calls.current.reason, "lost");
});

test("a refusal is told", async () => {
  const refusal = new ImError({ code: "not_friends", message: "No.", retry: "no" });
  const { invite } = world({ answer: () => Promise.reject(refusal) });
  const call = invite();
  await settle();
  assert.deepEqual([call.reason, call.problem], ["refused", refusal]);
});

test("a hang-up is repeated after the connection was lost, until the server has it", async () => {
  const { page, call } = await talking();
  page.lose();
  page.calls.hangUp();
  await settle();
  assert.deepEqual([call.state, page.kinds()], ["ended", ["invite"]]);
  await page.welcome();
  await page.welcome();
  assert.deepEqual(page.kinds(), ["invite", "hangup"]);
});

test("a hang-up that was refused for now is said again", async () => {
  let refusals = 1;
  const answer = async ({ kind }) => {
    if (kind === "reject" && refusals-- > 0) throw new ImError({ code: "rate_limited", retry: "later" });
  };
  const { calls, kinds, say, pass } = world({ answer });
  await say("invite", "k1");
  calls.hangUp();
  await settle();
  await pass(1000);
  await pass(5000);
  assert.deepEqual(kinds(), ["ringing", "reject", "reject"]);
});

test("they go on talking while the socket is away", async () => {
  const { page, call } = await talking();
  page.lose();
  await page.pass(100_000);
  assert.equal(call.state, "talking");
  await page.welcome();
  assert.deepEqual([call.line.log, page.kinds()], [[], ["invite"]]);
});

test("what was said while the socket was away is said again", async () => {
  const caller = world();
  const call = caller.invite();
  await settle();
  caller.lose();
  await caller.welcome();
  assert.deepEqual(caller.kinds(), ["invite", "invite"], "is it still on?");
  await caller.say("accept", call.id, { payload: { page: "p" } });
  await caller.say("accept", call.id, { payload: { page: "p" } });
  await caller.welcome();
  assert.deepEqual(call.line.log, [["restart"], ["restart"]], "the other, or we, may have missed the offer");
  const called = world();
  await called.say("invite", "k1");
  await called.welcome();
  await called.calls.accept(called.calls.current, stream("audio"));
  await called.say("invite", "k1");
  await called.welcome();
  assert.deepEqual(called.kinds(), ["ringing", "ringing", "accept", "accept", "accept"]);
});

test("what ended while nobody listened is known by the log, or at the latest by the next question", async () => {
  const { page, call } = await talking();
  page.written({ call: call.id, outcome: "completed" });
  assert.deepEqual([call.state, call.reason], ["ended", "completed"]);
  let over = false;
  const called = world({ answer: async () => (over ? Promise.reject(GONE) : {}) });
  await called.say("invite", "k1");
  over = true;
  await called.welcome();
  assert.equal(called.calls.current.reason, "gone");
  called.written({ call: "k1", outcome: "missed" });
  assert.equal(called.calls.current.reason, "missed");
});

test("a line that stays lost ends the call; one that comes back does not", async () => {
  const { page, call } = await talking();
  call.line.become(false);
  assert.equal(call.shaky, true);
  await page.pass(20_000);
  call.line.become(true);
  await page.pass(60_000);
  assert.deepEqual([call.shaky, call.state], [false, "talking"]);
  call.line.become(false);
  await page.pass(30_000);
  assert.deepEqual([call.reason, call.hungUp, page.kinds().at(-1)], ["lost", false, "hangup"]);
});

test("a line that never comes ends the call", async () => {
  const { calls, kinds, say, pass } = world();
  await say("invite", "k1");
  await calls.accept(calls.current, stream("audio"));
  await pass(30_000);
  assert.deepEqual([calls.current.reason, kinds().at(-1)], ["lost", "hangup"]);
});

test("a page that goes hangs up, but leaves to others what only rings", async () => {
  const { page } = await talking();
  page.calls.leave();
  assert.equal(page.kinds().at(-1), "hangup");
  const called = world();
  await called.say("invite", "k1");
  called.calls.leave();
  assert.deepEqual(called.kinds(), ["ringing"]);
});

test("microphone and camera can be silent", async () => {
  const { page, call } = await talking();
  call.setMicrophone(false);
  assert.deepEqual([call.microphone, call.camera], [false, false]);
  call.setMicrophone(true);
  assert.equal(call.microphone, true);
  assert.deepEqual(call.line.log, [["update"], ["update"]]);
  assert.equal(page.states.at(-1), "talking");
});

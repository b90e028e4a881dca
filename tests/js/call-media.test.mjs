import assert from "node:assert/strict";
import test from "node:test";
import { settle } from "./make.mjs";

globalThis.MediaStream = class {
  tracks = [];
  addTrack(track) {
    this.tracks.push(track);
  }
  getVideoTracks() {
    return this.tracks.filter(({ kind }) => kind === "video");
  }
};
const { CallMedia } = await import("../../imserver/static/im-client/call-media.js");

/** A connection that notes what is done with it. */
class Peer {
  static made = [];
  signalingState = "stable";
  log = [];
  transceivers = [];
  constructor(options) {
    Peer.made.push(Object.assign(this, { options }));
  }
  createDataChannel() {
    const send = (text) => this.channel.said.push(JSON.parse(text));
    return (this.channel = { readyState: "connecting", said: [], send });
  }
  addTransceiver(kind) {
    const sender = { track: null, replaceTrack: async (track) => (sender.track = track) };
    const transceiver = { receiver: { track: { kind } }, sender, direction: "recvonly" };
    this.transceivers.push(transceiver);
    return transceiver;
  }
  getTransceivers() {
    return this.transceivers;
  }
  async createOffer({ iceRestart }) {
    return { type: "offer", sdp: iceRestart ? "offer again" : "offer" };
  }
  async createAnswer() {
    return { type: "answer", sdp: "answer" };
  }
  async setLocalDescription(description) {
    this.localDescription = description;
    this.signalingState = description.type === "offer" ? "have-local-offer" : "stable";
  }
  async setRemoteDescription(description) {
    this.log.push(description.sdp);
    if (description.type === "offer" && !this.transceivers.length) this.addTransceiver("audio");
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
  }
  async addIceCandidate({ candidate }) {
    this.log.push(candidate);
  }
  close() {
    this.log.push("closed");
  }
  become(state) {
    this.connectionState = state;
    this.onconnectionstatechange();
  }
}
globalThis.RTCPeerConnection = Peer;

async function line({ offers }) {
  const said = [];
  const sound = { kind: "audio", enabled: true };
  const tracks = [sound];
  const stream = { getTracks: () => tracks, getAudioTracks: () => [sound], getVideoTracks: () => tracks.slice(1) };
  const media = new CallMedia({
    stream,
    ice: Promise.resolve([{ urls: "stun:s" }]),
    offers,
    say: (kind, payload) => said.push([kind, payload]),
    changed: () => {},
  });
  await settle();
  return { media, said, peer: Peer.made.at(-1), sound, tracks };
}

const candidate = (name) => ({ candidate: name, toJSON: () => ({ candidate: name }) });

test("who called offers sound and room for a picture; candidates that come before the answer are kept", async () => {
  const { media, said, peer, sound } = await line({ offers: true });
  assert.deepEqual(peer.options, { iceServers: [{ urls: "stun:s" }] });
  assert.deepEqual(said, [["offer", { type: "offer", sdp: "offer", n: 1 }]]);
  assert.deepEqual(
    peer.transceivers.map(({ sender, direction }) => [sender.track, direction]),
    [
      [sound, "sendrecv"],
      [null, "sendrecv"],
    ],
  );
  media.hear("candidate", { candidates: [{ candidate: "a" }, { candidate: "b" }], n: 1 });
  await settle();
  assert.deepEqual(peer.log, []);
  media.hear("answer", { sdp: "theirs", n: 1 });
  media.hear("candidate", { candidate: "c" });
  await settle();
  assert.deepEqual(peer.log, ["theirs", "a", "b", "c"]);
});

test("who was called answers, also what came early", async () => {
  const { media, said, peer, sound } = await line({ offers: false });
  media.hear("candidate", { candidates: [{ candidate: "a" }], n: 1 });
  media.hear("offer", { sdp: "theirs", n: 1 });
  await settle();
  assert.deepEqual(peer.log, ["theirs", "a"]);
  assert.deepEqual(said, [["answer", { type: "answer", sdp: "answer", n: 1 }]]);
  assert.equal(peer.transceivers[0].sender.track, sound);
  media.restart();
  await settle();
  assert.equal(said.length, 1, "only who called offers");
});

test("of what comes before it belongs anywhere, only so much is kept", async () => {
  const { media, peer } = await line({ offers: false });
  const candidates = Array.from({ length: 150 }, (_, at) => ({ candidate: String(at) }));
  media.hear("candidate", { candidates, n: 1 });
  media.hear("offer", { sdp: "theirs", n: 1 });
  await settle(200);
  assert.equal(peer.log.length, 101);
});

test("an answer to an offer that is no more is none", async () => {
  const { media, said, peer } = await line({ offers: true });
  media.restart();
  await settle();
  assert.deepEqual(said.at(-1), ["offer", { type: "offer", sdp: "offer again", n: 2 }]);
  media.hear("answer", { sdp: "late", n: 1 });
  media.hear("answer", { sdp: "right", n: 2 });
  media.hear("candidate", { candidates: [{ candidate: "old" }], n: 1 });
  await settle();
  assert.deepEqual(peer.log, ["right"]);
});

test("candidates of one rush go out together", async () => {
  const { said, peer } = await line({ offers: true });
  for (const name of ["a", "b"]) peer.onicecandidate({ candidate: candidate(name) });
  peer.onicecandidate({ candidate: null });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const candidates = [{ candidate: "a" }, { candidate: "b" }];
  assert.deepEqual(said.slice(1), [["candidate", { candidates, n: 1 }]]);
});

test("a way that failed is looked for anew; after the end nothing is", async () => {
  const { media, said, peer } = await line({ offers: true });
  peer.become("connected");
  assert.equal(media.connected, true);
  peer.become("failed");
  await settle();
  assert.deepEqual([media.connected, said.length], [false, 2]);
  media.close();
  peer.become("failed");
  media.restart();
  await settle();
  assert.equal(said.length, 2);
});

test("each tells the other what is on", async () => {
  const { media, peer, sound, tracks } = await line({ offers: true });
  const picture = { kind: "video" };
  peer.channel.readyState = "open";
  peer.channel.onopen();
  sound.enabled = false;
  tracks.push(picture);
  media.update();
  await settle();
  assert.deepEqual(peer.channel.said, [
    { microphone: true, camera: false },
    { microphone: false, camera: true },
  ]);
  assert.equal(peer.transceivers[1].sender.track, picture);
  peer.ontrack({ track: { kind: "video", muted: true } });
  assert.equal(media.sees, false);
  peer.channel.onmessage({ data: "null" });
  assert.equal(media.peer, null);
  peer.channel.onmessage({ data: '{"microphone": true, "camera": true}' });
  assert.equal(media.sees, true);
});

const GATHER = 80;
const KEPT = 100;
/** A connection that comes back by itself within this time needs no help. */
const RECOVER = 3000;

/**
 * The connection between the two devices of a call. Who called makes every offer, so two never cross; each offer has a
 * number, which the answer and the candidates to it bear.
 *
 * @typedef {object} Options
 * @property {MediaStream} stream           what this device sends
 * @property {Promise<RTCIceServer[]>} ice
 * @property {boolean} offers
 * @property {(kind: string, payload: any) => void} say
 * @property {() => void} changed
 */
export class CallMedia {
  /** What comes from the other. */
  remote = new MediaStream();
  /**
   * What the other says of itself; a client of another make says nothing.
   * @type {{ microphone: boolean, camera: boolean } | null}
   */
  peer = null;
  connected = false;
  #closed = false;
  #offer = 0;
  /** The offer to which the other's description belongs. */
  #heard = 0;
  /** @type {{ n: number, candidate: RTCIceCandidateInit }[]} */
  #early = [];
  /** @type {RTCIceCandidateInit[]} */
  #gathered = [];
  /** @type {any} */
  #gathering = null;
  /** @type {any} */
  #recovering = null;
  /** @type {RTCPeerConnection} */
  #pc;
  /** @type {RTCDataChannel} */
  #channel;
  /** One step after the other. @type {Promise<void>} */
  #work;

  /** @param {Options} options */
  constructor({ stream, ice, offers, say, changed }) {
    this.stream = stream;
    this.offers = offers;
    this.say = say;
    this.changed = changed;
    this.#work = ice.then((servers) => this.#open(servers)).catch(report);
  }

  /** The other's picture can be seen. */
  get sees() {
    const picture = this.remote.getVideoTracks()[0];
    return Boolean(picture) && (this.peer ? this.peer.camera : !picture.muted);
  }

  /** @param {string} kind @param {any} payload */
  hear(kind, payload) {
    if (kind === "offer") this.#next(() => this.#answer(payload));
    else if (kind === "answer") this.#next(() => this.#take(payload));
    else this.#next(() => this.#candidates(payload));
  }

  /** Looks for another way to the other device. */
  restart() {
    if (this.offers) this.#next(() => this.#sayOffer());
  }

  /** Other tracks are in the stream, or silent. */
  update() {
    this.#next(async () => {
      await Promise.all(this.#pc.getTransceivers().map((transceiver) => this.#fill(transceiver)));
      this.#tell();
    });
  }

  close() {
    this.#closed = true;
    this.connected = false;
    clearTimeout(this.#gathering);
    clearTimeout(this.#recovering);
    this.#pc?.close();
  }

  /** @param {() => unknown} step */
  #next(step) {
    this.#work = this.#work.then(async () => void (this.#closed || (await step()))).catch(report);
  }

  /** @param {RTCIceServer[]} iceServers */
  async #open(iceServers) {
    if (this.#closed) return;
    const pc = (this.#pc = new RTCPeerConnection({ iceServers }));
    pc.onicecandidate = ({ candidate }) => this.#gather(candidate);
    pc.onconnectionstatechange = () => this.#follow(pc.connectionState);
    pc.ontrack = ({ track }) => this.#come(track);
    this.#channel = pc.createDataChannel("state", { negotiated: true, id: 0 });
    this.#channel.onopen = () => this.#tell();
    this.#channel.onmessage = ({ data }) => this.#hearState(data);
    if (!this.offers) return;
    // A picture may come later: room is made for it now, so that nothing has to be settled anew.
    for (const kind of ["audio", "video"]) await this.#fill(pc.addTransceiver(kind, { streams: [this.stream] }));
    await this.#sayOffer();
  }

  /** @param {RTCRtpTransceiver} transceiver */
  async #fill(transceiver) {
    const { kind } = transceiver.receiver.track;
    const track = this.stream.getTracks().find((one) => one.kind === kind) ?? null;
    transceiver.direction = "sendrecv";
    if (transceiver.sender.track !== track) await transceiver.sender.replaceTrack(track);
  }

  async #sayOffer() {
    const isFirst = this.#offer === 0;
    this.#offer += 1;
    await this.#pc.setLocalDescription(await this.#pc.createOffer({ iceRestart: !isFirst }));
    this.#describe("offer");
  }

  /** @param {{ sdp: string, n?: number }} offer */
  async #answer({ sdp, n = this.#heard + 1 }) {
    if (n <= this.#heard) return;
    await this.#pc.setRemoteDescription({ type: "offer", sdp });
    this.#offer = n;
    await this.#understood(n);
    await Promise.all(this.#pc.getTransceivers().map((transceiver) => this.#fill(transceiver)));
    await this.#pc.setLocalDescription(await this.#pc.createAnswer());
    this.#describe("answer");
  }

  /** @param {{ sdp: string, n?: number }} answer */
  async #take({ sdp, n = this.#offer }) {
    if (n !== this.#offer || this.#pc.signalingState !== "have-local-offer") return; // to an offer that is no more
    await this.#pc.setRemoteDescription({ type: "answer", sdp });
    await this.#understood(n);
  }

  /** @param {number} number */
  async #understood(number) {
    this.#heard = number;
    for (const { candidate, n } of this.#early.splice(0)) await this.#candidates({ candidates: [candidate], n });
  }

  /** One, or several: those that come before the description they belong to are kept. @param {any} payload */
  async #candidates(payload) {
    const { candidates = [payload], n = this.#heard } = payload ?? {};
    for (const candidate of candidates) {
      if (!this.#heard || n > this.#heard) this.#keep(candidate, n);
      else if (n === this.#heard) await this.#pc.addIceCandidate(candidate).catch(report);
    }
  }

  /** @param {RTCIceCandidateInit} candidate @param {number} n */
  #keep(candidate, n) {
    if (this.#early.length < KEPT) this.#early.push({ candidate, n });
  }

  /** @param {"offer" | "answer"} kind */
  #describe(kind) {
    this.say(kind, { type: kind, sdp: this.#pc.localDescription?.sdp, n: this.#offer });
  }

  /** They come in a rush: few frames are enough. @param {RTCIceCandidate | null} candidate */
  #gather(candidate) {
    if (candidate?.candidate) this.#gathered.push(candidate.toJSON());
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => this.#sayCandidates(), candidate ? GATHER : 0);
  }

  #sayCandidates() {
    const candidates = this.#gathered.splice(0);
    if (candidates.length && !this.#closed) this.say("candidate", { candidates, n: this.#offer });
  }

  /** @param {RTCPeerConnectionState} state */
  #follow(state) {
    if (this.#closed) return;
    clearTimeout(this.#recovering);
    if (state === "failed") this.restart();
    if (state === "disconnected") this.#recovering = setTimeout(() => this.restart(), RECOVER);
    this.connected = state === "connected";
    this.changed();
  }

  /** @param {MediaStreamTrack} track */
  #come(track) {
    this.remote.addTrack(track);
    track.onmute = track.onunmute = () => this.changed();
    this.changed();
  }

  /** @param {string} text */
  #hearState(text) {
    try {
      const { microphone, camera } = JSON.parse(text);
      this.peer = { microphone: Boolean(microphone), camera: Boolean(camera) };
      this.changed();
    } catch (error) {
      report(error);
    }
  }

  /** Says what of this device can be heard and seen. */
  #tell() {
    if (this.#channel?.readyState !== "open") return;
    const [sound] = this.stream.getAudioTracks();
    const state = { microphone: Boolean(sound?.enabled), camera: this.stream.getVideoTracks().length > 0 };
    this.#channel.send(JSON.stringify(state));
  }
}

/** A step that went wrong shows in the connection: it does not come, or ends. @param {unknown} error */
function report(error) {
  console.warn("call:", error);
}

/** What becomes of a call, if nobody has accepted it, by the word that ends it. @type {Record<string, string>} */
export const ENDS = { reject: "rejected", busy: "busy", cancel: "cancelled", hangup: "cancelled", timeout: "missed" };

/**
 * One call as this device sees it.
 *
 * `calling`     ours, and nobody is known to ring yet
 * `ringing`     the other's device rings, or this one does
 * `connecting`  accepted, and the two devices look for each other
 * `talking`     they hear each other; `shaky` while they do not
 * `ended`       `reason` says why: an outcome (`completed`, `missed`, `rejected`, `busy`, `cancelled`), `elsewhere`,
 *               `lost`, `gone` (over, and it is not known how) or `refused` (`problem` is what the server said)
 *
 * @typedef {"calling" | "ringing" | "connecting" | "talking" | "ended"} State
 * @typedef {{ id: string, conversation: string, peer?: string, media: "audio" | "video", incoming: boolean }} About
 */
export class Call {
  /** @type {string | null} */
  reason = null;
  /** @type {import("./errors.js").ImError | null} */
  problem = null;
  /** Whether this person has ended it here. */
  hungUp = false;
  /** @type {number | null} since when they talk, by this device's clock */
  since = null;
  shaky = false;
  /** What the person should know of the devices. */
  note = "";
  /** What this device sends. @type {MediaStream | null} */
  stream = null;
  /** @type {import("./call-media.js").CallMedia | null} */
  line = null;
  /** The page that has it on the side of who was called. @type {string | null} */
  taker = null;
  /** What the other said of its connection before there was a line. @type {[string, any][]} */
  early = [];
  /** @type {any} */
  timer = null;

  /** @param {About} about @param {() => void} changed */
  constructor({ id, conversation, peer, media, incoming }, changed) {
    this.id = id;
    this.changed = changed;
    this.conversation = conversation;
    this.peer = peer;
    this.media = media;
    this.incoming = incoming;
    /** @type {State} */
    this.state = incoming ? "ringing" : "calling";
  }

  get active() {
    return this.state !== "ended";
  }

  /** Whether somebody still has to accept it. */
  get open() {
    return this.state === "calling" || this.state === "ringing";
  }

  /** By the word that the other, or the server, has said. @param {string} kind */
  outcome(kind) {
    return this.open ? ENDS[kind] : "completed";
  }

  /** The word that ends it here. @returns {"hangup" | "reject" | "cancel"} */
  get goodbye() {
    if (!this.open) return "hangup";
    return this.incoming ? "reject" : "cancel";
  }

  get microphone() {
    return Boolean(this.stream?.getAudioTracks().some((track) => track.enabled));
  }

  get camera() {
    return Boolean(this.stream?.getVideoTracks().length);
  }

  /** @param {boolean} on */
  setMicrophone(on) {
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = on;
    this.line?.update();
    this.changed();
  }

  /** Shows this picture, or none: its light goes out. @param {MediaStreamTrack | null} picture */
  setCamera(picture) {
    for (const track of this.stream?.getVideoTracks() ?? []) {
      track.stop();
      this.stream?.removeTrack(track);
    }
    if (picture && this.active) this.stream?.addTrack(picture);
    else picture?.stop();
    this.line?.update();
    this.changed();
  }

  /** At most so long. @param {number} milliseconds @param {() => void} then */
  within(milliseconds, then) {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, milliseconds);
  }

  inTime() {
    clearTimeout(this.timer);
  }

  /** Neither hears nor sees any more. */
  close() {
    this.inTime();
    this.line?.close();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }
}

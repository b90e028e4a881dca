import { CallMedia } from "./call-media.js";
import { CallSignals } from "./call-signals.js";
import { Call, ENDS } from "./call.js";
import { Recent } from "./recent.js";
import { uuid7 } from "./uuid.js";

/** So often the invitation is repeated: it rings on devices, too, that come later. */
const INVITE_EVERY = 5000;
/** The server ends the ringing; if nothing is heard of that either, we do. */
const RING_SLACK = 10_000;
const CONNECT_WITHIN = 30_000;
const LOST_AFTER = 30_000;
const REMEMBERED = 100;
const OF_THE_LINE = new Set(["offer", "answer", "candidate"]);

/**
 * Calls between two people, one at a time on a device. The server rings and says who was first; the two devices then
 * speak to each other, and go on speaking when the socket is lost.
 *
 * Events: `change` with {call}.
 *
 * @typedef {import("./types.js").Signal} Signal
 */
export class Calls extends EventTarget {
  /** The one that goes on, or was the last. @type {Call | null} */
  current = null;
  /** Tabs of a browser are one device to the server: this tells them apart. */
  #page = uuid7(Date.now());
  /** @type {Recent<string>} */
  #over = new Recent(REMEMBERED);
  /** @type {any} */
  #inviting = null;

  /** @param {import("./client.js").Client} client @param {{ Media?: typeof CallMedia }} [options] */
  constructor(client, { Media = CallMedia } = {}) {
    super();
    this.client = client;
    this.Media = Media;
    const { connection } = client;
    this.signals = new CallSignals(connection);
    connection.addEventListener("frame", (event) => this.#frame(/** @type {CustomEvent} */ (event).detail));
    connection.addEventListener("welcome", () => this.#resume());
    client.addEventListener("conversation", (event) => this.#read(/** @type {CustomEvent} */ (event).detail));
  }

  get active() {
    return this.current?.active ? this.current : null;
  }

  /**
   * Rings the other. @param {import("./client.js").Conversation} conversation
   * @param {{ media: "audio" | "video", stream: MediaStream, note?: string }} options
   */
  invite({ id, head }, { media, stream, note = "" }) {
    const about = { id: uuid7(this.client.now()), conversation: id, peer: head.peer?.id, media, incoming: false };
    const call = this.#begin(about, stream, note);
    const { connection } = this.client;
    call.within(this.#ringingFor(), () => this.#finish(call, connection.online ? "missed" : "lost"));
    this.#invite(call);
    this.#inviting = setInterval(() => this.#invite(call), INVITE_EVERY);
    return call;
  }

  /** Takes the call that rings. @param {Call} call @param {MediaStream} stream */
  async accept(call, stream) {
    if (!call.incoming || call.state !== "ringing") return stop(stream);
    call.stream = stream;
    this.#connect(call);
    await this.#sayAccept(call);
  }

  /** Declines, takes back or ends it, whatever there is to end. @param {Call | null} [call] */
  hangUp(call = this.active) {
    if (!call?.active) return;
    call.hungUp = true;
    this.#finish(call, !call.open ? "completed" : call.incoming ? "rejected" : "cancelled");
  }

  /** The page goes, or the person logs out. */
  leave() {
    const call = this.active;
    if (!call || (call.incoming && call.open)) return; // it goes on ringing elsewhere
    this.signals.endNow(call.id, call.goodbye);
    this.#end(call, "completed");
  }

  /** @param {import("./call.js").About} about @param {MediaStream | null} [stream] */
  #begin(about, stream = null, note = "") {
    const call = new Call(about, () => this.#changed(call));
    Object.assign(call, { stream, note });
    this.current = call;
    this.#changed(call);
    return call;
  }

  /** @param {Call} call */
  async #invite(call) {
    if (!call.open || !this.client.connection.online) return;
    const { conversation, media } = call;
    try {
      await this.signals.say(call.id, "invite", { conversation, media });
    } catch (error) {
      this.#refused(call, error);
    }
  }

  /** @param {Call} call @param {any} error */
  #refused(call, error) {
    if (error.retry === "later" || error.retry === "same_key" || !call.active) return; // tried again in a moment
    if (error.code !== "call_gone") call.problem = error;
    this.#end(call, error.code === "call_gone" ? "gone" : "refused");
  }

  /** @param {Call} call */
  async #sayAccept(call) {
    try {
      await this.signals.say(call.id, "accept", { payload: { page: this.#page } });
    } catch (error) {
      this.#refused(call, error);
    }
  }

  /** @param {{ type: string, data: Signal }} frame */
  #frame({ type, data }) {
    if (type !== "signal") return;
    const call = this.active;
    if (data.kind === "invite") this.#invited(data);
    else if (call?.id === data.call) this.#hear(call, data);
    else if (data.kind === "accept" || ENDS[data.kind]) this.#forget(data.call);
  }

  /** @param {Signal} data */
  #invited(data) {
    const { call: id, from, conversation, media } = data;
    if (from === this.client.user.id || this.#over.has(id)) return;
    const busy = this.active;
    if (busy?.id === id) return void (busy.open || this.#sayAccept(busy)); // the caller has not heard it
    const stream = this.#yieldTo(data);
    if (busy && !stream) return;
    const call = this.#begin({ id, conversation, peer: from, media, incoming: true });
    call.within(this.#ringingFor(), () => this.#end(call, "missed"));
    this.#ring(call);
    if (stream) this.accept(call, stream);
  }

  /**
   * Both call each other at once: the call with the lower id stands, and who made the other one accepts it. To anybody
   * else this person is busy. @param {Signal} data @returns {MediaStream | null} what the given up call would have sent
   */
  #yieldTo({ call: id, conversation }) {
    const own = this.active;
    if (!own) return null;
    const crossed = !own.incoming && own.open && own.conversation === conversation;
    if (!crossed) this.signals.end(id, "busy");
    if (!crossed || own.id < id) return null;
    const { stream } = own;
    own.stream = null;
    this.#finish(own, "cancelled", { quietly: true });
    return stream;
  }

  /** Tells the caller; and is told, if it is over. @param {Call} call */
  #ring(call) {
    this.signals.say(call.id, "ringing").catch((error) => this.#refused(call, error));
  }

  /** @param {Call} call @param {Signal} data */
  #hear(call, { kind, from, payload }) {
    const own = from === this.client.user.id;
    if (kind === "ringing" && call.state === "calling") this.#become(call, "ringing");
    else if (kind === "accept" && own) this.#acceptedBy(call, payload?.page ?? "");
    else if (kind === "accept") this.#accepted(call, payload?.page ?? "");
    else if (ENDS[kind]) this.#end(call, call.outcome(kind));
    else if (OF_THE_LINE.has(kind) && !own && call.line) call.line.hear(kind, payload);
    else if (OF_THE_LINE.has(kind) && !own && call.early.length < REMEMBERED) call.early.push([kind, payload]);
  }

  /** A page of this person has it. @param {Call} call @param {string} page */
  #acceptedBy(call, page) {
    call.taker ??= page;
    if (call.taker !== this.#page) this.#end(call, "elsewhere");
  }

  /** The other has accepted; once more if it has lost its way to us. @param {Call} call @param {string} page */
  #accepted(call, page) {
    call.taker ??= page;
    if (call.incoming || call.taker !== page) return;
    if (call.line) call.line.restart();
    else this.#connect(call);
  }

  /** @param {Call} call */
  #connect(call) {
    clearInterval(this.#inviting);
    const { stream, incoming, early } = call;
    const answer = this.client.session.call("GET", "/v1/calls/ice");
    const ice = answer.then(({ ice_servers }) => ice_servers).catch(() => []);
    call.line = new this.Media({
      stream: /** @type {MediaStream} */ (stream),
      ice,
      offers: !incoming,
      say: (kind, payload) => this.signals.say(call.id, kind, { payload }).catch(() => {}), // lost ones: see #resume
      changed: () => this.#lineChanged(call),
    });
    for (const [kind, payload] of early.splice(0)) call.line.hear(kind, payload);
    call.within(CONNECT_WITHIN, () => this.#finish(call, "lost"));
    this.#become(call, "connecting");
  }

  /** @param {Call} call */
  #lineChanged(call) {
    if (!call.active || !call.line) return;
    const { connected } = call.line;
    if (connected && call.state === "connecting") {
      call.since = Date.now();
      call.state = "talking";
    }
    if (call.state === "talking" && call.shaky === connected) {
      call.shaky = !connected;
      if (call.shaky) call.within(LOST_AFTER, () => this.#finish(call, "lost"));
    }
    if (connected) call.inTime();
    this.#changed(call);
  }

  /** The socket is back: what was said meanwhile is lost, so it is said again. */
  #resume() {
    const call = this.active;
    if (!call) return;
    if (call.open && call.incoming) this.#ring(call);
    else if (call.open) this.#invite(call);
    else if (call.line?.connected) return;
    else if (call.incoming) this.#sayAccept(call);
    else call.line?.restart();
  }

  /** The log knows how a call ended, also if nothing else was heard. @param {{ changes?: any }} detail */
  #read({ changes }) {
    const { current } = this;
    const entry = changes?.added.find((/** @type {any} */ { kind, content }) => {
      return kind === "call" && current && content?.call === current.id;
    });
    if (!entry || !current) return;
    if (current.active) this.#end(current, entry.content.outcome);
    else if (current.reason === "gone") current.reason = entry.content.outcome;
    else return;
    this.#changed(current);
  }

  /** This device ends it. @param {Call} call @param {string} reason @param {{ quietly?: boolean }} [options] */
  #finish(call, reason, { quietly = false } = {}) {
    this.signals.end(call.id, call.goodbye);
    this.#end(call, reason, quietly);
  }

  /** @param {Call} call @param {string} reason */
  #end(call, reason, quietly = false) {
    if (!call.active) return;
    this.#forget(call.id);
    clearInterval(this.#inviting);
    call.reason = reason;
    call.close();
    call.state = "ended";
    if (!quietly) this.#changed(call);
  }

  /** Late news of it are none. @param {string} id */
  #forget(id) {
    this.#over.add(id);
  }

  #ringingFor() {
    return (this.client.limits.ringing_s ?? 60) * 1000 + RING_SLACK;
  }

  /** @param {Call} call @param {import("./call.js").State} state */
  #become(call, state) {
    call.state = state;
    this.#changed(call);
  }

  /** @param {Call} call */
  #changed(call) {
    this.dispatchEvent(new CustomEvent("change", { detail: { call } }));
  }
}

/** @param {MediaStream} stream */
function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}

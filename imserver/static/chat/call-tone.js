/** Notes of a second and more: [start in seconds, hertz, length in seconds, loudness]. */
const RING = [
  [0, 659, 0.5, 0.09],
  [0.18, 880, 0.7, 0.09],
  [0.75, 659, 0.5, 0.07],
  [0.93, 880, 0.9, 0.07],
];
const RING_BACK = [[0, 425, 1, 0.03]];

/** Rings softly, without a file. Where the browser lets no page sound before it is touched, it is silent. */
export class Tone {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {any} */
  #timer = null;
  /** @type {number[][] | null} */
  #notes = null;

  /** Somebody calls. */
  ring() {
    this.#play(RING, 3000);
  }

  /** It rings there. */
  ringBack() {
    this.#play(RING_BACK, 4000);
  }

  stop() {
    clearInterval(this.#timer);
    this.#context?.close();
    this.#context = this.#notes = null;
  }

  /** @param {number[][]} notes @param {number} every */
  #play(notes, every) {
    if (this.#notes === notes || !globalThis.AudioContext) return;
    this.stop();
    const context = (this.#context = new AudioContext());
    this.#notes = notes;
    const once = () => context.state === "running" && notes.forEach((note) => sound(context, note));
    context.onstatechange = once;
    context.resume().catch(() => {});
    this.#timer = setInterval(once, every);
  }
}

/** @param {AudioContext} context @param {number[]} note */
function sound(context, [start, pitch, length, loudness]) {
  const at = context.currentTime + start;
  const oscillator = new OscillatorNode(context, { type: "sine", frequency: pitch });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loudness, at + 0.04);
  gain.gain.setValueAtTime(loudness, at + length * 0.6);
  gain.gain.linearRampToValueAtTime(0, at + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + length);
}

import { openCamera } from "./call-devices.js";
import { h, icon } from "./dom.js";

/**
 * Microphone, camera, and the way out.
 * @typedef {import("../im-client/call.js").Call} Call
 */
export class CallControls {
  #drawn = "";

  /** @param {import("../im-client.js").Client} client @param {Call} call @param {(problem: string) => void} say */
  constructor(client, call, say) {
    this.call = call;
    this.say = say;
    this.microphone = round("", () => this.#toggleMicrophone());
    this.camera = round("", () => this.#toggleCamera());
    this.hangUp = round("decline", () => client.calls.hangUp(call));
    label(this.hangUp, "call", "Hang up");
    this.draw();
  }

  draw() {
    const { microphone, camera } = this.call;
    const drawn = `${microphone},${camera}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    show(this.microphone, microphone, "microphone", microphone ? "Mute microphone" : "Unmute microphone");
    show(this.camera, camera, "video", camera ? "Turn camera off" : "Turn camera on");
  }

  #toggleMicrophone() {
    this.call.setMicrophone(!this.call.microphone);
    this.draw();
  }

  async #toggleCamera() {
    this.camera.disabled = true;
    this.say("");
    try {
      this.call.setCamera(this.call.camera ? null : await openCamera());
    } catch (error) {
      this.say(/** @type {Error} */ (error).message);
    }
    this.camera.disabled = false;
    this.draw();
  }
}

/** @param {string} look @param {() => void} act */
export function round(look, act) {
  return h("button", { class: `call-round ${look}`, type: "button", onclick: act });
}

/** @param {HTMLButtonElement} button @param {boolean} on @param {string} symbol @param {string} text */
function show(button, on, symbol, text) {
  button.classList.toggle("off", !on);
  label(button, on ? symbol : `${symbol}-off`, text);
}

/** @param {HTMLButtonElement} button @param {string} symbol @param {string} text */
export function label(button, symbol, text) {
  button.replaceChildren(icon(symbol));
  button.setAttribute("aria-label", text);
  button.title = text;
}

import { avatar } from "./avatar.js";
import { CallControls, label, round } from "./call-controls.js";
import { elapsed, ending, nameOf, progress } from "./call-words.js";
import { h } from "./dom.js";

const SHOWN_FOR = 3500;

/** The call itself: the other's picture with one's own in the corner, or the other's face where none is shown. */
export class CallWindow {
  #problem = "";

  /**
   * @param {import("../im-client.js").Client} client
   * @param {import("../im-client/call.js").Call} call
   * @param {() => void} changed it became small, or large again
   */
  constructor(client, call, changed) {
    this.client = client;
    this.call = call;
    this.changed = changed;
    this.remote = h("video", { class: "call-remote", autoplay: true, playsinline: true, "aria-hidden": "true" });
    this.own = h("video", { class: "call-own", autoplay: true, playsinline: true, "aria-hidden": "true", hidden: true });
    this.own.muted = true;
    this.face = h("div", { class: "call-face" });
    this.name = h("h2", { id: "call-name", dir: "auto" });
    this.time = h("span", { class: "call-time", role: "timer", "aria-live": "off" });
    this.status = h("p", { class: "call-status", role: "status" });
    this.note = h("p", { class: "call-note", role: "status" });
    this.controls = new CallControls(client, call, (problem) => this.#say(problem));
    this.shrink = round("quiet", () => this.node.close());
    label(this.shrink, "down", "Back to the conversations");
    this.node = h(
      "dialog",
      { class: "call-window", tabindex: "-1", "aria-labelledby": "call-name" },
      this.remote,
      h("header", { class: "call-top" }, this.shrink),
      h("div", { class: "call-who" }, this.face, this.name, this.time, this.status),
      this.own,
      h(
        "footer",
        { class: "call-foot" },
        this.note,
        h("div", { class: "call-controls" }, this.controls.microphone, this.controls.camera, this.controls.hangUp),
      ),
    );
    this.node.addEventListener("close", () => this.changed());
    document.body.append(this.node);
    this.timer = setInterval(() => this.#drawTime(), 500);
    this.#problem = call.note;
    this.open();
  }

  get small() {
    return !this.node.open;
  }

  open() {
    if (this.node.open) return;
    this.node.showModal();
    this.node.focus(); // on no button: who is typing must not hang up
    this.draw();
    this.changed();
  }

  draw() {
    const { call } = this;
    const name = nameOf(this.client, call);
    if (name !== this.name.textContent) {
      this.name.textContent = name;
      this.face.replaceChildren(avatar(call.peer ?? call.conversation, name, "huge"));
    }
    this.controls.draw();
    this.#drawPictures();
    this.#drawTime();
    const status = call.active ? progress(call) : ending(call, name);
    if (this.status.textContent !== status) this.status.textContent = status;
    this.node.classList.toggle("waiting", call.active && (call.state !== "talking" || call.shaky));
    this.#drawNote(name);
  }

  /** Says why it is over, and goes. @param {() => void} gone */
  end(gone) {
    this.node.classList.add("over");
    for (const button of this.node.querySelectorAll("button")) button.disabled = true;
    const go = () => {
      clearTimeout(timer);
      gone();
    };
    const timer = setTimeout(go, SHOWN_FOR);
    this.node.addEventListener("close", go);
    this.node.addEventListener("click", go);
  }

  close() {
    clearInterval(this.timer);
    this.changed = () => {};
    this.remote.srcObject = this.own.srcObject = null;
    this.node.close();
    this.node.remove();
  }

  #drawPictures() {
    const { call } = this;
    const { line, stream } = call;
    if (line && this.remote.srcObject !== line.remote) this.remote.srcObject = line.remote;
    if (call.camera && this.own.srcObject !== stream) this.own.srcObject = stream;
    this.own.hidden = !call.camera || !call.active;
    this.node.classList.toggle("seeing", call.state === "talking" && Boolean(line?.sees));
  }

  #drawTime() {
    const { since, active } = this.call;
    const time = since && active ? elapsed(since) : "";
    if (this.time.textContent !== time) this.time.textContent = time;
  }

  /** @param {string} name */
  #drawNote(name) {
    const silent = this.call.state === "talking" && this.call.line?.peer?.microphone === false;
    const note = this.#problem || (silent ? `${name} is muted` : "");
    if (this.note.textContent !== note) this.note.textContent = note;
  }

  /** @param {string} problem */
  #say(problem) {
    this.#problem = problem;
    this.draw();
  }
}

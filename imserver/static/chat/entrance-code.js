import { h } from "./dom.js";
import { CODE } from "./entrance-fields.js";
import { Form, reason } from "./form.js";

/** @typedef {import("../im-client.js").ImError} ImError */

/** @typedef {(values: Record<string, string>) => Promise<unknown>} Send */

const OVER = new Set(["conflict", "not_authenticated"]);
const DIGITS = 6;
const MINUTE = 60_000;

/** Ends the try where the server says that it has ended. @param {Send} send @param {() => void} over @returns {Send} */
export function unlessOver(send, over) {
  return async (values) => {
    try {
      await send(values);
    } catch (error) {
      if (!OVER.has(/** @type {ImError} */ (error).code)) throw error;
      over();
    }
  };
}

/**
 * A form that takes a code, of a mail or of an app. If it takes nothing else, six digits send it.
 * @param {object} options
 * @param {import("./form.js").Field} [options.code]
 * @param {string} options.action
 * @param {Send} options.send
 * @param {() => void} options.over                          the try has ended
 * @param {import("./form.js").Field[]} [options.fields]     those after the code
 */
export function codeForm({ code = CODE, action, send, over, fields = [] }) {
  const form = new Form({
    name: "code",
    fields: [code, ...fields],
    action,
    places: { incorrect_code: "code" },
    words: { incorrect_code: code.wrong },
    send: unlessOver(async (values) => {
      try {
        await send(values);
      } catch (error) {
        if (/** @type {ImError} */ (error).code === "incorrect_code") input.select();
        throw error;
      }
    }, over),
  });
  const [input, next] = form.inputs;
  input.addEventListener("input", () => {
    const digits = input.value.replace(/\D/g, "").slice(0, DIGITS);
    if (input.value !== digits) input.value = digits;
    if (digits.length < DIGITS) return;
    if (next) next.focus();
    else form.node.requestSubmit();
  });
  return form;
}

/** Asks for another mail, once a minute. @param {Form} form that takes its code @param {() => Promise<unknown>} send */
export function sendAgain(form, send) {
  const button = h("button", { class: "link", type: "button", onclick: again });
  const said = h("span", { role: "status" });
  wait(MINUTE);
  return h("span", { class: "entrance-again" }, h("span", {}, "No mail? ", button), said);

  async function again() {
    button.disabled = true;
    try {
      await send();
      said.textContent = "Sent again. Only the newest code is good.";
      wait(MINUTE);
    } catch (error) {
      explain(/** @type {ImError} */ (error));
    }
    form.inputs[0].focus(); // the button, which lost it, is disabled
  }

  /** @param {ImError} error */
  function explain(error) {
    said.textContent = OVER.has(error.code)
      ? "No more codes are sent for this try. Go back to begin again."
      : reason(error);
    if (error.status === 429) wait(error.retryAfter || MINUTE);
    else button.disabled = OVER.has(error.code);
  }

  /** @param {number} ms */
  function wait(ms) {
    const end = Date.now() + ms;
    const timer = setInterval(tick, 1000);
    tick();

    function tick() {
      const left = Math.ceil((end - Date.now()) / 1000);
      button.disabled = left > 0;
      button.textContent = left > 0 ? `Send again in ${left} s` : "Send again";
      if (left <= 0) clearInterval(timer);
    }
  }
}

import { h, icon } from "./dom.js";
import { reason } from "./form.js";

/**
 * Where a device's new name is written. Enter saves, Escape keeps the old one.
 * @param {string} name @param {{ save: (name: string) => Promise<unknown>, done: () => void }} actions
 */
export function nameForm(name, { save, done }) {
  const input = h("input", { "aria-label": "Name of the device", value: name, maxlength: 64, dir: "auto" });
  const wrong = h("small", { class: "wrong", role: "alert" });
  const cancel = h("button", {
    class: "icon-button",
    type: "button",
    "aria-label": "Keep the old name",
    onclick: done,
  });
  cancel.append(icon("close"));
  const node = h(
    "form",
    {
      class: "device-form",
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        try {
          await save(input.value);
          done();
        } catch (error) {
          wrong.textContent = reason(/** @type {import("../im-client.js").ImError} */ (error));
          input.toggleAttribute("aria-invalid", true);
        }
      },
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape") return;
        event.preventDefault(); // else the whole dialog closes
        done();
      },
    },
    input,
    h("button", { class: "icon-button", "aria-label": "Save the name" }, icon("save")),
    cancel,
    wrong,
  );
  return { node, input };
}

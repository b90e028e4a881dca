import { h, icon } from "./dom.js";

let opened = 0;

/**
 * A window above the page, with a title and a way out. Once closed it is gone.
 * @param {string} title @param {...(Node | null)} content
 */
export function openDialog(title, ...content) {
  const id = `panel-title-${(opened += 1)}`;
  const dialog = h("dialog", { class: "dialog panel", "aria-labelledby": id });
  const close = h(
    "button",
    { class: "icon-button", type: "button", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"),
  );
  dialog.append(
    h("header", { class: "panel-head" }, h("h2", { id, dir: "auto" }, title), close),
    h("div", { class: "panel-body" }, ...content),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
}

/**
 * Asks before something final is done.
 * @param {{ title: string, text: string, action: string }} question @returns {Promise<boolean>}
 */
export function confirm({ title, text, action }) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "dialog-title" },
      h(
        "form",
        { method: "dialog" },
        h("h2", { id: "dialog-title" }, title),
        h("p", {}, text),
        h(
          "div",
          { class: "dialog-buttons" },
          h("button", { class: "button quiet", value: "no" }, "Cancel"),
          h("button", { class: "button danger", value: "yes" }, action),
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

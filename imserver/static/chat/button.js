import { busily } from "./busily.js";
import { h, icon } from "./dom.js";

/**
 * A small button. While what it does is under way it does nothing more, nor once it is done: what shows that takes the
 * button away.
 * @param {string} text @param {() => unknown} act answers true where it is done for good
 * @param {{ label?: string, look?: string, symbol?: string }} [more] `label`: what it is called where the text says too little
 */
export function smallButton(text, act, { label, look = "", symbol } = {}) {
  const properties = { class: `button small ${look}`, type: "button", "aria-label": label };
  const words = symbol ? [icon(symbol), h("span", {}, text)] : [text];
  let isDone = false;
  const press = () => isDone || busily(button, async () => (isDone = (await act()) === true));
  const button = h("button", { ...properties, onclick: press }, ...words);
  return button;
}

/**
 * The same, about somebody or something that has a name.
 * @param {string} text @param {string} name @param {() => unknown} act @param {string} [look]
 */
export function namedButton(text, name, act, look) {
  return smallButton(text, act, { label: `${text} ${name}`, look });
}

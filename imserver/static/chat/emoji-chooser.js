import { openDialog } from "./dialog.js";
import { h, icon } from "./dom.js";
import { EMOJI } from "./emoji.js";

/** One emoji of a small choice, found by words. @param {(emoji: string) => void} choose */
export function openEmoji(choose) {
  const grid = h("div", { class: "emoji-grid", role: "group", "aria-label": "Emoji" });
  const nothing = h("p", { class: "emoji-nothing", role: "status" });
  const search = h("input", {
    type: "search",
    class: "search-input",
    placeholder: "Search",
    "aria-label": "Search emoji",
    autocomplete: "off",
    oninput: () => draw(),
    onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && grid.querySelector("button")?.click(),
  });
  const take = (/** @type {string} */ emoji) => {
    dialog.close();
    choose(emoji);
  };
  const draw = () => {
    const needle = search.value.trim().toLowerCase();
    const found = EMOJI.filter(([emoji, words]) => words.includes(needle) || emoji === needle);
    /** @param {[string, string]} known */
    const one = ([emoji, words]) =>
      h("button", { type: "button", "aria-label": words.split(" ")[0], title: words, onclick: () => take(emoji) }, emoji);
    grid.replaceChildren(...found.map(one));
    nothing.textContent = found.length ? "" : `There is no “${search.value.trim()}” among them.`;
  };
  draw();
  const dialog = openDialog("React", h("div", { class: "search" }, icon("search"), search), grid, nothing);
  dialog.classList.add("emoji-chooser");
  search.focus();
}

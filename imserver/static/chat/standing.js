import { smallButton } from "./button.js";
import { h, icon } from "./dom.js";

/**
 * What one can do about a person who is no friend, as one button or word. Nothing for friends.
 * @param {import("./person-actions.js").PersonActions} actions
 * @param {import("../im-client/types.js").Person} person
 * @param {string} source
 */
export function standingOf(actions, person, source) {
  const { friends } = actions;
  const name = friends.nameOf(person);
  if (friends.hasBlocked(person.id)) return h("span", { class: "standing" }, "Blocked");
  const standing = friends.standing(person.id);
  if (standing === "outgoing") return h("span", { class: "standing" }, icon("clock"), "Requested");
  if (standing === "incoming") return button("save", "Accept", `Accept ${name}`, () => actions.accept(person));
  if (standing === "stranger")
    return button("befriend", "Add friend", `Add friend ${name}`, () => actions.ask(person, source));
  return null;
}

/** @param {string} symbol @param {string} text @param {string} label @param {() => unknown} act */
function button(symbol, text, label, act) {
  return smallButton(text, act, { label, look: "soft", symbol });
}

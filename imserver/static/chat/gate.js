import { smallButton } from "./button.js";
import { h } from "./dom.js";

/**
 * Why one cannot write to a person, in one line, and what can be done about it.
 * @typedef {import("../im-client/types.js").Person} Person
 * @param {import("./person-actions.js").PersonActions} actions @param {Person} person
 */
export function gate(actions, person) {
  return gateNode(view(actions, person));
}

/** @param {{ text: string, count?: string, words?: string, buttons?: HTMLElement[] }} view `count`: what is left */
export function gateNode({ text, count, words, buttons = [] }) {
  const left = count && h("span", { class: "gate-count", "aria-hidden": "true" }, count);
  return h(
    "div",
    { class: "gate", role: "status" },
    h(
      "div",
      { class: "gate-text" },
      h("p", { dir: "auto" }, text, left),
      words && h("p", { class: "gate-words", dir: "auto" }, words),
    ),
    h("div", { class: "gate-buttons" }, ...buttons),
  );
}

/** Two equal ones look alike. @param {import("./person-actions.js").PersonActions} actions @param {Person} person */
export function gateKey({ friends }, person) {
  const blocked = friends.hasBlocked(person.id);
  return [blocked, friends.standing(person.id), friends.nameOf(person)].join();
}

/** @param {import("./person-actions.js").PersonActions} actions @param {Person} person */
function view(actions, person) {
  const { friends } = actions;
  const name = friends.nameOf(person);
  if (friends.hasBlocked(person.id))
    return { text: `You have blocked ${name}.`, buttons: [smallButton("Unblock", () => actions.unblock(person), { look: "quiet" })] };
  const standing = friends.standing(person.id);
  if (standing === "outgoing")
    return {
      text: `You have asked ${name} to be friends.`,
      buttons: [smallButton("Take back", () => actions.cancel(person), { look: "quiet" })],
    };
  if (standing === "incoming")
    return {
      text: `${name} would like to be friends.`,
      words: friends.requestOf(person.id, true)?.message,
      buttons: [
        smallButton("Decline", () => actions.decline(person), { look: "quiet" }),
        smallButton("Accept", () => actions.accept(person)),
      ],
    };
  return {
    text: "You can write to each other once you are friends.",
    buttons: [smallButton("Add friend", () => actions.ask(person, "chat"))],
  };
}

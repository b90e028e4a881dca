import { avatar } from "./avatar.js";
import { openDialog } from "./dialog.js";
import { openChat } from "./direct-chat.js";
import { h } from "./dom.js";
import { Problem } from "./form.js";
import { PersonActions } from "./person-actions.js";
import { standingOf } from "./standing.js";

/**
 * A person whom somebody has passed on.
 * @param {import("../im-client.js").Client} client @param {string} id @param {string} name as it was passed on
 */
export function openPerson(client, id, name) {
  const closing = new AbortController();
  const problem = new Problem();
  const actions = new PersonActions(client, (text) => problem.say(text));
  const who = h("div", { class: "profile-who" });
  const standing = h("span");
  const write = () => actions.attempt(() => openChat(client, id, () => dialog.close()));
  const button = h("button", { class: "button wide", type: "button", onclick: write }, "Write a message");
  const draw = () => {
    const person = client.people.get(id);
    const address = h("span", { class: "profile-address" }, person ? `@${person.username}` : "");
    who.replaceChildren(h("strong", { dir: "auto" }, person ? client.friends.nameOf(person) : name), address);
    standing.replaceChildren(...(person ? [standingOf(actions, person, "chat") ?? ""] : []));
    button.disabled = !client.friends.mayWrite(id);
  };
  const head = h("div", { class: "profile-head" }, avatar(id, name), who, standing);
  const dialog = openDialog("Contact", head, problem.node, button);
  dialog.addEventListener("close", () => closing.abort());
  for (const source of [client.people, client.friends])
    source.addEventListener("change", draw, { signal: closing.signal });
  draw();
}

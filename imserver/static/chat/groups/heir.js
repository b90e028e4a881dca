import { namedButton } from "../button.js";
import { openDialog } from "../dialog.js";
import { h } from "../dom.js";
import { Problem, reason } from "../form.js";
import { PersonList, personBody } from "../person-list.js";
import { transfer } from "./deeds.js";

/**
 * Who owns a group and wants to leave gives it to somebody first.
 * @typedef {import("../../im-client/types.js").Seat} Seat
 * @typedef {import("../person-list.js").View} View
 * @param {import("../../im-client.js").Client} client @param {string} id @param {() => unknown} then
 */
export async function openHeir(client, id, then) {
  const problem = new Problem();
  const choose = async (/** @type {View} */ { id: person, name }) => {
    if (!(await transfer(client, id, person, name))) return;
    dialog.close();
    await then();
  };
  /** @type {PersonList<View>} */
  const list = new PersonList("Members", (view) => [
    ...personBody(view),
    namedButton("Choose", view.name, () => choose(view), "soft"),
  ]);
  const lead = h("p", {}, "The group is yours. Choose who is to own it, then you leave.");
  const dialog = openDialog("Leave group", lead, problem.node, list.node);
  try {
    const { items } = await client.groups.members(id, { limit: 200 });
    list.show(items.filter(({ person }) => person.id !== client.user.id).map((seat) => viewOf(client, id, seat)));
  } catch (error) {
    problem.say(reason(/** @type {any} */ (error)));
  }
}

/** @param {import("../../im-client.js").Client} client @param {string} id @param {Seat} seat @returns {View} */
function viewOf(client, id, { person, role }) {
  const name = client.groups.nameOf(id, person.id) ?? person.display_name;
  return { id: person.id, name, line: `@${person.username}${role === "admin" ? " · admin" : ""}` };
}

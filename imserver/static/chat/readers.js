import { coalesced } from "../im-client/backoff.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { Problem, reason } from "./form.js";
import { nameOf } from "./names.js";
import { PersonList, personBody } from "./person-list.js";

/**
 * Who has read one's message in a group, and whom else it has reached.
 * @param {import("../im-client.js").Client} client @param {import("../im-client.js").Conversation} conversation
 * @param {import("../im-client/types.js").Entry} message
 */
export function openReaders(client, conversation, { seq = 0 }) {
  const closing = new AbortController();
  const problem = new Problem();
  const lead = h("p", { class: "panel-lead", role: "status" }, "Loading…");
  const parts = ["Read by", "Delivered to"].map((label) => {
    const list = new PersonList(label, personBody);
    return { list, node: h("section", { class: "readers", hidden: true }, h("h3", {}, label), list.node) };
  });
  const dialog = openDialog("Read by", problem.node, lead, ...parts.map(({ node }) => node));
  dialog.addEventListener("close", () => closing.abort());
  let found = { read: /** @type {string[]} */ ([]), delivered: /** @type {string[]} */ ([]) };
  const draw = () => {
    [found.read, found.delivered].forEach((people, index) => {
      const views = people.map((id) => ({ id, name: nameOf(client, id, conversation) ?? "Member", line: "" }));
      parts[index].node.hidden = !views.length;
      parts[index].list.show(views);
    });
  };
  for (const source of [client.people, client.groups])
    source.addEventListener("change", draw, { signal: closing.signal });
  const ask = coalesced(async () => {
    try {
      found = await client.messages.readers(conversation.id, seq);
      const nobody = !found.read.length && !found.delivered.length;
      lead.textContent = `Nobody yet. In groups above ${client.limits.group_marks} people nobody can tell.`;
      lead.hidden = !nobody;
      problem.say("");
      draw();
    } catch (error) {
      lead.hidden = true;
      problem.say(reason(/** @type {any} */ (error)));
    }
  });
  const heard = (/** @type {Event} */ event) => {
    const { type, data } = /** @type {CustomEvent} */ (event).detail;
    if (type === "marks" && data.conversation === conversation.id) ask();
  };
  client.connection.addEventListener("frame", heard, { signal: closing.signal });
  ask();
}

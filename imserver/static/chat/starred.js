import { attempted } from "./attempted.js";
import { busily } from "./busily.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { Problem, reason } from "./form.js";
import { MessageList } from "./message-list.js";

/**
 * The messages that this person keeps, the latest kept first.
 *
 * @typedef {import("../im-client/types.js").Starred} Starred
 * @param {import("../im-client.js").Client} client @param {(conversation: string, seq: number) => void} open
 */
export function openStarred(client, open) {
  const closing = new AbortController();
  const problem = new Problem();
  const lead = h("p", { class: "panel-lead", role: "status" }, "Loading…");
  const list = new MessageList(client, "Saved messages", {
    open: ({ conversation, seq = 0 }) => {
      dialog.close();
      open(conversation, seq);
    },
    beside: {
      label: "Take from saved",
      icon: "unstar",
      act: ({ conversation, seq = 0 }) =>
        attempted("The message", "taken away", () => client.messages.unstar(conversation, seq)),
    },
  });
  const more = h("button", { class: "button quiet wide", type: "button", hidden: true, onclick: () => busily(more, load) }, "More");
  const dialog = openDialog("Saved messages", problem.node, lead, list.node, more);
  dialog.addEventListener("close", () => closing.abort());
  /** @type {Starred[]} */
  let found = [];
  /** @type {number | null} */
  let next = null;
  const draw = () => {
    const kept = found.filter(({ conversation, seq }) => client.stars.has(conversation, seq));
    list.show(kept);
    lead.hidden = kept.length > 0;
    lead.textContent = "Nothing yet. Save a message by its menu to find it again here.";
  };
  const load = async () => {
    try {
      const page = await client.stars.page(next);
      found = [...found, ...page.items];
      next = page.next;
      more.hidden = !next;
      problem.say("");
      draw();
    } catch (error) {
      lead.hidden = true;
      problem.say(reason(/** @type {any} */ (error)));
    }
  };
  for (const source of [client.stars, client.people])
    source.addEventListener("change", draw, { signal: closing.signal });
  load();
}

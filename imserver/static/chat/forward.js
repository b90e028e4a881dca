import { conversationAvatar } from "./avatar.js";
import { openDialog } from "./dialog.js";
import { h, icon, toast } from "./dom.js";
import { Problem, reason } from "./form.js";
import { Forwarding } from "./forwarding.js";
import { titleOf } from "./names.js";

/**
 * Copies messages into conversations that one chooses.
 *
 * @typedef {import("../im-client.js").Conversation} Conversation
 * @param {import("../im-client.js").Client} client @param {string} from @param {number[]} seqs
 * @param {() => void} [done]
 */
export function openForward(client, from, seqs, done = () => {}) {
  /** @type {Set<string>} */
  const chosen = new Set();
  const forwarding = new Forwarding(client, from, seqs);
  const problem = new Problem();
  const list = h("ul", { class: "choices", "aria-label": "Conversations" });
  const search = h("input", {
    type: "search",
    class: "search-input",
    placeholder: "Search",
    "aria-label": "Search conversations",
    autocomplete: "off",
    dir: "auto",
    oninput: () => draw(),
  });
  const button = h("button", { class: "button wide", type: "button", disabled: true, onclick: () => send() }, "Forward");
  const pick = (/** @type {string} */ id, /** @type {boolean} */ isChosen) => {
    if (isChosen) chosen.add(id);
    else chosen.delete(id);
    button.disabled = !chosen.size;
    button.textContent = chosen.size > 1 ? `Forward to ${chosen.size}` : "Forward";
  };
  const draw = () => {
    const needle = search.value.trim().toLocaleLowerCase();
    const names = (/** @type {Conversation} */ one) => `${titleOf(one, client)}\n${one.head.peer?.username ?? ""}`;
    const fits = (/** @type {Conversation} */ one) => names(one).toLocaleLowerCase().includes(needle);
    const shown = client.list().filter((one) => fits(one) && mayWrite(client, one));
    list.replaceChildren(...shown.map((one) => choice(client, one, chosen.has(one.id), pick)));
  };
  const send = async () => {
    button.disabled = true;
    problem.say("");
    try {
      for (const id of chosen) {
        await forwarding.send(id);
        chosen.delete(id); // what is sent is not sent again if the next one fails
      }
      dialog.close();
      toast(seqs.length > 1 ? "The messages are forwarded." : "The message is forwarded.");
      done();
    } catch (error) {
      problem.say(reason(/** @type {any} */ (error)));
      button.disabled = false;
      draw();
    }
  };
  draw();
  const dialog = openDialog("Forward to", h("div", { class: "search" }, icon("search"), search), problem.node, list, button);
  dialog.classList.add("forwarding");
  search.focus();
}

/** @param {import("../im-client.js").Client} client @param {Conversation} conversation */
function mayWrite(client, { id, head }) {
  if (head.former) return false;
  if (head.kind === "direct") return Boolean(head.peer && head.seq) && client.friends.mayWrite(head.peer?.id ?? "");
  return head.kind === "self" || !client.groups.get(id)?.dismissed;
}

/**
 * @param {import("../im-client.js").Client} client @param {Conversation} conversation @param {boolean} isChosen
 * @param {(id: string, isChosen: boolean) => void} pick
 */
function choice(client, conversation, isChosen, pick) {
  const title = titleOf(conversation, client);
  const box = h("input", {
    type: "checkbox",
    checked: isChosen,
    onchange: (/** @type {Event} */ event) =>
      pick(conversation.id, /** @type {HTMLInputElement} */ (event.target).checked),
  });
  const name = h("span", { class: "choice-name", dir: "auto" }, title);
  return h("li", {}, h("label", { class: "choice" }, conversationAvatar(conversation, title, "small"), name, box));
}

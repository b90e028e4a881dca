import { BlockPanel } from "./block-panel.js";
import { openDialog } from "./dialog.js";
import { openChat } from "./direct-chat.js";
import { h } from "./dom.js";
import { Problem, reason } from "./form.js";
import { FriendPanel } from "./friend-panel.js";
import { PersonActions } from "./person-actions.js";
import { RequestPanel } from "./request-panel.js";
import { Tabs } from "./tabs.js";

/**
 * Friends, requests, blocked people: what is there now, and what becomes of it.
 * @param {import("../im-client.js").Client} client
 * @param {{ find: () => void }} options   looks for others
 */
export function openFriends(client, { find }) {
  const { friends } = client;
  const problem = new Problem();
  const actions = new PersonActions(client, (text) => problem.say(text));
  const closing = new AbortController();
  const panels = {
    friends: new FriendPanel(actions, {
      open: (person) => actions.attempt(() => openChat(client, person, () => dialog.close())),
      find: () => {
        dialog.close();
        find();
      },
    }),
    requests: new RequestPanel(actions),
    blocked: new BlockPanel(actions),
  };
  const tabs = new Tabs("Friends", [
    { name: "friends", label: "Friends", node: panels.friends.node },
    { name: "requests", label: "Requests", node: panels.requests.node },
    { name: "blocked", label: "Blocked", node: panels.blocked.node },
  ]);
  const lead = h("p", { class: "panel-lead", role: "status" }, "Loading…");
  const shown = Object.values(panels);
  const waiting = () => friends.incoming.length + client.groups.invitations.size;
  const draw = () => {
    problem.say(friends.error ? reason(friends.error) : "");
    lead.hidden = friends.loaded || Boolean(friends.error);
    tabs.count("requests", waiting());
    for (const panel of shown) panel.draw();
    if (document.activeElement === document.body) tabs.focus(); // the button that was pressed is gone
  };
  const dialog = openDialog("Friends", tabs.bar, problem.node, lead, ...shown.map(({ node }) => node));
  dialog.classList.add("friends");
  dialog.addEventListener("close", () => closing.abort());
  for (const source of [friends, client.groups, client.presence])
    source.addEventListener("change", draw, { signal: closing.signal });
  tabs.select(waiting() ? "requests" : "friends");
  draw();
  tabs.focus();
}

import { attempt } from "../attempt.js";
import { avatar } from "../avatar.js";
import { openDialog } from "../dialog.js";
import { h, toast } from "../dom.js";
import { Form } from "../form.js";
import { linkify } from "../linkify.js";
import { membersInWords } from "./names.js";

/** The token in an address that leads into a group. @param {string} path */
export function linkedToken(path) {
  return path.match(/^\/g\/([\w-]+)\/?$/)?.[1];
}

/**
 * Where the address leads, and the way in; from then on the address is the page's own.
 * @param {import("../../im-client.js").Client} client @param {string} token @param {(id: string) => void} open
 */
export async function followGroupLink(client, token, open) {
  history.replaceState(null, "", "/");
  await attempt(async () => openJoin(client, token, await client.groups.look(token), open));
}

/**
 * @param {import("../../im-client.js").Client} client @param {string} token
 * @param {{ title: string, description: string, members: number, needs_approval: boolean }} preview
 * @param {(id: string) => void} open
 */
function openJoin(client, token, { title, description, members, needs_approval }, open) {
  const words = {
    name: "message",
    label: "A few words",
    hint: "Optional. The admins see them.",
    multiline: true,
    required: false,
    rows: 2,
    maxlength: 200,
    autocapitalize: "sentences",
  };
  const form = new Form({
    name: "join",
    fields: needs_approval ? [words] : [],
    action: needs_approval ? "Ask to join" : "Join",
    words: { banned_from_group: "You are banned from this group." },
    send: async ({ message = "" }) => {
      const { group, request } = await client.groups.join(token, message);
      dialog.close();
      if (request) toast("You have asked. You are told once an admin has answered.");
      if (group) open(group.id);
    },
  });
  const about = h(
    "div",
    { class: "join-about" },
    avatar(token, title),
    h("strong", { dir: "auto" }, title),
    h("span", { class: "profile-address" }, membersInWords(members)),
    description && h("p", { dir: "auto" }, ...linkify(description)),
  );
  const dialog = openDialog("Join group", about, form.node);
  form.button.focus();
}

import { avatar } from "./avatar.js";
import { openDialog } from "./dialog.js";
import { h, toast } from "./dom.js";
import { Form } from "./form.js";

const LENGTH = 200;

/**
 * Asks a person to be friends.
 * @param {import("../im-client.js").Client} client
 * @param {import("../im-client/types.js").Person} person
 * @param {string} source where one came across that person
 */
export function openAsk(client, person, source) {
  const form = new Form({
    name: "ask",
    fields: [
      {
        name: "message",
        label: "A few words",
        hint: "Optional, for example how you know each other",
        multiline: true,
        required: false,
        rows: 3,
        maxlength: LENGTH,
        autocapitalize: "sentences",
        spellcheck: "true",
        autofocus: true,
      },
    ],
    action: "Send request",
    send: async ({ message }) => {
      const { friend } = await client.friends.ask(person.id, { message, source });
      dialog.close();
      toast(friend ? `You and ${person.display_name} are friends now.` : "Your request is sent.");
    },
  });
  const name = h("strong", { dir: "auto" }, person.display_name);
  const who = h("div", { class: "profile-who" }, name, h("span", { class: "profile-address" }, `@${person.username}`));
  const head = h("div", { class: "profile-head" }, avatar(person.id, person.display_name), who);
  const dialog = openDialog("Add friend", head, form.node);
}

import { uuid7 } from "../../im-client.js";
import { openDialog } from "../dialog.js";
import { toast } from "../dom.js";
import { Form } from "../form.js";
import { PeoplePicker, outcomeInWords } from "./picker.js";

/**
 * @param {import("../../im-client.js").Client} client
 * @param {(conversation: string) => void} open
 */
export function openNewGroup(client, open) {
  const picker = new PeoplePicker(client);
  const key = uuid7(client.now()); // pressed twice, it is one group
  const form = new Form({
    name: "group",
    fields: [
      {
        name: "title",
        label: "Name of the group",
        maxlength: 64,
        autocomplete: "off",
        autocapitalize: "sentences",
        autofocus: true,
      },
    ],
    action: "Create group",
    places: { bad_name: "title" },
    words: { bad_name: "A name has at least one visible character, and at most 64." },
    send: async ({ title }) => {
      const made = await client.groups.create({ title, members: picker.ids }, key);
      dialog.close();
      open(made.group.id);
      const words = outcomeInWords(client, made, picker.chosen);
      if (words) toast(words);
    },
  });
  form.problem.node.before(picker.node);
  const dialog = openDialog("New group", form.node);
  dialog.classList.add("friends", "picking");
}

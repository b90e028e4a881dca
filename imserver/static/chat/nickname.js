import { attempt } from "./attempt.js";
import { openDialog } from "./dialog.js";
import { Form } from "./form.js";

/**
 * How a group calls this person.
 * @param {import("../im-client.js").Client} client @param {string} group
 */
export function openNickname(client, group) {
  const { id, username, display_name } = client.user;
  const form = new Form({
    name: "nickname",
    fields: [
      {
        name: "nickname",
        label: "Your name in this group",
        hint: `All members see it. Without one they see ${display_name}.`,
        required: false,
        maxlength: 64,
        autocomplete: "off",
        autofocus: true,
      },
    ],
    action: "Save",
    places: { bad_name: "nickname" },
    send: async ({ nickname }) => {
      await client.settings.update(group, { nickname: nickname.trim() });
      dialog.close();
    },
  });
  const dialog = openDialog("Your name here", form.node);
  const input = form.input("nickname");
  attempt(async () => {
    const { items } = await client.groups.members(group, { q: username });
    if (!input.value) input.value = items.find(({ person }) => person.id === id)?.nickname ?? "";
    input.select();
  }, form.problem.say.bind(form.problem));
}

import { confirm, openDialog } from "./dialog.js";
import { Form } from "./form.js";

/**
 * What can be done about a tag, for all friends who have it.
 * @param {import("./person-actions.js").PersonActions} actions
 * @param {string} tag @param {(name: string) => void} renaming told before it happens
 * @returns {import("./menu.js").Item[]}
 */
export function tagItems(actions, tag, renaming) {
  return [
    { label: "Rename tag…", icon: "edit", act: () => openRename(actions, tag, renaming) },
    { label: "Remove tag…", icon: "recall", danger: true, act: () => remove(actions, tag) },
  ];
}

/**
 * @param {import("./person-actions.js").PersonActions} actions
 * @param {string} tag @param {(name: string) => void} renaming
 */
function openRename({ friends }, tag, renaming) {
  const form = new Form({
    name: "tag",
    fields: [
      {
        name: "name",
        label: "Name of the tag",
        hint: "Only you see it. A name that another tag has makes the two one.",
        maxlength: 32,
        autocomplete: "off",
        autofocus: true,
      },
    ],
    action: "Save",
    places: { bad_tag: "name" },
    send: async ({ name }) => {
      renaming(name.trim());
      if (name.trim() !== tag) await friends.renameTag(tag, name.trim());
      dialog.close();
    },
  });
  form.input("name").value = tag;
  const dialog = openDialog("Rename tag", form.node);
  form.input("name").select();
}

/** @param {import("./person-actions.js").PersonActions} actions @param {string} tag */
async function remove(actions, tag) {
  const { friends } = actions;
  const count = friends.list().filter(({ tags }) => tags.includes(tag)).length;
  const text = `${count === 1 ? "One friend has" : `${count} friends have`} it, and nothing else changes for them.`;
  if (await confirm({ title: `Remove “${tag}”?`, text, action: "Remove" }))
    await actions.attempt(() => friends.removeTag(tag));
}

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { Form } from "./form.js";

/**
 * Which tags a friend has: chosen from those there are, and new ones.
 * @param {import("../im-client.js").Client} client @param {import("../im-client/types.js").Friend} friend
 */
export function openTags(client, { person, tags }) {
  const form = new Form({
    name: "tags",
    fields: [
      {
        name: "added",
        label: "New tags",
        hint: "Only you see them. Put commas between several.",
        required: false,
        autocomplete: "off",
      },
    ],
    action: "Save",
    places: { bad_tag: "added" },
    send: async ({ added }) => {
      const chosen = [...form.node.querySelectorAll("input:checked")].map((box) => /** @type {any} */ (box).value);
      const named = added.split(",").map((tag) => tag.trim());
      await client.friends.update(person.id, { tags: [...chosen, ...named.filter(Boolean)] });
      dialog.close();
    },
  });
  const known = client.friends.tags();
  if (known.length) form.node.prepend(choice(known, tags));
  const dialog = openDialog(`Tags of ${client.friends.nameOf(person)}`, form.node);
  form.input("added").focus();
}

/** @param {string[]} known @param {string[]} chosen */
function choice(known, chosen) {
  const boxes = known.map((tag) =>
    h(
      "label",
      { class: "chip" },
      h("input", { type: "checkbox", value: tag, checked: chosen.includes(tag) }),
      h("span", { dir: "auto" }, tag),
    ),
  );
  return h("fieldset", { class: "chips" }, h("legend", { class: "spoken" }, "Tags"), ...boxes);
}

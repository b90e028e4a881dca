import { openDialog } from "./dialog.js";
import { Form } from "./form.js";

/**
 * The name under which this person wants to see a friend.
 * @param {import("../im-client.js").Client} client @param {import("../im-client/types.js").Friend} friend
 */
export function openRemark(client, { person, remark }) {
  const form = new Form({
    name: "remark",
    fields: [
      {
        name: "remark",
        label: `Your name for ${person.display_name}`,
        hint: "Only you see it. Without one you see the name that your friend has chosen.",
        required: false,
        maxlength: 64,
        autocomplete: "off",
        autofocus: true,
      },
    ],
    action: "Save",
    places: { bad_name: "remark" },
    send: async (values) => {
      await client.friends.update(person.id, { remark: values.remark.trim() });
      dialog.close();
    },
  });
  form.input("remark").value = remark;
  const dialog = openDialog("Remark", form.node);
  form.input("remark").select();
}

import { openDialog } from "../dialog.js";
import { toast } from "../dom.js";
import { Form } from "../form.js";
import { PeoplePicker, outcomeInWords } from "./picker.js";

/** Brings people in. @param {import("../../im-client.js").Client} client @param {string} id */
export function openAdd(client, id) {
  const { groups } = client;
  const picker = new PeoplePicker(client, {
    without: (person) => Boolean(groups.seat(id, person)) || person === client.user.id,
    changed: () => (form.button.disabled = !picker.chosen.size),
  });
  const form = new Form({
    name: "add",
    fields: [],
    action: "Add",
    send: async () => {
      const outcome = await groups.add(id, picker.ids);
      dialog.close();
      toast(outcomeInWords(client, outcome, picker.chosen) || "They are in the group already.");
    },
  });
  form.button.disabled = true;
  form.problem.node.before(picker.node);
  const dialog = openDialog("Add people", form.node);
  dialog.classList.add("friends", "picking");
  picker.input.focus();
}

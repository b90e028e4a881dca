import { openDialog } from "./dialog.js";
import { h, toast } from "./dom.js";
import { Form } from "./form.js";

const FIELDS = [
  {
    name: "current_password",
    label: "Current password",
    type: "password",
    autocomplete: "current-password",
    autofocus: true,
  },
  {
    name: "new_password",
    label: "New password",
    type: "password",
    hint: "At least 8 characters",
    autocomplete: "new-password",
    minlength: 8,
  },
];
const PLACES = { wrong_password: "current_password", weak_password: "new_password" };

/** @param {import("../im-client.js").Client} client */
export function openPassword(client) {
  const form = new Form({
    name: "password",
    fields: FIELDS,
    action: "Change password",
    places: PLACES,
    send: async ({ current_password, new_password }) => {
      await client.account.changePassword({ current_password, new_password });
      dialog.close();
      toast("Your password is changed. Your other devices are logged out.");
    },
  });
  // Password managers ask whose password it is.
  form.node.prepend(h("input", { autocomplete: "username", value: client.user.username, hidden: true }));
  form.problem.node.before(revealing(form));
  const lead = h("p", { class: "panel-lead" }, "All your other devices will be logged out.");
  const dialog = openDialog("Change password", lead, form.node);
}

/** @param {Form} form */
function revealing(form) {
  const inputs = FIELDS.map(({ name }) => form.input(name));
  const box = h("input", {
    type: "checkbox",
    onchange: () => inputs.forEach((input) => input.setAttribute("type", box.checked ? "text" : "password")),
  });
  return h("label", { class: "check" }, box, "Show passwords");
}

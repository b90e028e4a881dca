import { avatar } from "./avatar.js";
import { openDialog } from "./dialog.js";
import { h, toast } from "./dom.js";
import { Form } from "./form.js";

const BIO_LENGTH = 500;
const FIELDS = [
  { name: "display_name", label: "Your name", hint: "What others see", autocomplete: "name", maxlength: 64 },
  {
    name: "bio",
    label: "About you",
    multiline: true,
    required: false,
    rows: 3,
    maxlength: BIO_LENGTH,
    placeholder: "A few words for those who find you",
    autocapitalize: "sentences",
    spellcheck: "true",
  },
];
const PLACES = { bad_name: "display_name", bad_profile: "bio" };

/** @param {import("../im-client.js").Client} client */
export function openProfile(client) {
  const { id, username, display_name } = client.user;
  /** @type {Record<string, any>} */
  let me = {};
  const form = new Form({
    name: "profile",
    fields: FIELDS,
    action: "Save",
    places: PLACES,
    send: async (values) => {
      // Only what was changed here: another device may have changed the rest meanwhile.
      const changed = Object.entries(values).filter(([name, value]) => value !== me[name]);
      if (changed.length) await client.account.updateProfile(Object.fromEntries(changed));
      dialog.close();
      toast("Your profile is saved.");
    },
  });
  const name = form.input("display_name");
  const bio = form.input("bio");
  const count = () => form.setHint("bio", `${bio.value.length} of ${BIO_LENGTH} characters`);
  bio.addEventListener("input", count);
  name.value = display_name;
  count();
  form.node.inert = true; // until what the server has is here
  const address = h("span", { class: "profile-address" });
  const who = h("div", { class: "profile-who" }, h("strong", {}, `@${username}`), address);
  const head = h("div", { class: "profile-head" }, avatar(id, display_name), who);
  const dialog = openDialog("Profile", head, form.node);
  client.account.profile().then(
    (found) => {
      me = found;
      name.value = found.display_name;
      bio.value = found.bio;
      address.textContent = found.email;
      count();
      form.node.inert = false;
      name.focus();
    },
    (error) => form.explain(error),
  );
}

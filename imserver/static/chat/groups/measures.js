import { openDialog } from "../dialog.js";
import { Form } from "../form.js";
import { Choice } from "../setting.js";
import { NEVER, SPANS, after } from "./spans.js";

/** @typedef {import("../../im-client.js").Client} Client */

/** @param {Client} client @param {string} id @param {string} person @param {string} name */
export function openMute(client, id, person, name) {
  const span = new Span("Nobody else is muted. It can be taken back at any time.");
  const form = new Form({
    name: "mute",
    fields: [],
    action: "Mute",
    send: async () => {
      await client.groups.mute(id, person, span.until(client.now()) ?? NEVER);
      dialog.close();
    },
  });
  form.node.prepend(span.node);
  const dialog = openDialog(`Mute ${name}`, form.node);
}

/** @param {Client} client @param {string} id @param {string} person @param {string} name */
export function openBan(client, id, person, name) {
  const span = new Span("Who is banned goes, and comes in by no way: not by links, not by invitations.", null);
  const form = new Form({
    name: "ban",
    fields: [
      {
        name: "reason",
        label: "Reason",
        hint: "Optional. Only admins see it.",
        multiline: true,
        required: false,
        rows: 2,
        maxlength: 1000,
        autocapitalize: "sentences",
      },
    ],
    action: "Ban",
    places: { bad_group: "reason" },
    send: async ({ reason }) => {
      await client.groups.ban(id, person, { until: span.until(client.now()), reason });
      dialog.close();
    },
  });
  form.node.prepend(span.node);
  form.button.classList.add("danger");
  const dialog = openDialog(`Ban ${name}`, form.node);
}

/** For how long. */
class Span {
  /** @param {string} hint @param {number | null} [chosen] */
  constructor(hint, chosen = SPANS[0][1]) {
    this.chosen = chosen;
    const options = SPANS.map(([label, span]) => /** @type {[string, string]} */ ([String(span), label]));
    const spec = { name: "span", title: "For how long", hint, options };
    const choice = new Choice(spec, (value) => (this.chosen = value === "null" ? null : Number(value)));
    choice.show(String(chosen));
    this.node = choice.node;
  }

  /** Null is for good. @param {number} now */
  until(now) {
    return this.chosen === null ? null : after(now, this.chosen);
  }
}

import { Session } from "../im-client.js";
import { browserName } from "./browser.js";
import { Entrance } from "./entrance.js";
import { Messenger } from "./messenger.js";

const session = new Session({ device: { name: browserName(navigator.userAgent), platform: "web" } });
const root = /** @type {HTMLElement} */ (document.getElementById("app"));
/** @type {{ node: HTMLElement, person: string | null, opened: () => void, close: () => unknown } | null} */
let shown = null;

/** The messenger for whoever is logged in, else the entrance; log-in and log-out may happen in another tab. */
function show() {
  const person = session.user?.id ?? null;
  if (shown && shown.person === person) return;
  shown?.close();
  shown = person ? new Messenger(session) : new Entrance(session);
  root.replaceChildren(shown.node);
  shown.opened();
}

session.addEventListener("change", show);
show();

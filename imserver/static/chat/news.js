import { toast } from "./dom.js";

/** What happened while one was away shows in the lists; saying all of it at once would be noise. */
const FRESH = 60_000;

/** Says quietly who wants to be a friend, and who has become one. @param {import("../im-client.js").Client} client */
export function tellNews(client) {
  const { friends } = client;
  friends.addEventListener("news", (event) => {
    const { what, person, at } = /** @type {CustomEvent} */ (event).detail;
    if (client.now() - Date.parse(at) > FRESH || document.querySelector("dialog.friends")) return;
    const name = friends.nameOf(person);
    toast(what === "asked" ? `${name} would like to be friends.` : `You and ${name} are friends now.`);
  });
}

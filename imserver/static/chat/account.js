import { openDevices } from "./devices.js";
import { openPassword } from "./password.js";
import { openPrivacy } from "./privacy.js";
import { openProfile } from "./profile.js";
import { openStarred } from "./starred.js";
import { openTwoStep } from "./two-step.js";

/**
 * What the account menu offers.
 * @param {import("../im-client.js").Client} client @param {() => void} logOut
 * @param {(conversation: string, seq: number) => void} show @returns {import("./menu.js").Item[]}
 */
export function accountItems(client, logOut, show) {
  return [
    { label: "Saved messages", icon: "star", act: () => openStarred(client, show) },
    { label: "Profile", icon: "profile", act: () => openProfile(client) },
    { label: "Privacy", icon: "privacy", act: () => openPrivacy(client) },
    { label: "Devices", icon: "devices", act: () => openDevices(client) },
    { label: "Change password", icon: "key", act: () => openPassword(client) },
    { label: "Two-step log-in", icon: "shield", act: () => openTwoStep(client) },
    { label: "Log out", icon: "logout", act: logOut },
  ];
}

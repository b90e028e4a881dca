import { STAFF } from "../names.js";
import { until } from "../times.js";

/**
 * What a notice of a group says, in one line.
 * @typedef {import("../../im-client/types.js").Entry} Entry
 * @typedef {{ by: string, whom: string, isOwn: boolean, content: any, rev: number, now: number }} Said
 *   `by` begins a sentence, `whom` stands in one; `isOwn`: they are the same
 */

/** @type {Record<string, (said: Said) => string>} */
const WORDS = {
  "group.updated": updated,
  "group.dismissed": ({ by }) => `${by} dismissed the group`,
  "member.joined": ({ by, whom, isOwn, content }) => {
    if (content.via === "request" && !isOwn) return `${by} let ${whom} in`;
    if (["added", "import"].includes(content.via)) return `${by} added ${whom}`;
    return `${by} joined by ${content.via === "link" ? "a link" : "invitation"}`;
  },
  "member.left": ({ by, whom, content }) => {
    if (content.how === "left") return `${by} left`;
    return `${by} ${content.how === "banned" ? "banned" : "removed"} ${whom}`;
  },
  "members.changed": ({ by, content: { joined, left, roles, how } }) => {
    if (roles) return `${by} changed the roles of ${people(roles)}`;
    if (joined) return `${by} added ${people(joined)}`;
    return how === "left" ? `${people(left)} left` : `${by} ${how === "banned" ? "banned" : "removed"} ${people(left)}`;
  },
  "member.role": ({ by, whom, isOwn, content: { role } }) => {
    if (isOwn) return `${by} went on as ${role === "admin" ? "an admin" : "a member"}`;
    if (role === "owner") return `${by} gave the group to ${whom}`;
    return role === "admin" ? `${by} made ${whom} an admin` : `${by} made ${whom} a member again`;
  },
  "member.muted": ({ by, whom, content, now }) =>
    content.until ? `${by} muted ${whom}${until(content.until, now)}` : `${by} let ${whom} write again`,
};

/** @type {Record<string, (value: any) => string>} */
const CHANGES = {
  title: (title) => `changed the title to “${title}”`,
  description: (text) => (text ? "changed the description" : "took the description away"),
  slow_s: (seconds) => (seconds ? `set slow mode to ${pause(seconds)}` : "turned slow mode off"),
  only_admins_post: (is) => (is ? "let only admins write" : "let everybody write"),
  all_history: (is) => (is ? "let newcomers see what was before them" : "keeps what was before them from newcomers"),
  takes_requests: (is) => (is ? "opened the group to requests" : "closed the group to requests"),
  members_invite: (is) => (is ? "let members invite others" : "let only admins invite others"),
  members_mention_all: (is) => (is ? "let members mention all" : "let only admins mention all"),
  announcement: (text) => (text ? "made an announcement" : "took the announcement away"),
};

/** @param {Entry} entry */
export function isShown({ kind }) {
  return kind in WORDS;
}

/**
 * @param {Entry} entry
 * @param {{ me: string, name: (person: string) => string, now: number }} about
 */
export function noticeText({ kind, sender, content, rev }, { me, name, now }) {
  const whom = content?.user ?? "";
  const by = sender === me ? "You" : sender === STAFF ? "Staff" : name(sender);
  const object = whom === me ? "you" : whom && name(whom);
  return WORDS[kind]?.({ by, whom: object, isOwn: whom === sender, content, rev, now }) ?? "";
}

/** @param {Said} said */
function updated({ by, content, rev }) {
  if (rev === 1) return `${by} created “${content.title}”`;
  const changed = Object.entries(content).flatMap(([name, value]) => CHANGES[name]?.(value) ?? []);
  return `${by} ${changed.join(" and ") || "changed the group"}`;
}

/** @param {number} count */
function people(count) {
  return `${count.toLocaleString("en")} people`;
}

/** @param {number} seconds */
export function pause(seconds) {
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours === 1 ? "1 hour" : `${hours} hours`;
}

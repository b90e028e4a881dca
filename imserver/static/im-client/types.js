/**
 * The shapes of the wire, for editors and type checkers; there is no code here.
 *
 * @typedef {Record<string, any>} Content
 *
 * @typedef {object} Entry
 * @property {number} rev
 * @property {number} [seq]            only messages have one
 * @property {string} kind
 * @property {string} sender
 * @property {string} [key]
 * @property {Content | null} content
 * @property {number} [reply_to]
 * @property {string[]} [mentions]
 * @property {number} [target]         the message that a change is about
 * @property {Entry} [state]           that message as it is now
 * @property {number} [changed_rev]
 * @property {string} [edited_at]
 * @property {{ by: string, at: string }} [recalled]
 * @property {Reaction[]} [reactions]
 * @property {boolean} [pinned]
 * @property {boolean} [hidden]        this person deleted it for himself
 * @property {string} created_at
 *
 * @typedef {{ emoji: string, count: number, users: string[] }} Reaction   the first hundred people, by time
 * @typedef {{ cleared?: number, hidden?: number[] }} Veiled   seqs that this person deleted for himself
 * @typedef {Entry & { conversation: string }} Starred          a message that this person keeps
 *
 * @typedef {{ id: string, username: string, display_name: string }} Person
 * @typedef {Person & { email: string, bio: string, language: string, time_zone: string }} Me
 *
 * @typedef {object} Device            a log-in
 * @property {string} id
 * @property {string} name
 * @property {string} platform
 * @property {string} app_version
 * @property {string | null} address
 * @property {string} created_at
 * @property {string} last_seen_at
 * @property {boolean} current         the one that asks
 *
 * @typedef {object} Factor            what a log-in asks for beside the password; times are Unix seconds
 * @property {"totp" | "webauthn" | "recovery_codes"} type
 * @property {number} created_at
 * @property {number | null} last_used_at
 * @property {number} [id]              of a passkey
 * @property {string} [name]            of a passkey
 * @property {number} [unused_code_count]
 * @property {number} [total_code_count]
 *
 * @typedef {object} Friend            what one has noted of a friend
 * @property {Person} person
 * @property {string} remark           shown in place of the name
 * @property {string[]} tags
 * @property {boolean} pinned
 * @property {string} since
 *
 * @typedef {{ id: string, incoming: boolean, person: Person, message: string, source: string, asked_at: string }} FriendRequest
 * @typedef {{ person: Person, at: string }} Block
 * @typedef {{ online: boolean, last_seen_at?: string }} Seen   what one may see of a person's coming and going
 *
 * @typedef {object} Signal            what is said of a call
 * @property {string} call
 * @property {string} conversation
 * @property {string} kind
 * @property {"audio" | "video"} media
 * @property {string} from             a person
 * @property {string} session          that person's device
 * @property {any} payload             for the other device alone
 *
 * @typedef {object} Privacy           who may do and see what
 * @property {"all" | "friends_of_friends" | "nobody"} friend_requests
 * @property {boolean} found_by_name
 * @property {boolean} found_by_email
 * @property {boolean} found_by_phone
 * @property {"all" | "friends" | "nobody"} presence
 * @property {"all" | "friends" | "nobody"} added_to_groups   at once; others invite
 * @property {boolean} named_in_forwards
 * @property {boolean} read_receipts   of both sides: who gives none gets none
 *
 * @typedef {"owner" | "admin" | "member"} Role
 * @typedef {object} Group              what a group says of itself, to this person
 * @property {string} id
 * @property {string} title
 * @property {string} description
 * @property {number} members
 * @property {Role} role               one's own
 * @property {string | null} muted_until   oneself
 * @property {boolean} all_history     newcomers see what was before them
 * @property {boolean} takes_requests
 * @property {boolean} members_invite
 * @property {boolean} members_mention_all
 * @property {boolean} only_admins_post
 * @property {number} slow_s           seconds between two messages of a member
 * @property {{ text: string, number: number, by: string, at: string, read: boolean } | null} announcement
 * @property {boolean} dismissed
 *
 * @typedef {{ person: Person, nickname: string, role: Role, joined_at: string, muted_until: string | null }} Seat
 * @typedef {{ id: string, group: { id: string, title: string }, by: Person, at: string }} Invitation   one's own
 * @typedef {{ id: string, person: Person, by: Person, at: string }} Pending   an invitation of a group
 * @typedef {{ id: string, group: string, title: string, person: Person, message: string, at: string }} JoinRequest
 * @typedef {{ person: Person, by: Person, at: string, until: string | null, reason: string }} Ban
 *
 * @typedef {object} GroupLink
 * @property {string} token
 * @property {string} by
 * @property {string} made_at
 * @property {string | null} expires_at
 * @property {number | null} most_uses
 * @property {number} uses
 * @property {boolean} needs_approval
 *
 * @typedef {object} Head
 * @property {string} conversation
 * @property {"direct" | "group" | "self"} kind
 * @property {number} rev
 * @property {number} seq
 * @property {number} read_seq
 * @property {number} unread
 * @property {number} mentions
 * @property {string} title
 * @property {Person} [peer]
 * @property {number} [peer_read]
 * @property {number} [peer_delivered]
 * @property {Entry} [last]
 * @property {string | null} [last_at]
 * @property {number} [floor_rev]      below it is archived
 * @property {number} [from_rev]       what this person may see begins after it
 * @property {boolean} [reset]
 * @property {"all" | "mentions" | "nothing"} [notify]   what this person is told of; usual: all
 * @property {boolean} [pinned]        this and the next are one's own, too
 * @property {boolean} [archived]
 * @property {boolean} [marked_unread]
 * @property {boolean} [former]        said by this device alone: no member any more, what is held is all there is
 *
 * @typedef {object} Unsent            what one began to write
 * @property {string} text
 * @property {number} [reply_to]
 * @property {{ id: string, name: string }[]} [mentions]   who was chosen, and as what that stands in the text
 *
 * @typedef {object} Draft             a message that is not in the log, as far as this device knows
 * @property {string} key
 * @property {string} conversation
 * @property {string} kind
 * @property {Content} content
 * @property {number} [reply_to]
 * @property {string[]} [mentions]
 * @property {string} created_at       this device's clock, for display
 * @property {number} order
 * @property {"pending" | "sent" | "failed"} state   sent: confirmed, but its entry is not here yet
 * @property {number} [rev]            of its entry, once confirmed
 * @property {string} [code]           why it failed
 *
 * @typedef {object} Snapshot          what a store keeps of a conversation
 * @property {string} id
 * @property {Head} head
 * @property {number} cursor
 * @property {boolean} complete
 * @property {Entry[]} messages
 * @property {{ entries: Entry[], asked: boolean }} [notices]   of a group
 * @property {Veiled} [veil]
 *
 * @typedef {object} Saved
 * @property {Snapshot[]} conversations
 * @property {Draft[]} outbox
 * @property {{ epoch?: string, clock?: number }} meta
 */

export {};

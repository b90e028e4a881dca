"""Every kind of entry there is: its number in the log and its name on the wire."""

MESSAGES = {
    1: "text",
    2: "image",
    3: "video",
    4: "audio",
    5: "file",
    6: "location",
    7: "contact",
    8: "sticker",
    9: "poll",
    10: "custom",
    11: "call",
    12: "unsupported",
}
CHANGES = {32: "edit", 33: "recall", 34: "reaction", 35: "pin", 36: "unpin"}
NOTICES = {
    64: "member.joined",
    65: "member.left",
    66: "member.role",
    67: "group.updated",
    68: "member.muted",
    69: "group.dismissed",
    70: "members.changed",
    71: "member.named",
}
SELF = {
    96: "friend.requested",
    97: "friend.accepted",
    98: "friend.removed",
    99: "conversation.joined",
    100: "conversation.left",
    101: "settings.updated",
    102: "session.revoked",
    103: "session.opened",
    104: "session.updated",
    105: "profile.updated",
    106: "friend.updated",
    107: "request.closed",
    108: "person.blocked",
    109: "person.unblocked",
    110: "invitation.received",
    111: "invitation.closed",
    112: "join.requested",
    113: "join.closed",
    114: "announcement.read",
    115: "message.hidden",
    116: "history.cleared",
    117: "message.starred",
    118: "message.unstarred",
    119: "draft.updated",
    120: "conversation.updated",
}
NAMES = MESSAGES | CHANGES | NOTICES | SELF
NUMBERS = {name: number for number, name in NAMES.items()}
MESSAGE, CHANGE, NOTICE = range(32), range(32, 64), range(64, 96)


def name(number: int) -> str:
    """Also of a kind that a newer release wrote into the log, while both run."""
    return NAMES.get(number) or f"kind.{number}"

"""Every refusal of messaging."""

from imserver.errors import DomainError


class NotAMember(DomainError):
    code, status, message = "not_a_member", 404, "There is no such conversation for you."


class UserNotFound(DomainError):
    code, status, message = "user_not_found", 404, "There is no such person, or you may not write to them."


class MessageNotFound(DomainError):
    code, status, message = "message_not_found", 404, "There is no such message for you."


class MayNotPost(DomainError):
    code, status, message = "may_not_post", 403, "You may not write in this conversation."


class NotFriends(DomainError):
    code, status, message = "not_friends", 403, "You can write to friends only."


class Blocked(DomainError):
    code, status, message = "blocked", 403, "You may not write to this person."


class Banned(DomainError):
    code, status, message = "banned", 403, "You are banned from this conversation."


class Closed(DomainError):
    code, status, message = "closed", 403, "This conversation is closed for writing."


class Muted(DomainError):
    code, status, retry, message = "muted", 403, "later", "You are muted in this conversation."


class PostRole(DomainError):
    code, status, message = "post_role", 403, "Only some roles may write in this conversation."


class KeyReused(DomainError):
    code, status, message = "key_reused", 409, "This key was used for another message."


class KeyExpired(DomainError):
    code, message = "key_expired", "The time in this UUIDv7 key is too far from the server's clock."


class TooLong(DomainError):
    code, message = "too_long", "The text is longer than the limit."


class Empty(DomainError):
    code, message = "empty", "The message has no visible character."


class UnknownKind(DomainError):
    code, message = "unknown_kind", "The server takes no message of this kind from clients."


class FileNotThere(DomainError):
    code, status, message = "file_not_there", 404, "There is no such file for you."


class CallGone(DomainError):
    code, status, message = "call_gone", 404, "This call is over, or another device has it."


class NoCallHere(DomainError):
    code, status, message = "no_call_here", 403, "Only two people call each other."


class BadReaction(DomainError):
    code, message = "bad_reaction", "A reaction is one emoji."


class TooManyReactions(DomainError):
    code, status, message = "too_many_reactions", 409, "There are as many different reactions as there may be."


class TooManyPins(DomainError):
    code, status, message = "too_many_pins", 409, "There are as many pinned messages as there may be."


class TooManyStars(DomainError):
    code, status, message = "too_many_stars", 409, "You keep as many messages as you may."


class BadReply(DomainError):
    code, message = "bad_reply", "The message replied to is not there for you."


class TooManyMentions(DomainError):
    code, message = "too_many_mentions", "A message may not mention so many people."


class Recalled(DomainError):
    code, status, message = "recalled", 409, "This message was recalled."


class TooLate(DomainError):
    code, status, message = "too_late", 403, "The time for this change is over."


class NotYours(DomainError):
    code, status, message = "not_yours", 403, "Only its author may do this."


class NotEditable(DomainError):
    code, status, message = "not_editable", 403, "Only texts, captions and custom messages are edited."


class Archived(DomainError):
    code, status, message = "archived", 409, "Archived messages do not change."


class GroupFull(DomainError):
    code, status, message = "group_full", 409, "The group has as many members as it may have."


class SlowMode(DomainError):
    code, status, retry, message = "slow_mode", 403, "later", "In this group one writes only once in a while."


REFUSALS: dict[int, type[DomainError]] = {  # the lowest bit that is set names the error
    1: NotFriends,
    2: Blocked,
    4: Banned,
    8: Closed,
    16: Muted,
    32: PostRole,
    64: SlowMode,
}


def refusal(bits: int, until: dict[str, str] | None = None) -> DomainError:
    """`until`, where it is so for a while only, has the moment when that is over."""
    lowest = bits & -bits
    refused = REFUSALS.get(lowest, MayNotPost)
    return refused(details=until) if until and refused in (Muted, SlowMode) else refused()

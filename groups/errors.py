"""Every refusal of groups."""

from imserver.errors import DomainError


class NeedsRole(DomainError):
    code, status, message = "needs_role", 403, "Your role in this group does not allow that."


class Outranked(DomainError):
    code, status, message = "outranked", 403, "Nobody acts on an equal or higher role."


class OwnerMustTransfer(DomainError):
    code, status, message = "owner_must_transfer", 409, "Give the group to somebody else before you leave."


class GroupDismissed(DomainError):
    code, status, message = "group_dismissed", 409, "This group was dismissed."


class NotInGroup(DomainError):
    code, status, message = "not_in_group", 404, "This person is not in the group."


class BadGroup(DomainError):
    code, message = "bad_group", "The group has a value that is not taken."


class BannedFromGroup(DomainError):
    code, status, message = "banned_from_group", 403, "This person is banned from the group."


class AlreadyInGroup(DomainError):
    code, status, message = "already_in_group", 409, "This person is in the group already."


class InvitationGone(DomainError):
    code, status, message = "invitation_gone", 404, "There is no such open invitation."


class LinkGone(DomainError):
    code, status, message = "link_gone", 404, "This link does not lead into a group, or not any more."


class TooManyLinks(DomainError):
    code, status, message = "too_many_links", 409, "The group has as many links as it may have; revoke one first."


class JoinGone(DomainError):
    code, status, message = "join_gone", 404, "There is no such open request to join."


class NoJoinRequests(DomainError):
    code, status, message = "no_join_requests", 403, "This group takes no requests to join."

"""What people do with groups. Each action holds its group first, and reads who is what in it afterwards."""

from groups.actions.founding import Wanted, create
from groups.actions.hosting import Put, Seats, change_for, create_for, dismiss_for, put_members, take_members
from groups.actions.invitations import Invited, accept, decline, invite, withdraw
from groups.actions.links import Terms, join, make_link, revoke_link
from groups.actions.members import Reason, appoint, ban, leave, mute, pass_on, remove, transfer, unban
from groups.actions.profile import announce, close_by_staff, dismiss, read_announcement, set_limit, update
from groups.actions.requests import approve, request, take_back
from groups.actions.requests import decline as decline_request

__all__ = [
    "Invited",
    "Put",
    "Reason",
    "Seats",
    "Terms",
    "Wanted",
    "accept",
    "announce",
    "appoint",
    "approve",
    "ban",
    "change_for",
    "close_by_staff",
    "create",
    "create_for",
    "decline",
    "decline_request",
    "dismiss",
    "dismiss_for",
    "invite",
    "join",
    "leave",
    "make_link",
    "mute",
    "pass_on",
    "put_members",
    "read_announcement",
    "remove",
    "request",
    "revoke_link",
    "set_limit",
    "take_back",
    "take_members",
    "transfer",
    "unban",
    "update",
    "withdraw",
]

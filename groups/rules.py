"""Who may do what in a group, and what it may say of itself. Pure."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from accounts import rules as people
from accounts.rules import Seen
from groups.errors import BadGroup, NeedsRole, Outranked
from messaging.rules import Role

INVITATION_LIVES: Final = timedelta(days=30)
ASKED_AGAIN: Final = timedelta(days=1)
DESCRIPTION_LENGTH: Final = 1_000
ANNOUNCEMENT_LENGTH: Final = 8_000
MESSAGE_LENGTH: Final = 200
REASON_LENGTH: Final = 1_000
LINKS: Final = 20
CEILING: Final = 10_000
SLOWEST: Final = 86_400
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2200
RIGHTS: Final[Mapping[str, Role]] = {
    "write": Role.MEMBER,
    "invite": Role.ADMIN,  # or every member, where the group says so
    "remove": Role.ADMIN,
    "mute": Role.ADMIN,
    "ban": Role.ADMIN,
    "edit": Role.ADMIN,
    "announce": Role.ADMIN,
    "approve": Role.ADMIN,
    "open": Role.OWNER,
    "appoint": Role.OWNER,
    "transfer": Role.OWNER,
    "dismiss": Role.OWNER,
}


def check(role: int, right: str) -> None:
    if role < RIGHTS[right]:
        raise NeedsRole


def check_rank(role: int, other: int) -> None:
    if role <= other:
        raise Outranked


def text(said: str, most: int) -> str:
    found = unicodedata.normalize("NFC", people.storable(said)).strip()
    if len(found) > most:
        raise BadGroup(f"This text has at most {most} characters.")
    return found


def moment(at: datetime | None) -> datetime | None:
    """Far from where calendars end: another zone, or the database, may have another year."""
    if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise BadGroup(f"A moment lies between the years {FIRST_YEAR} and {LAST_YEAR}.")
    return at


def pause(seconds: int) -> int:
    if not 0 <= seconds <= SLOWEST:
        raise BadGroup(f"Slow mode waits 0 to {SLOWEST} seconds.")
    return seconds


CHANGES: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {  # what may change, by which right
    "title": ("edit", people.display_name),
    "description": ("edit", lambda said: text(said, DESCRIPTION_LENGTH)),
    "slow_s": ("mute", pause),
    "only_admins_post": ("mute", bool),
    "all_history": ("open", bool),
    "takes_requests": ("open", bool),
    "members_invite": ("open", bool),
    "members_mention_all": ("open", bool),
}


def may_be_added(wish: str, *, are_friends: bool) -> bool:
    """Whether a person wants to be put into groups by this one; else an invitation asks him."""
    return wish == Seen.ALL or (wish == Seen.FRIENDS and are_friends)


def has_expired(at: datetime, now: datetime) -> bool:
    return now - at > INVITATION_LIVES


def most_members(limit: int | None) -> int:
    found: int = settings.LIMITS["group_members"] if limit is None else limit
    return min(found, CEILING)

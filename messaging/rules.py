"""Who may write what and when, decided without looking anything up."""

import hashlib
import json
import uuid
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol, Self

from django.conf import settings
from django.db.models import IntegerChoices, TextChoices

from accounts.rules import display_name
from imserver import ids
from imserver.errors import BadRequest
from messaging.errors import KeyExpired, NotEditable, NotYours, Recalled, TooLate

NIL: Final = uuid.UUID(int=0)
NOT_FRIENDS: Final = 1  # bits of Member.denied; errors.REFUSALS names them all
BLOCKED: Final = 2
LIMITS: Final = settings.LIMITS
DAY_MS: Final = 86_400_000


class Message(Protocol):
    """What the rules ask of a message in the log."""

    content: str | None
    sender_id: uuid.UUID
    created_at: datetime

    @property
    def kind_name(self) -> str: ...


class Kind(IntegerChoices):
    """Kinds of conversations."""

    DIRECT = 1
    GROUP = 2
    SELF = 3


class Role(IntegerChoices):
    MEMBER = 0
    ADMIN = 1
    OWNER = 2


class Notify(IntegerChoices):
    """What a member wants to be told of aloud."""

    ALL = 0
    MENTIONS = 1
    NOTHING = 2


class Outcome(TextChoices):
    """What became of a call."""

    COMPLETED = "completed"
    MISSED = "missed"
    REJECTED = "rejected"
    BUSY = "busy"
    CANCELLED = "cancelled"


CLOSED: Final = 3  # a Conversation.post_role that nobody has
EDITABLE: Final = frozenset({"text", "image", "video", "audio", "file", "custom"})  # what has a text or a caption


def pair(one: uuid.UUID, other: uuid.UUID) -> uuid.UUID:
    """The id of the direct conversation of two people, or of one person's self conversation.

    A UUIDv8 (RFC 9562 section 5.8) of SHA-256(low id, high id): it needs no look-up and cannot be made twice.
    """
    low, high = sorted((one.bytes, other.bytes))
    number = int.from_bytes(hashlib.sha256(low + high).digest()[:16], "big")
    return uuid.UUID(int=number & ~(0xF << 76) & ~(3 << 62) | 8 << 76 | 2 << 62)


def place(sender: uuid.UUID, conversation: uuid.UUID | None, to_user: uuid.UUID | None) -> uuid.UUID:
    """The conversation that a send names, directly or by its other person. Raises BadRequest."""
    if (conversation is None) == (to_user is None):
        raise BadRequest("Name either the conversation or to_user.")
    return pair(sender, to_user) if conversation is None and to_user is not None else conversation or NIL


def check_key(key: uuid.UUID, now_ms: int) -> None:
    """A UUIDv7 carries its time, so the 32 days that keys are remembered can be kept exactly."""
    if key.version == ids.VERSION and not now_ms - 30 * DAY_MS <= ids.millis(key) <= now_ms + DAY_MS:
        raise KeyExpired


def nickname(text: str) -> str:
    return display_name(text) if text else ""


def outcome(wish: str, *, by_caller: bool, accepted: bool) -> Outcome:
    """What a call becomes, of which one side has enough."""
    if accepted:
        return Outcome.COMPLETED
    if by_caller:
        return Outcome.CANCELLED
    return Outcome.BUSY if wish == "busy" else Outcome.REJECTED


class Overdue(NamedTuple):
    """Since when a call may ring, or go on: credentials for TURN last no longer, so its devices are gone."""

    rings_since: datetime
    goes_on_since: datetime

    @classmethod
    def at(cls, now: datetime) -> Self:
        return cls(
            now - timedelta(seconds=settings.LIMITS["ringing_s"]), now - timedelta(seconds=settings.TURN_SECONDS)
        )

    def is_over(self, began_at: datetime, accepted_at: datetime | None) -> bool:
        return accepted_at < self.goes_on_since if accepted_at else began_at < self.rings_since


def check_edit(message: Message, by: uuid.UUID, now: datetime) -> None:
    if message.content is None:
        raise Recalled
    if message.sender_id != by or "forwarded" in json.loads(message.content):
        raise NotYours
    if message.kind_name not in EDITABLE:
        raise NotEditable
    if now - message.created_at > timedelta(hours=LIMITS["edit_hours"]):
        raise TooLate


def check_recall(message: Message, by: uuid.UUID, role: int, now: datetime) -> None:
    """Authors for a while, admins and owners without limit."""
    if message.content is None:
        raise Recalled
    if role >= Role.ADMIN:
        return
    if message.sender_id != by:
        raise NotYours
    if now - message.created_at > timedelta(hours=LIMITS["recall_hours"]):
        raise TooLate

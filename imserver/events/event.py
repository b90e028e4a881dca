"""The one shape in which a conversation's entries reach subscribers. docs/events.md is written from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

Topic = Literal["message", "change", "notice", "self"]
TOPICS: tuple[Topic, ...] = get_args(Topic)


def _object(description: str) -> Meta:
    return Meta(description=description, extra_json_schema={"type": "object"})


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of a conversation's log, told at least once, in the order of `rev` within its conversation.

    A subscriber names what it did by (epoch, conversation, rev), and is safe to be told again.
    """

    topic: Annotated[Topic, Meta(description="A message, a change of one, a notice, or what concerns one person alone")]
    epoch: Annotated[UUID, Meta(description="The life of the database: a restored one gives out revs anew, in another")]
    conversation: UUID
    rev: Annotated[int, Meta(ge=1, description="Its number in the conversation's log, without holes")]
    changed_rev: Annotated[int, Meta(ge=1, description="The rev of the last change folded into `entry`")]
    kind: Annotated[str, Meta(description="As on the socket; a subscriber passes over kinds that it does not know")]
    actor: Annotated[UUID, Meta(description="Who did it")]
    at: Annotated[datetime, Meta(tz=True, description="When it was committed, UTC, milliseconds: never for ordering")]
    entry: Annotated[Raw, _object("As clients get it, with every change until it was published")]
    state: Annotated[Raw | UnsetType, _object("Of a change: the message it changed, spelled like `entry`")] = UNSET


class Malformed(Exception):
    """A record that is no event, and never will be."""


class Unavailable(Exception):
    """The event log, or what a subscriber writes to, cannot be reached: the same call is right later."""


Events = Sequence[Event]
_decoder = msgspec.json.Decoder(Event)
encode = msgspec.json.Encoder().encode


def decode(record: bytes) -> Event:
    """Raises Malformed."""
    try:
        return _decoder.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise Malformed(str(e)) from e

"""Messages copied into another conversation, with where they come from."""

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction

from accounts import queries as people
from messaging import announce, errors, log, rules
from messaging.actions import messages
from messaging.content import FORWARDED
from messaging.models import Entry, Sent
from messaging.writes import Draft

_VERSION: Final = 8
_OF_THE_SERVER: Final = ("call",)
_NOTE: Final = re.compile(rf',"{FORWARDED}":(\{{[^{{}}]*\}})\}}$')  # as _copy leaves it; no client may


class Source(NamedTuple):
    """Messages of one conversation; `key` makes their copies once, however often it is said."""

    conversation_id: UUID
    seqs: Sequence[int]
    key: UUID


@transaction.atomic
def forward(*, user_id: UUID, conversation_id: UUID, source: Source, now: datetime) -> list[int]:
    """The seqs of the copies, in the order asked for. All are made, or none; nothing is of what was recalled before.

    Said again it answers the same, whatever has become of the source since.
    """
    rules.check_key(source.key, int(now.timestamp() * 1000))
    log.hold([conversation_id, source.conversation_id])
    if known := Sent.objects.filter(pk=source.key).first():
        if (known.conversation_id, known.sender_id, known.digest) != (conversation_id, user_id, _digest(source)):
            raise errors.KeyReused
        return [known.seq + place for place in range(len(source.seqs))]
    made = announce.append(_drafts(user_id, conversation_id, source))
    for outcome in made:
        if error := outcome.refusal():
            raise error
    Sent.objects.create(
        key=source.key,
        conversation_id=conversation_id,
        sender_id=user_id,
        rev=made[0].rev,
        seq=made[0].seq,
        digest=_digest(source),
        created_at=now,
    )
    return [outcome.seq for outcome in made]


def _drafts(user_id: UUID, conversation_id: UUID, source: Source) -> list[Draft]:
    found = [messages.found(user_id, source.conversation_id, seq)[1] for seq in source.seqs]
    if any(message.content is None for message in found):
        raise errors.Recalled
    if any(message.kind_name in _OF_THE_SERVER for message in found):
        raise errors.UnknownKind
    named = people.named_in_forwards({author for author in map(_author, found) if author})
    return [
        Draft(conversation_id, user_id, _key(source.key, place), message.kind, _copy(message, named))
        for place, message in enumerate(found)
    ]


def _author(message: Entry) -> UUID | None:
    """Who wrote it first, through any number of copies; None where one of them did not say."""
    note = _NOTE.search(message.content or "")
    sender = json.loads(note[1]).get("sender") if note else message.sender_id
    return sender and UUID(str(sender))


def _copy(message: Entry, named: set[UUID]) -> bytes:
    """The content as it came, to the byte, and who wrote it first, if he lets that be known now."""
    author, content = _author(message), _NOTE.sub("}", (message.content or "").rstrip())
    said = {"sender": str(author)} if author in named else {}
    return f"{content[:-1]},{json.dumps(FORWARDED)}:{json.dumps(said)}}}".encode()


def _digest(source: Source) -> int:
    """What was asked for, as `sent` keeps it: 64 bits."""
    said = f"{source.conversation_id} {' '.join(map(str, source.seqs))}".encode()
    return int.from_bytes(hashlib.sha256(said).digest()[:8], "big", signed=True)


def _key(key: UUID, place: int) -> UUID:
    """A UUIDv8 (RFC 9562 section 5.8) of both: the copies of one key have keys of their own, always the same."""
    number = int.from_bytes(hashlib.sha256(key.bytes + place.to_bytes(4)).digest()[:16], "big")
    return uuid.UUID(int=number & ~(0xF << 76) & ~(3 << 62) | _VERSION << 76 | 2 << 62)

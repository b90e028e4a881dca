"""The log: the only caller of the functions that assign rev, seq and marks (messaging/sql).

An appended message has the next `rev` and the next `seq` of its conversation; any other entry has the next `rev` only.
Both are dense, because append_v1 and record_v1 number them under the conversation's row lock, in the transaction that
inserts them. The same functions write the outbox pointer, so what is stored is also told.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg import Cursor
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

from imserver.errors import DomainError
from messaging import errors
from messaging.events import NUMBERS
from messaging.rules import NIL


class Draft(NamedTuple):
    """A message to append. `content` is checked JSON; `mentions` are comma-separated ids."""

    conversation: UUID
    sender: UUID
    key: UUID
    kind: int
    content: bytes
    reply_to: int | None = None
    mentions: str | None = None


class Outcome(NamedTuple):
    """What became of a draft: its place in the log, or the code and bits of the refusal."""

    code: int
    bits: int
    rev: int
    seq: int
    created_ms: int
    dropped: list[UUID] | None

    @property
    def duplicate(self) -> bool:
        return self.code == DUPLICATE

    def kept(self, mentions: str | None) -> str | None:
        """The mentions that the log took."""
        if not mentions or not self.dropped:
            return mentions
        gone = set(map(str, self.dropped))
        return ",".join(who for who in mentions.split(",") if who not in gone) or None

    def refusal(self) -> DomainError | None:
        if self.code == REFUSED:
            return errors.refusal(self.bits)
        error = _REFUSALS.get(self.code)
        return error() if error else None


class Note(NamedTuple):
    """An entry that is no message. `target` is the seq it changes; `content` is small JSON."""

    conversation: UUID
    kind: str
    actor: UUID = NIL
    target: int | None = None
    content: str | None = None


class Mark(NamedTuple):
    conversation: UUID
    user: UUID
    read_seq: int | None = None
    delivered_seq: int | None = None


class Marked(NamedTuple):
    conversation: UUID
    user: UUID
    read_seq: int
    delivered_seq: int
    moved: bool


APPENDED, NOT_A_MEMBER, REFUSED, DUPLICATE = 0, 1, 2, 3
_REFUSALS: Final[dict[int, type[DomainError]]] = {
    NOT_A_MEMBER: errors.NotAMember,
    4: errors.KeyReused,
    5: errors.BadReply,
}
APPEND: Final[LiteralString] = "select * from append_v1(%s, %s, %s, %s, %s, %s, %s)"
RECORD: Final[LiteralString] = "select * from record_v1(%s, %s, %s, %s, %s)"
MARK: Final[LiteralString] = "select * from mark_v1(%s, %s, %s, %s)"


class Packed(bytes):
    """A PostgreSQL array in binary form, made by hand: a third of the cost of a list (measured, log.sql)."""


class _Uuids(Packed):
    pass


class _Smallints(Packed):
    pass


class _Bigints(Packed):
    pass


class _Texts(Packed):
    pass


def register(adapters: AdaptersMap) -> None:
    """Let a psycopg connection take packed arrays."""
    for cls, oid in ((_Uuids, 2951), (_Smallints, 1005), (_Bigints, 1016), (_Texts, 1009)):
        adapters.register_dumper(cls, type(f"{cls.__name__}Dumper", (_PackedDumper,), {"oid": oid}))


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return obj


def _pack(kind: type[Packed], element: int, size: int, values: Sequence[bytes | None]) -> Packed:
    length = struct.pack(">i", size)
    body = [b"\xff\xff\xff\xff" if value is None else length + value for value in values]
    return kind(struct.pack(">5i", 1, 1, element, len(values), 1) + b"".join(body))


def uuids(values: Iterable[UUID]) -> Packed:
    return _pack(_Uuids, 2950, 16, [value.bytes for value in values])


def bigints(values: Iterable[int | None]) -> Packed:
    return _pack(_Bigints, 20, 8, [None if value is None else value.to_bytes(8, signed=True) for value in values])


def smallints(values: Iterable[int]) -> Packed:
    return _pack(_Smallints, 21, 2, [value.to_bytes(2, signed=True) for value in values])


def texts(values: Iterable[bytes | None]) -> Packed:
    items = [None if value is None else len(value).to_bytes(4) + value for value in values]
    body = [b"\xff\xff\xff\xff" if item is None else item for item in items]
    return _Texts(struct.pack(">5i", 1, 1, 25, len(items), 1) + b"".join(body))


def _text(value: str | None) -> bytes | None:
    return None if value is None else value.encode()


def pack_drafts(drafts: Sequence[Draft]) -> list[Packed]:
    conversations, senders, keys, kinds, contents, replies, mentions = zip(*drafts, strict=True)
    return [
        uuids(conversations),
        uuids(senders),
        uuids(keys),
        smallints(kinds),
        texts(contents),
        bigints(replies),
        texts(map(_text, mentions)),
    ]


def pack_marks(marks: Sequence[Mark]) -> list[Packed]:
    conversations, users, read, delivered = zip(*marks, strict=True)
    return [uuids(conversations), uuids(users), bigints(read), bigints(delivered)]


def _rows(sql: LiteralString, parameters: Sequence[Packed]) -> list[tuple[Any, ...]]:
    connection.ensure_connection()
    link = connection.connection
    register(link.adapters)
    with connection.wrap_database_errors, Cursor(link) as cursor:  # Django's own cursor would quote the arrays as text
        return cursor.execute(sql, parameters, prepare=True).fetchall()


def append(drafts: Sequence[Draft]) -> list[Outcome]:
    """An outcome for each draft, in order. Part of the caller's transaction; a key stands once in `drafts`."""
    try:
        return _append(drafts)
    except IntegrityError:  # a key of ours was committed in another conversation meanwhile: now it is seen
        return _append(drafts)


def _append(drafts: Sequence[Draft]) -> list[Outcome]:
    with transaction.atomic():
        return [Outcome(*row) for row in _rows(APPEND, pack_drafts(drafts))]


def record(notes: Sequence[Note]) -> list[int]:
    """The rev of each note, in order. The caller's transaction holds the conversations' locks."""
    if not connection.in_atomic_block:
        raise RuntimeError("An entry is recorded in the transaction of the change it describes.")
    if not notes:
        return []
    parameters = [
        uuids(note.conversation for note in notes),
        smallints(NUMBERS[note.kind] for note in notes),
        uuids(note.actor for note in notes),
        bigints(note.target for note in notes),
        texts(_text(note.content) for note in notes),
    ]
    return [rev for (rev,) in _rows(RECORD, parameters)]


def mark(marks: Sequence[Mark]) -> list[Marked]:
    """The marks of every pair that is a member; the others are left out."""
    with transaction.atomic():
        return [Marked(*row) for row in _rows(MARK, pack_marks(marks))]


def hold(conversations: Iterable[UUID]) -> None:
    """Lock conversations, in id order: the first statement of every action that is not a plain append."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select from conversation where id = any(%s::uuid[]) order by id for no key update", [list(conversations)]
        )

"""The log: the only caller of the functions that assign rev, seq and marks (messaging/sql).

An appended message has the next `rev` and the next `seq` of its conversation; any other entry has the next `rev` only.
Both are dense, because append_v2 and record_v2 number them under the conversation's row lock, in the transaction that
inserts them. The same functions write the outbox pointer, so what is stored is also told.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from imserver.database import Prepared
from messaging.events import NUMBERS
from messaging.packing import Packed, bigints, smallints, texts, uuids
from messaging.writes import Draft, Mark, Marked, Note, Outcome

APPEND: Final[LiteralString] = "select * from append_v2(%s, %s, %s, %s, %s, %s, %s)"
RECORD: Final[LiteralString] = "select * from record_v2(%s, %s, %s, %s, %s)"
MARK: Final[LiteralString] = "select * from mark_v2(%s, %s, %s, %s)"


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
    with connection.wrap_database_errors, Prepared(connection.connection) as cursor:  # not logged: arrays are binary
        return cursor.execute(sql, parameters).fetchall()


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

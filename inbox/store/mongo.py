"""The inbox in MongoDB. One document per operation, nothing that needs a session or a replica set.

`entries`: {_id: epoch conversation rev, version, item, seq?, target?: [seq, rev], expires}
`conversations`: {_id: epoch conversation, since, applied, expires}

The epoch is part of the key: after a restore PostgreSQL gives out revs anew, and nothing from before may be believed.
An entry is written only over an older version of itself, so order and repetition do not matter. Every change from the
rev `since` to the rev `applied` is folded into the documents that there are; what lies before may have missed a recall.
Behind a gap both begin anew.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import pymongo
from bson import Binary, Int64
from bson.errors import InvalidDocument
from pymongo import DeleteOne, InsertOne, MongoClient, ReadPreference, UpdateOne
from pymongo.errors import BulkWriteError, DocumentTooLarge, PyMongoError
from pymongo.write_concern import WriteConcern

from imserver.database import Rows
from imserver.events.event import Unavailable
from inbox.documents import KEPT, Document, Span
from inbox.store.breaker import Breaker

logger = logging.getLogger(__name__)
Stretch = tuple[UUID, int, int]  # a conversation, and after which rev up to which
Operation = InsertOne[Any] | UpdateOne | DeleteOne
READ_SECONDS, WRITE_SECONDS, PROBE_SECONDS, REST_SECONDS = 0.2, 10.0, 1.0, 5.0
SLICE: Final = 100  # operations of a call: a batch that a slow server cannot do in one has to get on all the same
DUPLICATE_KEY: Final = 11000
OUR_FAULT: Final = {2, 121, 10334, 17280}  # bad value, validation, too large, key too long: no later try can do it
TTL: Final = "expires_ttl"


def key(epoch: UUID, conversation: UUID, rev: int) -> Binary:
    """As bytes in this order a range of revs is a range of keys, on any server: no documents are compared."""
    return Binary(_place(epoch, conversation) + rev.to_bytes(8, "big"))


def rev_of(found: Mapping[str, Any]) -> int:
    return int.from_bytes(found["_id"][-8:], "big")


def _place(epoch: UUID, conversation: UUID) -> Binary:
    return Binary(epoch.bytes + conversation.bytes)


@contextmanager
def outages() -> Iterator[None]:
    """Whatever goes wrong between us and MongoDB is an outage, but for documents that it will never take."""
    try:
        yield
    except (BulkWriteError, DocumentTooLarge, InvalidDocument):
        raise
    except PyMongoError as e:
        raise Unavailable(f"MongoDB: {e}"[:300]) from e


class Mongo:
    def __init__(self, url: str, database: str):
        self._client: MongoClient[dict[str, Any]] = MongoClient(
            url,
            uuidRepresentation="standard",
            tz_aware=True,
            connect=False,
            serverSelectionTimeoutMS=2_000,
            connectTimeoutMS=10_000,  # also of the heartbeat: a slow one would cancel what is under way
            appname="imserver",
        )
        concern = WriteConcern(w="majority", wtimeout=int(WRITE_SECONDS * 1000))
        # Whatever the address says: only the primary has all that was acknowledged.
        there = self._client.get_database(database, write_concern=concern, read_preference=ReadPreference.PRIMARY)
        self._entries, self._conversations = there["entries"], there["conversations"]
        self._breaker = Breaker(REST_SECONDS)

    def make_indexes(self) -> None:
        """Reads go by `_id`; MongoDB itself deletes what has expired. Raises Unavailable."""
        with outages(), pymongo.timeout(WRITE_SECONDS * 6):
            for collection in (self._entries, self._conversations):
                collection.create_index("expires", name=TTL, expireAfterSeconds=0)

    def trouble(self) -> str:
        try:
            with pymongo.timeout(PROBE_SECONDS):
                indexes = self._entries.index_information()
        except PyMongoError as e:
            return f"MongoDB does not answer ({type(e).__name__})"
        return "" if TTL in indexes else "MongoDB has no indexes: python manage.py inbox indexes"

    def close(self) -> None:
        with pymongo.timeout(READ_SECONDS):  # it says good-bye
            self._client.close()

    # --- reading ------------------------------------------------------------------------------------

    def read(self, epoch: UUID, wanted: Sequence[Stretch]) -> Rows:
        """(since, applied, documents, states by rev) of each; where it cannot be said now, or in time, nothing is."""
        found: Rows = []
        if not self._breaker.is_open:
            try:
                for one in self._readings(epoch, wanted):
                    found.append(one)
            except PyMongoError as e:
                self._breaker.failed()
                logger.warning("MongoDB is left alone for %.0f s: %s", REST_SECONDS, e)
        return found + [(0, 0, [], {})] * (len(wanted) - len(found))

    def _readings(self, epoch: UUID, wanted: Sequence[Stretch]) -> Iterator[tuple[Any, ...]]:
        until = time.monotonic() + READ_SECONDS
        with pymongo.timeout(READ_SECONDS):
            # First what is applied: what is read after it is at least as new.
            reached = self._applied(epoch, {conversation for conversation, _, _ in wanted})
        for conversation, after, upto in wanted:
            if time.monotonic() > until:
                return
            with pymongo.timeout(READ_SECONDS):
                known = reached.get(conversation)
                found = self._documents(epoch, conversation, after, upto) if known else ([], {})
            yield (*(known or (0, 0)), *found)

    def _documents(self, epoch: UUID, conversation: UUID, after: int, upto: int) -> tuple[list[Any], dict[int, bytes]]:
        found = self.between(epoch, conversation, after, upto)
        targets = [key(epoch, conversation, one["target"][1]) for one in found if "target" in one]
        states = list(self._entries.find({"_id": {"$in": targets}})) if targets else []
        return found, {rev_of(one): one["item"] for one in states}

    def applied(self, epoch: UUID, conversation: UUID) -> tuple[int, int]:
        """From which rev on, and up to which."""
        return self._applied(epoch, [conversation]).get(conversation, (0, 0))

    def _applied(self, epoch: UUID, conversations: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
        places = [_place(epoch, conversation) for conversation in conversations]
        found = self._conversations.find({"_id": {"$in": places}})
        return {UUID(bytes=one["_id"][16:]): (one["since"], one["applied"]) for one in found}

    def between(self, epoch: UUID, conversation: UUID, after: int, upto: int) -> list[dict[str, Any]]:
        """Documents in order of rev."""
        span = {"$gt": key(epoch, conversation, after), "$lte": key(epoch, conversation, upto)}
        return list(self._entries.find({"_id": span}).sort("_id", 1))

    # --- writing ------------------------------------------------------------------------------------

    def write(self, documents: Iterable[Document]) -> None:
        """Each over an older version of itself. Raises Unavailable."""
        self._write(documents, "$lt")

    def cover(self, documents: Iterable[Document]) -> None:
        """Also over the same version: for repairs. Raises Unavailable."""
        self._write(documents, "$lte")

    def _write(self, documents: Iterable[Document], older: str) -> None:
        wanted = list(documents)
        # Most are new. To look for an older version of what is not there is dear.
        there = self._bulk(self._entries, [InsertOne({"_id": key(*one[:3]), **_fields(one)}) for one in wanted])
        self._bulk(
            self._entries,
            [
                UpdateOne({"_id": key(*one[:3]), "version": {older: one.version}}, {"$set": _fields(one)})
                for one in (wanted[i] for i in there)
            ],
        )

    def forget(self, documents: Iterable[Document]) -> None:
        """Whatever is older than these. Raises Unavailable."""
        self._bulk(
            self._entries, [DeleteOne({"_id": key(*one[:3]), "version": {"$lt": one.version}}) for one in documents]
        )

    def delete(self, found: Iterable[Mapping[str, Any]]) -> None:
        """Just these versions. Raises Unavailable."""
        self._bulk(self._entries, [DeleteOne({"_id": one["_id"], "version": one["version"]}) for one in found])

    def advance(self, spans: Iterable[Span]) -> None:
        """What is applied now. Raises Unavailable."""
        wanted = list(spans)
        behind_a_gap = self._bulk(self._conversations, [_advance(one) for one in wanted])
        self._bulk(self._conversations, [_begin_anew(wanted[i]) for i in behind_a_gap])

    def vouch(self, span: Span) -> None:
        """All of a conversation up to `last_rev` is there: for repairs. Raises Unavailable."""
        place, last, since = _place(*span[:2]), span.last_rev, {"since": Int64(span.first_rev)}
        joined = {"_id": place, "since": {"$lte": Int64(last + 1)}, "applied": {"$gte": Int64(last)}}
        short = {"_id": place, "applied": {"$lt": Int64(last)}}
        if self._bulk(self._conversations, [InsertOne({"_id": place, **since, **_reached(span)})]):
            self._bulk(self._conversations, [UpdateOne(joined, {"$min": since})])
            self._bulk(self._conversations, [UpdateOne(short, {"$set": {**since, **_reached(span)}})])

    def conversations(self, epoch: UUID) -> Iterator[UUID]:
        with outages():
            for found in self._conversations.find({}, {"_id": 1}):
                if found["_id"].startswith(epoch.bytes):
                    yield UUID(bytes=found["_id"].removeprefix(epoch.bytes))

    def _bulk(self, collection: Any, operations: Sequence[Operation]) -> list[int]:
        """The numbers of those that met their key. Raises Unavailable."""
        refused: list[int] = []
        for first in range(0, len(operations), SLICE):
            try:
                with outages(), pymongo.timeout(WRITE_SECONDS):
                    collection.bulk_write(operations[first : first + SLICE], ordered=False)
            except BulkWriteError as e:
                refused += (first + number for number in _there(e))
        return refused


def _fields(one: Document) -> Mapping[str, Any]:
    found: dict[str, Any] = {"version": Int64(one.version), "item": Binary(one.item), "expires": one.expires}
    if one.seq is not None:
        found["seq"] = Int64(one.seq)
    if one.target is not None:
        found["target"] = [Int64(number) for number in one.target]
    return found


def _advance(span: Span) -> UpdateOne:
    """Where a document lacks what is before these entries, this meets its key."""
    known = {"_id": _place(*span[:2]), "applied": {"$gte": Int64(span.first_rev - 1)}}
    return UpdateOne(known, {"$max": _reached(span), "$setOnInsert": {"since": Int64(span.first_rev)}}, upsert=True)


def _begin_anew(span: Span) -> UpdateOne:
    lacking = {"_id": _place(*span[:2]), "applied": {"$lt": Int64(span.first_rev - 1)}}
    return UpdateOne(lacking, {"$set": {"since": Int64(span.first_rev), **_reached(span)}})


def _reached(span: Span) -> dict[str, Any]:
    return {"applied": Int64(span.last_rev), "expires": span.at + KEPT * 2}


def _there(error: BulkWriteError) -> list[int]:
    """Raises Unavailable, or the error itself where no later try can do it."""
    details = error.details or {}
    errors: list[Mapping[str, Any]] = details.get("writeErrors", [])
    others = [one for one in errors if one["code"] != DUPLICATE_KEY] + details.get("writeConcernErrors", [])
    if any(one.get("code") in OUR_FAULT for one in others):
        raise error
    if others:
        raise Unavailable(f"MongoDB: {others[0]}"[:300]) from error
    return [one["index"] for one in errors]

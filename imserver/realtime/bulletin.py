"""What travels on the bus, from whoever committed to every gateway that has a listener."""

import re
import struct
from collections.abc import Iterable, Iterator, Sequence

import msgspec


class Entries(msgspec.Struct, tag="e", array_like=True):
    """Consecutive entries after `prev`, spelled. `last_seq` is the highest message number among them, or 0."""

    conversation: str
    prev: int
    items: list[bytes]
    last_seq: int
    plain: bool  # messages only: nothing here changes who listens

    @property
    def last_rev(self) -> int:
        return self.prev + len(self.items)


class Ring(msgspec.Struct, tag="r", array_like=True):
    """The sure lane: these revs are stored. Whoever has not seen them fetches them."""

    conversation: str
    first_rev: int
    last_rev: int


class Shout(msgspec.Struct, tag="s", array_like=True):
    """A ready frame (without its opening brace) for every socket of the topics but those of `besides`."""

    body: bytes
    besides: list[str] = []
    session: str = ""  # if named, to its sockets alone
    droppable: bool = False
    once: str = ""  # of those named alike a gateway passes one on in lately.TYPING_SECONDS


class Beat(msgspec.Struct, tag="b", array_like=True):
    """A gateway hears itself through Redis."""


class Revoked(msgspec.Struct, tag="x", array_like=True):
    """Sessions that ended, and the code that closes their sockets."""

    sessions: list[str]
    code: int = 4401


class Moved(msgspec.Struct, tag="m", array_like=True):
    """This person came or went, or is seen by others than before: look again."""

    user: str


Bulletin = Entries | Ring | Shout | Beat | Revoked | Moved
Item = tuple[tuple[str, ...], Bulletin]

_MESSAGE = re.compile(rb'\{"rev":\d+,"seq":(\d+)')
encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Bulletin).decode


def unpack(payload: bytes) -> Iterator[Item]:
    """The items of one publication, as deliver.lua lays them: two lengths, the topics, the bulletin."""
    at = 0
    while at < len(payload):
        topics, blob = struct.unpack_from(">II", payload, at)
        at += 8
        yield tuple(payload[at : at + topics].decode().split(" ")), _decode(payload[at + topics : at + topics + blob])
        at += topics + blob


def moved(users: Iterable[str]) -> list[Item]:
    return [((f"presence:{user}",), Moved(user)) for user in users]


def last_seq(items: Sequence[bytes]) -> int:
    """The highest message number among spelled entries, or 0."""
    return next((int(found[1]) for item in reversed(items) if (found := _MESSAGE.match(item))), 0)


def trim(entries: Entries, last: int) -> Entries:
    """What of the entries lies above `last`."""
    seen = max(last - entries.prev, 0)
    if not seen:
        return entries
    return Entries(entries.conversation, entries.prev + seen, entries.items[seen:], entries.last_seq, entries.plain)

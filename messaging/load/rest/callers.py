"""What each scenario asks, and what a right answer is."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from messaging.load import wire
from messaging.load.rest.plan import Request

PAGE = 50


class Head(msgspec.Struct, gc=False):
    conversation: str
    rev: int


class Heads(msgspec.Struct, gc=False):
    items: list[Head]


class Message(msgspec.Struct, gc=False):
    seq: int
    rev: int


class Stretch(msgspec.Struct, gc=False):
    items: list[Message]
    complete: bool


_heads, _stretch = msgspec.json.Decoder(Heads), msgspec.json.Decoder(Stretch)
_message = msgspec.json.Decoder(Message)


class Reading:
    status = 200

    def wrote(self) -> Mapping[str, int]:
        return {}


@dataclass
class Lister(Reading):
    """Reads the first page of the own conversations, in which nothing moves."""

    token: str
    revs: dict[str, int]

    def ask(self) -> Request:
        return Request("GET", f"/v1/conversations?limit={PAGE}")

    def is_right(self, body: bytes) -> bool:
        found = _heads.decode(body).items
        known = {head.conversation for head in found if self.revs.get(head.conversation) == head.rev}
        return len(known) == len(found) == min(PAGE, len(self.revs))


@dataclass
class Reader(Reading):
    """Reads a page anywhere in one long conversation."""

    token: str
    conversation: str
    last: int
    before: int = 0

    def ask(self) -> Request:
        self.before = random.randint(PAGE + 1, self.last + 1)  # noqa: S311
        return Request("GET", f"/v1/conversations/{self.conversation}/messages?before_seq={self.before}&limit={PAGE}")

    def is_right(self, body: bytes) -> bool:
        found = _stretch.decode(body)
        return [message.seq for message in found.items] == [*range(self.before - PAGE, self.before)]


@dataclass
class Writer:
    """Writes where nobody else does, so each answer has the next rev."""

    token: str
    conversation: str
    rev: int
    size: int
    status = 201

    def ask(self) -> Request:
        body = {"key": wire.key(), "kind": "text", "content": {"text": "x" * self.size}}
        return Request("POST", f"/v1/conversations/{self.conversation}/messages", msgspec.json.encode(body))

    def is_right(self, body: bytes) -> bool:
        self.rev += 1
        return _message.decode(body).rev == self.rev

    def wrote(self) -> Mapping[str, int]:
        return {self.conversation: self.rev}

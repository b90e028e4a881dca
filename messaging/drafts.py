"""What a person sends and how it is answered, through either door. Pure."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings

from imserver.gateway.protocol import Natural
from messaging import entries, rules
from messaging.content import check_content, is_newer, newer
from messaging.errors import TooManyMentions
from messaging.events import NUMBERS
from messaging.rules import NIL
from messaging.writes import Draft, Outcome

Mentioned = Annotated[str, msgspec.Meta(pattern=r"^(all|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")]


class Message(msgspec.Struct):
    """What a person sends, through either door."""

    key: UUID
    kind: str
    content: msgspec.Raw
    reply_to: Natural | None = None
    mentions: list[Mentioned] = []


def checked(message: Message, conversation: UUID, sender: UUID, now_ms: int) -> Draft:
    """The draft, where no rule is broken. Raises the DomainError of the rule."""
    rules.check_key(message.key, now_ms)
    content = bytes(message.content)
    check_content(message.kind, content)
    mentions = mentioned(message.mentions) if message.mentions else None
    kind = message.kind
    if is_newer(kind):
        kind, content = "unsupported", newer(kind, content)
    return Draft(conversation, sender, message.key, NUMBERS[kind], content, message.reply_to, mentions)


def mentioned(people: Iterable[str]) -> str | None:
    """Ids as the log stores them, each once; nil stands for all. Raises TooManyMentions."""
    wanted = dict.fromkeys(str(NIL) if who == "all" else who for who in people)
    if len(wanted) > settings.LIMITS["mentions"]:
        raise TooManyMentions
    return ",".join(wanted) or None


class Sent(NamedTuple):
    """The data of an `ok` to message.send, and the body of its REST answer."""

    draft: Draft
    outcome: Outcome
    prev: int
    created_at: str

    def spelled(self) -> bytes:
        outcome = self.outcome
        return b'{"conversation":"%b","rev":%d,"prev":%d,"seq":%d,"created_at":"%b","duplicate":%b%b}' % (
            str(self.draft.conversation).encode(),
            outcome.rev,
            self.prev,
            outcome.seq,
            self.created_at.encode(),
            b"true" if outcome.duplicate else b"false",
            entries.dropped(",".join(map(str, outcome.dropped or ()))),
        )

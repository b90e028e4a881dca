"""What the log is asked to write, and what became of it."""

from typing import Final, NamedTuple
from uuid import UUID

from imserver.errors import DomainError
from messaging import errors
from messaging.entries import moment
from messaging.rules import NIL

APPENDED, NOT_A_MEMBER, REFUSED, DUPLICATE = 0, 1, 2, 3
_REFUSALS: Final[dict[int, type[DomainError]]] = {
    NOT_A_MEMBER: errors.NotAMember,
    4: errors.KeyReused,
    5: errors.BadReply,
}


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
    created_ms: int  # of a refusal for a while: when that is over; of any other, None
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
            until = {} if self.created_ms is None else {"until": moment(self.created_ms)}
            return errors.refusal(self.bits, until)
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
    shown_seq: int  # what others see of it
    delivered_seq: int
    moved: bool
    told: bool  # what others see has moved

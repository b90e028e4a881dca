"""What a lane says once a batch is in the log: to those who sent it, and to those who hear it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from imserver.errors import DomainError
from imserver.realtime.bulletin import Entries, Item, Ring
from messaging import entries
from messaging.entries import Row
from messaging.queries import Audience
from messaging.writes import APPENDED, Draft, Outcome


class Sending(Protocol):
    """A draft and whoever waits for its answer."""

    draft: Draft
    rev: int
    socket: Any

    def appended(self, outcome: Outcome, created_at: str) -> None:
        """It is in the log; `give` follows in its turn."""

    def give(self, prev: int) -> None: ...

    def refused(self, outcome: Outcome) -> None: ...

    def error(self, error: DomainError) -> None: ...

    def fail(self) -> None: ...


def settle(
    batch: Sequence[Sending], outcomes: Sequence[Outcome], places: Mapping[UUID, Audience]
) -> tuple[list[Item], dict[str, list[Sending]]]:
    """What the hub is to tell: answers and entries leave together, in the order of the log."""
    runs: dict[UUID, list[tuple[Sending, Outcome]]] = {}
    items: list[Item] = []
    for sending, outcome in zip(batch, outcomes, strict=True):
        if outcome.code == APPENDED:
            runs.setdefault(sending.draft.conversation, []).append((sending, outcome))
        elif outcome.duplicate:
            sending.appended(outcome, entries.moment(outcome.created_ms))
            sending.give(outcome.rev - 1)
            place = places[sending.draft.conversation]
            items.append((place.topics, Ring(str(sending.draft.conversation), outcome.rev, outcome.rev)))
        else:
            sending.refused(outcome)
    answers: dict[str, list[Sending]] = {}
    for conversation, run in runs.items():
        name = str(conversation)
        answers[name] = [sending for sending, _ in run]
        items.append((places[conversation].topics, _entries(name, run)))
    return items, answers


def _entries(conversation: str, run: Sequence[tuple[Sending, Outcome]]) -> Entries:
    spelled = []
    for sending, outcome in run:
        sending.appended(outcome, entries.moment(outcome.created_ms))
        spelled.append(entries.spell(row(sending.draft, outcome)))
    return Entries(conversation, run[0][1].rev - 1, spelled, run[-1][1].seq, plain=True)


def row(draft: Draft, outcome: Outcome) -> Row:
    """The entry that a draft became, as a query would read it."""
    return Row(
        draft.conversation,
        outcome.rev,
        outcome.seq,
        draft.kind,
        draft.sender,
        draft.key,
        draft.content.decode(),
        draft.reply_to,
        outcome.kept(draft.mentions),
        target=None,
        changed_rev=outcome.rev,
        edited_ms=None,
        created_ms=outcome.created_ms,
        blanked_by=None,
        blanked_ms=None,
    )

"""Calls between two people: who may ring, who was first to accept, and the one message that a call leaves.

What the two devices say to each other about their connection is passed on unread, and is not here.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from messaging import announce, errors, log, rules
from messaging.actions import seating
from messaging.events import NUMBERS
from messaging.models import Call, Member
from messaging.rules import Kind, Outcome, Overdue
from messaging.writes import Draft, Marked

_PRESENT: Final = (Outcome.COMPLETED, Outcome.REJECTED, Outcome.BUSY)  # who was called knows of it


class Party(NamedTuple):
    """A person, by one of his devices."""

    user: UUID
    session: UUID


@transaction.atomic
def ring(*, call_id: UUID, caller: Party, conversation_id: UUID, media: str, now: datetime) -> Call:
    """Who may write to a person may call. The same id again is the same call."""
    log.hold([conversation_id])
    member = seating.taken(caller.user, conversation_id)
    if member.conversation.kind != Kind.DIRECT:
        raise errors.NoCallHere
    if bits := member.refused(now):
        raise errors.refusal(bits)
    if known := Call.objects.filter(pk=call_id).first():
        if (known.caller_id, known.caller_session) != caller or known.outcome:
            raise errors.CallGone
        return known
    callee = Member.objects.exclude(user_id=caller.user).get(conversation_id=conversation_id)
    _rows(callee).filter(opened=False).update(opened=True, joined_at=Now())  # to ring somebody shows him where
    return Call.objects.create(
        id=call_id,
        conversation_id=conversation_id,
        caller_id=caller.user,
        caller_session=caller.session,
        callee_id=callee.user_id,
        media=media,
        began_at=now,
    )


def accept(*, call_id: UUID, by: Party, now: datetime) -> Call:
    """The first device that accepts in time has the call; to all others it is gone, and across a block."""
    with _held(call_id, by.user) as call:
        if call.callee_id != by.user or call.outcome or seating.taken(by.user, call.conversation_id).denied:
            raise errors.CallGone
        if Overdue.at(now).is_over(call.began_at, call.accepted_at):
            raise errors.CallGone
        if call.callee_session not in (None, by.session):
            raise errors.CallGone
        if call.callee_session is None:
            call.callee_session, call.accepted_at = by.session, now
            call.save(update_fields=["callee_session", "accepted_at"])
        return call


def end(*, call_id: UUID, by: Party, wish: str, now: datetime) -> bool:
    """reject, busy, cancel, hangup: whatever comes first is its outcome. Returns whether this did. Safe to repeat.

    While it rings any device of the two may; once accepted, the two devices that speak.
    """
    with _held(call_id, by.user) as call:
        if call.accepted_at and by.session not in (call.caller_session, call.callee_session):
            raise errors.CallGone
        if call.outcome:
            return False
        by_caller, accepted = by.user == call.caller_id, call.accepted_at is not None
        _close(call, rules.outcome(wish, by_caller=by_caller, accepted=accepted), call.accepted_at and now)
        return True


def lapse(*, call_id: UUID, now: datetime) -> bool:
    """It rang long enough, or nobody ended it. Returns whether it was so. How long they spoke is not known."""
    with _held(call_id) as call:
        if call.outcome or not Overdue.at(now).is_over(call.began_at, call.accepted_at):
            return False
        _close(call, Outcome.COMPLETED if call.accepted_at else Outcome.MISSED)
        return True


@contextmanager
def _held(call_id: UUID, user_id: UUID | None = None) -> Iterator[Call]:
    """The conversation's lock holds the call too. To strangers there is none."""
    with transaction.atomic():
        log.hold(Call.objects.filter(pk=call_id).values_list("conversation_id", flat=True))
        call = Call.objects.filter(pk=call_id).first()
        if call is None or user_id not in (None, call.caller_id, call.callee_id):
            raise errors.CallGone
        yield call


def _close(call: Call, outcome: Outcome, spoke_until: datetime | None = None) -> None:
    call.outcome = outcome
    call.save(update_fields=["outcome"])
    said: dict[str, Any] = {"call": str(call.pk), "media": call.media, "outcome": outcome}
    if call.accepted_at and spoke_until:
        said["duration_s"] = max(0, round((spoke_until - call.accepted_at).total_seconds()))
    before = {one.user_id: one for one in Member.objects.filter(conversation_id=call.conversation_id)}
    draft = Draft(call.conversation_id, call.caller_id, call.pk, NUMBERS["call"], json.dumps(said).encode())
    [written] = announce.append([draft])
    if written.refusal():  # blocked meanwhile, or the key is somebody's: it is over all the same, and leaves nothing
        return
    caller, callee = before[call.caller_id], before[call.callee_id]
    if caller.read_up_to < written.seq - 1:
        _put_back(caller)
    if outcome in _PRESENT and callee.read_up_to == written.seq - 1:
        _rows(callee).update(read_seq=written.seq)
    announce.marks([_marked(one) for row in (caller, callee) for one in _rows(row)])


def _put_back(caller: Member) -> None:
    """Nobody wrote this message: it moves no mark of who had not read all before it."""
    own_ahead = caller.own_ahead + 1
    _rows(caller).update(read_seq=caller.read_seq, shown_seq=caller.shown_seq, own_ahead=own_ahead)


def _rows(member: Member) -> QuerySet[Member]:
    return Member.objects.filter(conversation_id=member.conversation_id, user_id=member.user_id)


def _marked(one: Member) -> Marked:
    place, user = one.conversation_id, one.user_id
    return Marked(place, user, one.read_seq, one.shown_seq, one.delivered_seq, moved=True, told=True)

"""What a person notes for himself of messages and conversations: nobody else hears of it, all of his devices do."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from messaging import announce, errors, log, rules
from messaging.actions import messages, pairs, seating
from messaging.models import Entry, Hidden, Member, Saved, Star
from messaging.rules import Kind, Notify
from messaging.writes import Note

_MOMENTS: Final = {"pinned": "pinned_at", "archived": "archived_at"}


class Desk:
    """A conversation and one's own log, both held."""

    def __init__(self, user_id: UUID, conversation_id: UUID):
        self.user_id, self.place = user_id, conversation_id
        self._log = pairs.self_logs([user_id])[user_id]
        log.hold([conversation_id, self._log])

    def member(self) -> Member:
        return seating.taken(self.user_id, self.place)

    def note(self, kind: str, **content: Any) -> Note:
        said = json.dumps({"conversation": str(self.place), **content}, ensure_ascii=False)
        return Note(self._log, kind, self.user_id, content=said)

    def tell(self, kind: str, **content: Any) -> None:
        announce.record([self.note(kind, **content)])


@transaction.atomic
def hide(*, user_id: UUID, conversation_id: UUID, seq: int) -> None:
    """Delete a message for oneself, for good; it counts as read. Safe to repeat."""
    desk = Desk(user_id, conversation_id)
    if Hidden.objects.filter(user_id=user_id, conversation_id=conversation_id, seq=seq).exists():
        return
    messages.found(user_id, conversation_id, seq)
    Hidden.objects.create(user_id=user_id, conversation_id=conversation_id, seq=seq)
    Star.objects.filter(user_id=user_id, conversation_id=conversation_id, seq=seq).delete()
    desk.tell("message.hidden", seq=seq)


@transaction.atomic
def clear(*, user_id: UUID, conversation_id: UUID, before_seq: int) -> int:
    """Everything up to a message is gone for oneself. Returns up to which; never less than before."""
    desk = Desk(user_id, conversation_id)
    member = desk.member()
    upto = min(before_seq, member.conversation.seq)
    if upto <= member.hidden_before:
        return member.hidden_before
    own = Entry.objects.filter(conversation_id=conversation_id, sender_id=user_id, seq__gt=max(upto, member.read_seq))
    ahead = own.count() if member.own_ahead else 0
    Member.objects.filter(user_id=user_id, conversation_id=conversation_id).update(hidden_before=upto, own_ahead=ahead)
    for noted in (Hidden, Star):
        noted.objects.filter(user_id=user_id, conversation_id=conversation_id, seq__lte=upto).delete()
    desk.tell("history.cleared", before_seq=upto)
    return upto


@transaction.atomic
def star(*, user_id: UUID, conversation_id: UUID, seq: int, now: datetime) -> None:
    """Keep a message among one's own. Safe to repeat."""
    desk = Desk(user_id, conversation_id)
    _, message = messages.found(user_id, conversation_id, seq)
    if message.content is None:
        raise errors.Recalled
    mine = Star.objects.filter(user_id=user_id)
    if mine.filter(conversation_id=conversation_id, seq=seq).exists():
        return
    if mine.count() >= settings.LIMITS["stars"]:
        raise errors.TooManyStars
    Star.objects.create(user_id=user_id, conversation_id=conversation_id, seq=seq, at=now)
    desk.tell("message.starred", seq=seq)


@transaction.atomic
def unstar(*, user_id: UUID, conversation_id: UUID, seq: int) -> None:
    """Safe to repeat, also where the message is gone."""
    desk = Desk(user_id, conversation_id)
    if Star.objects.filter(user_id=user_id, conversation_id=conversation_id, seq=seq).delete()[0]:
        desk.tell("message.unstarred", seq=seq)


@transaction.atomic
def save_draft(*, user_id: UUID, conversation_id: UUID, content: str, now: datetime) -> None:
    """What one began to write, as one's client spells it; empty takes it away. The last one counts.

    The log says only that there is another: what was never sent does not stay in it.
    """
    desk = Desk(user_id, conversation_id)
    desk.member()
    known = Saved.objects.filter(user_id=user_id, conversation_id=conversation_id)
    if not content:
        if not known.delete()[0]:
            return
    elif known.filter(content=content).exists():
        return
    elif not known.update(content=content, at=now):
        Saved.objects.create(user_id=user_id, conversation_id=conversation_id, content=content, at=now)
    desk.tell("draft.updated", empty=not content)


@transaction.atomic
def settle(*, user_id: UUID, conversation_id: UUID, changes: Mapping[str, Any], now: datetime) -> None:
    """notify, pinned, archived, marked_unread, nickname; those that are named. A nickname is seen by the group."""
    desk = Desk(user_id, conversation_id)
    member = desk.member()
    values = {_MOMENTS.get(name, name): _stored(name, value, now) for name, value in changes.items()}
    changed = {name: value for name, value in values.items() if _differs(getattr(member, name), value)}
    if not changed:
        return
    Member.objects.filter(user_id=user_id, conversation_id=conversation_id).update(**changed)
    own = {name: value for name, value in changes.items() if _MOMENTS.get(name, name) in changed}
    if own.get("marked_unread"):
        own["read_seq"] = member.read_seq  # whoever has read further since knows that it is over
    notes = [desk.note("conversation.updated", **own)]
    if "nickname" in changed and member.conversation.kind == Kind.GROUP:
        if member.conversation.post_role == rules.CLOSED:
            raise errors.Closed
        said = {"user": str(user_id), "nickname": changed["nickname"]}
        notes.append(Note(conversation_id, "member.named", user_id, content=json.dumps(said)))
    announce.record(notes)


def _stored(name: str, value: Any, now: datetime) -> Any:
    if name in _MOMENTS:
        return now if value else None
    if name == "notify":
        return Notify[value.upper()].value
    return rules.nickname(value) if name == "nickname" else value


def _differs(one: Any, other: Any) -> bool:
    if isinstance(one, datetime) or isinstance(other, datetime):
        return (one is None) != (other is None)
    return bool(one != other)

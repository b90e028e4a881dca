"""What members add to a message, for everybody to see: reactions and pins. Each is an entry, and part of its state."""

import json
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from messaging import announce, emoji, errors, log
from messaging.actions import messages, seating
from messaging.models import Entry, Reaction
from messaging.rules import Kind, Role
from messaging.writes import Note

_FOLD: Final = """
update entry set reactions = (
  select json_agg(json_build_object('emoji', emoji, 'count', count, 'users', users) order by first, emoji)::text from (
    select emoji, count(*) as count, min(at) as first, (array_agg(user_id order by at, user_id))[:%s] as users
    from reaction where conversation_id = %s and seq = %s group by emoji) r)
where conversation_id = %s and seq = %s
"""
_POST_ROLE: Final = 32  # who only may not write may react


@transaction.atomic
def react(*, user_id: UUID, conversation_id: UUID, seq: int, text: str, now: datetime) -> int:
    """Put an emoji to a message. Returns the rev of the change; safe to repeat."""
    wanted = emoji.one(text)
    log.hold([conversation_id])
    message = _open(user_id, conversation_id, seq, now)
    there = Reaction.objects.filter(conversation_id=conversation_id, seq=seq)
    if there.filter(user_id=user_id, emoji=wanted).exists():
        return message.changed_rev
    mine = there.filter(user_id=user_id).count() >= settings.LIMITS["reactions_of_one"]
    known = there.filter(emoji=wanted).exists()
    if mine or (not known and there.values("emoji").distinct().count() >= settings.LIMITS["reactions"]):
        raise errors.TooManyReactions
    Reaction.objects.create(conversation_id=conversation_id, seq=seq, user_id=user_id, emoji=wanted, at=now)
    return _fold(user_id, conversation_id, seq, {"emoji": wanted, "added": True})


@transaction.atomic
def unreact(*, user_id: UUID, conversation_id: UUID, seq: int, text: str, now: datetime) -> int:
    """Take it back. Safe to repeat."""
    wanted = emoji.one(text)
    log.hold([conversation_id])
    message = _open(user_id, conversation_id, seq, now)
    mine = Reaction.objects.filter(conversation_id=conversation_id, seq=seq, user_id=user_id, emoji=wanted)
    if not mine.delete()[0]:
        return message.changed_rev
    return _fold(user_id, conversation_id, seq, {"emoji": wanted, "added": False})


def _open(user_id: UUID, conversation_id: UUID, seq: int, now: datetime) -> Entry:
    """The message, which is not recalled, of somebody who may take part. The conversation is held."""
    member, message = messages.found(user_id, conversation_id, seq)
    if bits := member.refused(now) & ~_POST_ROLE:
        raise errors.refusal(bits)
    if message.content is None:
        raise errors.Recalled
    return message


def _fold(user_id: UUID, conversation_id: UUID, seq: int, delta: dict[str, object]) -> int:
    [rev] = announce.record([Note(conversation_id, "reaction", user_id, seq, json.dumps(delta, ensure_ascii=False))])
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [settings.LIMITS["group_marks"], conversation_id, seq, conversation_id, seq])
    return rev


@transaction.atomic
def pin(*, user_id: UUID, conversation_id: UUID, seq: int, pinned: bool, now: datetime) -> int:
    """Pin a message for all, or unpin it: in a group by its admins. Returns the rev of the change; safe to repeat."""
    log.hold([conversation_id])
    message = _open(user_id, conversation_id, seq, now)
    member = seating.taken(user_id, conversation_id)
    if member.conversation.kind == Kind.GROUP and member.role < Role.ADMIN:
        raise errors.PostRole("Only admins pin messages here.")
    if (message.pinned_at is not None) == pinned:
        return message.changed_rev
    held = Entry.objects.filter(conversation_id=conversation_id, seq__isnull=False, pinned_at__isnull=False)
    if pinned and held.count() >= settings.LIMITS["pins"]:
        raise errors.TooManyPins
    [rev] = announce.record([Note(conversation_id, "pin" if pinned else "unpin", user_id, seq)])
    Entry.objects.filter(conversation_id=conversation_id, seq=seq).update(pinned_at=now if pinned else None)
    return rev

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from messaging import announce, errors, log, rules
from messaging.actions import mentioning, seating
from messaging.content import check_content
from messaging.models import Conversation, Entry, Hidden, Member, Mention, Reaction, Revision, Star
from messaging.writes import Draft, Note, Outcome


@transaction.atomic
def send(*, draft: Draft) -> Outcome:
    """Append a checked message. A repeated key returns the first result, so clients may retry."""
    [outcome] = announce.append([draft])
    if error := outcome.refusal():
        raise error
    return outcome


class Edited(NamedTuple):
    """The new content; with `mentions` also who is named in it, as drafts.mentioned spells them."""

    content: bytes
    mentions: str | None = None
    names: bool = False


@transaction.atomic
def edit(*, user_id: UUID, conversation_id: UUID, seq: int, edited: Edited, now: datetime) -> str | None:
    """Replace the content of one's own message; the older text is kept for staff. Returns the mentions dropped."""
    log.hold([conversation_id])
    member, message = found(user_id, conversation_id, seq)
    if bits := member.refused(now):
        raise errors.refusal(bits)
    rules.check_edit(message, user_id, now)
    check_content(message.kind_name, edited.content)
    mentions, dropped = mentioning.sift(member, edited.mentions) if edited.names else (message.mentions, None)
    text = edited.content.decode()
    if (message.content, message.mentions) == (text, mentions):
        return dropped
    [rev] = announce.record([Note(conversation_id, "edit", user_id, seq)])
    Revision.objects.create(conversation_id=conversation_id, seq=seq, rev=rev, content=message.content or "")
    _stored(conversation_id, seq).update(content=text, mentions=mentions, edited_at=now)
    mentioning.replace(message, mentions)
    return dropped


@transaction.atomic
def recall(*, user_id: UUID, conversation_id: UUID, seq: int, now: datetime) -> int:
    """Blank a message for everyone, for good. Returns the rev of the change."""
    log.hold([conversation_id])
    member, message = found(user_id, conversation_id, seq)
    rules.check_recall(message, user_id, member.role, now)
    return _blank(conversation_id, seq, user_id)


@transaction.atomic
def recall_by_staff(*, conversation_id: UUID, seq: int) -> UUID:
    """As an admin may, in any conversation; its people do not learn who of the staff it was. Returns the author."""
    log.hold([conversation_id])
    message = _there(conversation_id, seq)
    if message.content is None:
        raise errors.Recalled
    _blank(conversation_id, seq, rules.NIL)
    return message.sender_id


def _blank(conversation_id: UUID, seq: int, by: UUID) -> int:
    [rev] = announce.record([Note(conversation_id, "recall", by, seq)])
    _stored(conversation_id, seq).update(content=None, mentions=None, reactions=None, pinned_at=None)
    Conversation.objects.filter(id=conversation_id).update(blanked_rev=rev)
    for attached in (Mention, Reaction, Star):
        attached.objects.filter(conversation_id=conversation_id, seq=seq).delete()
    return rev


def _stored(conversation_id: UUID, seq: int) -> QuerySet[Entry]:
    return Entry.objects.filter(conversation_id=conversation_id, seq=seq)


def found(user_id: UUID, conversation_id: UUID, seq: int) -> tuple[Member, Entry]:
    """Who asks, and the message, as far as this person may see it. The conversation is locked already."""
    member = seating.taken(user_id, conversation_id)
    if seq <= max(member.from_seq, member.hidden_before):
        raise errors.MessageNotFound
    if Hidden.objects.filter(user_id=user_id, conversation_id=conversation_id, seq=seq).exists():
        raise errors.MessageNotFound
    if seq <= member.conversation.floor_seq:
        raise errors.Archived
    return member, _there(conversation_id, seq)


def _there(conversation_id: UUID, seq: int) -> Entry:
    if not (message := _stored(conversation_id, seq).first()):
        raise errors.MessageNotFound
    return message

"""Who is named in a message that is edited. Of one that is sent the log itself sees to it."""

from collections.abc import Iterable
from uuid import UUID

from messaging.models import Entry, Member, Mention
from messaging.rules import NIL, Kind


def sift(member: Member, mentions: str | None) -> tuple[str | None, str | None]:
    """Whom this member may mention: people of the conversation and, where the role allows it, all. And the others."""
    wanted = [UUID(who) for who in mentions.split(",")] if mentions else []
    there = set(
        Member.objects.filter(conversation_id=member.conversation_id, user_id__in=wanted).values_list(
            "user_id", flat=True
        )
    )
    if member.conversation.kind == Kind.GROUP and member.role >= member.conversation.mention_role:
        there.add(NIL)
    return _spelled(who for who in wanted if who in there), _spelled(who for who in wanted if who not in there)


def _spelled(people: Iterable[UUID]) -> str | None:
    return ",".join(map(str, people)) or None


def replace(message: Entry, mentions: str | None) -> None:
    """One that is new counts, one that is gone does not any more."""
    before, after = _named(message.mentions), _named(mentions)
    place = {"conversation_id": message.conversation_id, "seq": message.seq}
    Mention.objects.filter(**place, user_id__in=before - after).delete()
    Mention.objects.bulk_create([Mention(**place, user_id=who) for who in after - before], ignore_conflicts=True)


def _named(mentions: str | None) -> set[UUID]:
    return {UUID(who) for who in mentions.split(",")} if mentions else set()

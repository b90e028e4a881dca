"""Who is named in a message that is edited. Of one that is sent the log itself sees to it."""

from uuid import UUID

from messaging.models import Entry, Member, Mention
from messaging.rules import NIL, Kind


def kept(member: Member, mentions: str | None) -> str | None:
    """Those whom this member may mention: others of the conversation, and all of them where the role allows it."""
    wanted = [UUID(who) for who in mentions.split(",")] if mentions else []
    there = set(
        Member.objects.filter(conversation_id=member.conversation_id, user_id__in=wanted).values_list(
            "user_id", flat=True
        )
    )
    if member.conversation.kind == Kind.GROUP and member.role >= member.conversation.mention_role:
        there.add(NIL)
    return ",".join(str(who) for who in wanted if who in there) or None


def replace(message: Entry, mentions: str | None) -> None:
    """One that is new counts, one that is gone does not any more."""
    before, after = _named(message.mentions), _named(mentions)
    place = {"conversation_id": message.conversation_id, "seq": message.seq}
    Mention.objects.filter(**place, user_id__in=before - after).delete()
    Mention.objects.bulk_create([Mention(**place, user_id=who) for who in after - before], ignore_conflicts=True)


def _named(mentions: str | None) -> set[UUID]:
    return {UUID(who) for who in mentions.split(",")} if mentions else set()

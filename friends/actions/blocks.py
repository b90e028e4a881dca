from datetime import datetime
from uuid import UUID

from friends import spelling
from friends.actions.pair import held
from friends.actions.requests import close_all
from friends.models import Block


def block(*, user_id: UUID, other_id: UUID, now: datetime) -> Block:
    """Hear nothing of a person any more. Friends stay friends, for the day of the unblocking. Safe to repeat."""
    with held(user_id, other_id) as pair:
        known = Block.objects.select_related("blocked").filter(user_id=user_id, blocked_id=other_id).first()
        if known:
            return known
        made = Block.objects.create(user_id=user_id, blocked_id=other_id, at=now)
        close_all(pair, now)
        pair.tell(user_id, "person.blocked", {"block": spelling.block(made)})
        pair.judge()
        return made


def unblock(*, user_id: UUID, other_id: UUID) -> None:
    """Everything is as it was before. Safe to repeat."""
    with held(user_id, other_id) as pair:
        if Block.objects.filter(user_id=user_id, blocked_id=other_id).delete()[0]:
            pair.tell(user_id, "person.unblocked", {"person": str(other_id)})
            pair.judge()

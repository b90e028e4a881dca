import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from messaging import announce
from messaging.actions import pairs
from messaging.writes import Note


@transaction.atomic
def tell(*, user_id: UUID, kind: str, contents: Sequence[Mapping[str, object]]) -> None:
    """Entries of one kind in a person's self log: what his other devices have to know."""
    log = pairs.self_logs([user_id])[user_id]
    announce.record([Note(log, kind, user_id, content=json.dumps(content)) for content in contents])

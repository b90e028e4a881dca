"""Every pull, asked of the product twice: with the inbox, which must be believed, and without."""

from collections.abc import Iterable
from unittest import mock
from uuid import UUID

from django.db import connection

from imserver import database
from inbox import queries as with_inbox
from inbox.store import mongo
from messaging import queries

LIMIT = 200
PATIENCE_SECONDS = 20.0
EXAMPLES = 5


class Unbelieved(Exception):
    pass


def differences(places: Iterable[tuple[str, str, int]]) -> list[str]:
    """For these (user, conversation, rev): where the answer of the inbox is another one, or none."""
    found = []
    with mock.patch.object(mongo, "READ_SECONDS", PATIENCE_SECONDS):  # a busy machine is no outage
        for user, conversation, rev in places:
            for after in range(0, rev, LIMIT):
                try:
                    _compare(UUID(user), UUID(conversation), after)
                except (Unbelieved, AssertionError) as e:
                    found.append(f"a pull of {conversation} after {after} by {user}: {type(e).__name__} {e}")
    connection.close()
    return found


def _compare(user: UUID, conversation: UUID, after: int) -> None:
    plain = database.run(queries.pull(user, conversation, after, LIMIT))
    if plain.reset:
        return
    with mock.patch.object(with_inbox.queries, "pull", side_effect=Unbelieved):
        found = database.run(with_inbox.pull(user, conversation, after, LIMIT))
    if found != plain:
        raise AssertionError(f"{found}, not {plain}"[:1000])

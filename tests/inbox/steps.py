from io import StringIO
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.utils import timezone

from imserver import database
from imserver.events.event import Event
from inbox import actions as inbox_actions
from inbox import queries as inbox_queries
from inbox.store.mongo import Mongo, rev_of
from messaging import actions, epochs, outgoing, queries
from messaging.outgoing import Pointer
from messaging.queries import Page
from tests import make
from tests.make import Person


def pulled(person: Person, conversation: UUID, after: int = 0, limit: int = 200) -> Page:
    """Raises AssertionError where the inbox would have told something else than PostgreSQL."""
    found = database.run(inbox_queries.pull(person.id, conversation, after, limit))
    assert found == database.run(queries.pull(person.id, conversation, after, limit))
    return found


def edit(person: Person, conversation: UUID, seq: int, text: str) -> None:
    content = b'{"text":"%b"}' % text.encode()
    actions.edit(
        user_id=person.id, conversation_id=conversation, seq=seq, edited=actions.Edited(content), now=timezone.now()
    )


def recall(person: Person, conversation: UUID, seq: int) -> None:
    actions.recall(user_id=person.id, conversation_id=conversation, seq=seq, now=timezone.now())


def talk(one: Person, other: Person, count: int) -> UUID:
    conversation = make.direct(one, other)
    for number in range(count):
        make.message(one if number % 2 else other, conversation, f"number {number}")
    return conversation


def named(mongo: Mongo, rev: int) -> dict[str, Any]:
    """The filter for the only entry of this rev."""
    [found] = [one["_id"] for one in mongo._entries.find({}) if rev_of(one) == rev]
    return {"_id": found}


def events(conversation: UUID, first: int, last: int) -> list[Event]:
    return database.run(outgoing.events([Pointer(0, conversation, first, last)]))


def deliver(mongo: Mongo, told: list[Event]) -> None:
    inbox_actions.deliver(mongo, told, now=timezone.now())


def kept(mongo: Mongo, conversation: UUID) -> list[tuple[int, int, bytes]]:
    epoch = database.run(epochs.current())
    found = mongo.between(epoch, conversation, 0, 1 << 62)
    return [(rev_of(one), one["version"], bytes(one["item"])) for one in found]


def applied(mongo: Mongo, conversation: UUID) -> int:
    return claimed(mongo, conversation)[1]


def claimed(mongo: Mongo, conversation: UUID) -> tuple[int, int]:
    return mongo.applied(database.run(epochs.current()), conversation)


def check(*arguments: str) -> str:
    out = StringIO()
    call_command("inbox", "check", *arguments, stdout=out)
    return out.getvalue().splitlines()[-1]

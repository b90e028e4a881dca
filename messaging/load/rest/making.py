"""Those who ask, and what there is to be read and written."""

from collections.abc import Callable, Sequence
from uuid import UUID

from imserver import ids
from messaging.load import people, talks
from messaging.load.options import Options
from messaging.load.plan import Seat
from messaging.load.rest.callers import Lister, Reader, Writer
from messaging.load.rest.plan import Caller
from messaging.load.talks import Talk
from messaging.rules import Kind

MESSAGES = 6
"""In each conversation of those who list them."""


def callers(options: Options) -> Sequence[Caller]:
    found = MADE[options.scenario](options, people.make(options.users))
    talks.tidy()
    return found


def listers(options: Options, seats: Sequence[Seat]) -> Sequence[Caller]:
    revs: dict[UUID, dict[str, int]] = {UUID(seat.user): {} for seat in seats}
    made = talks.among([*revs], options.conversations)
    for part in talks.parts(made):
        talks.store(part)
        talks.write(part, options.size, MESSAGES)
    for talk in made:
        for user in talk.readers:
            revs[user][str(talk.id)] = MESSAGES
    return [Lister(seat.token, revs[UUID(seat.user)]) for seat in seats]


def readers(options: Options, seats: Sequence[Seat]) -> Sequence[Caller]:
    [writer] = people.make(1)
    talk = Talk(ids.uuid7(), Kind.GROUP, UUID(writer.user), [UUID(seat.user) for seat in seats])
    talks.store([talk])
    for first in range(0, options.history, talks.AT_ONCE):
        talks.write([talk] * min(talks.AT_ONCE, options.history - first), options.size, 1)
    return [Reader(seat.token, str(talk.id), options.history) for seat in seats]


def writers(options: Options, seats: Sequence[Seat]) -> Sequence[Caller]:
    made = talks.among([UUID(seat.user) for seat in seats], 1)
    talks.store(made)
    return [Writer(seat.token, str(talk.id), 0, options.size) for seat, talk in zip(seats, made, strict=True)]


MADE: dict[str, Callable[[Options, Sequence[Seat]], Sequence[Caller]]] = {
    "rest-list": listers,
    "rest-history": readers,
    "rest-send": writers,
}

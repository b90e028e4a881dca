"""`pairs` and `group`: conversations made in the database; and what the log holds of them in the end."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from messaging import actions
from messaging.load import people
from messaging.load.conduct import Measured
from messaging.load.options import Options
from messaging.load.plan import Job
from messaging.load.report import Verdict
from messaging.load.scenario import Scenario, address
from messaging.load.talk import checks
from messaging.load.talk.checks import Stored
from messaging.load.talk.plan import Plan, Room, Seen, Tally
from messaging.load.talk.play import play

_STORED = """
    select c.id, c.rev, count(e.rev), count(e.seq), coalesce(max(e.seq) - min(e.seq) + 1, 0), count(distinct e.key)
    from unnest(%s::uuid[], %s::bigint[]) as w(id, first)
    join conversation c on c.id = w.id
    left join entry e on e.conversation_id = w.id and e.rev > w.first
    group by c.id
"""


def _jobs(options: Options, cores: list[int | None]) -> list[Job[Tally]]:
    parts = people.dealt(list(_rooms(options)), len(cores))
    url = address(options)
    plans = [Plan(url, part, options.in_flight, rotate=options.is_group, size=options.size) for part in parts]
    return [Job(play, plan, core, collects=False) for plan, core in zip(plans, cores, strict=True) if plan.rooms]


def _rooms(options: Options) -> Iterator[Room]:
    seats = people.make(options.rooms * options.seats)
    for first in range(0, len(seats), options.seats):
        members = seats[first : first + options.seats]
        yield Room(str(_conversation(options, [UUID(seat.user) for seat in members])), members)


def _conversation(options: Options, members: list[UUID]) -> UUID:
    first, *others = members
    if not options.is_group:
        actions.open_direct(user_id=others[0], other_id=first)
        return actions.open_direct(user_id=first, other_id=others[0])
    return actions.open_group(title="load", owner_id=first, member_ids=others)


def _stored(rooms: list[Seen]) -> dict[str, Stored]:
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [[room.conversation for room in rooms], [room.first for room in rooms]])
        return {str(row[0]): Stored(*row[1:]) for row in cursor.fetchall()}


def _verdict(options: Options, measured: Measured[Tally]) -> Verdict:
    tally = measured.tally
    figures = {
        "groups" if options.is_group else "pairs": options.rooms,
        "members": options.seats,
        "in_flight": options.in_flight,
        "size": options.size,
        "seconds": options.seconds,
        **checks.figures(tally, options.seconds, measured.cpu),
    }
    unanswered = Counter({"a command without an answer": sum(seen.unanswered for seen in tally.rooms)})
    return Verdict(tally.acked, figures, checks.faults(tally, _stored(tally.rooms)), tally.errors + unanswered)


TALK = Scenario(_jobs, _verdict)

"""`presence`: a crowd that comes and goes, and those who watch it."""

from messaging.load import people
from messaging.load.conduct import Measured
from messaging.load.options import Options
from messaging.load.plan import Job, Seat
from messaging.load.presence.plan import Plan, Tally, Watch
from messaging.load.presence.play import play
from messaging.load.report import Figures, Verdict, per_cpu_second, percentiles, rate, rounded
from messaging.load.scenario import Scenario, address


def _jobs(options: Options, cores: list[int | None]) -> list[Job[Tally]]:
    """A crowd of its own for each client process, so that it knows by itself whom its watchers must see."""
    crowds = people.dealt(people.make(options.people), len(cores))
    watchers = people.dealt(people.make(options.watchers), len(cores))
    return [
        Job(
            play,
            Plan(address(options), crowd, _watches(seats, crowd, options.watched), options.comings / len(cores)),
            core,
        )
        for crowd, seats, core in zip(crowds, watchers, cores, strict=True)
    ]


def _watches(watchers: list[Seat], crowd: list[Seat], watched: int) -> list[Watch]:
    """Spread over the crowd, each person seen by as many as any other."""
    users = [seat.user for seat in crowd]
    found = []
    for number, watcher in enumerate(watchers):
        first = number * watched % len(users)
        found.append(Watch(watcher, (users[first:] + users[:first])[:watched]))
    return found


def _verdict(options: Options, measured: Measured[Tally]) -> Verdict:
    tally, seconds = measured.tally, options.seconds
    moves, watched = tally.came + tally.went, options.watchers * seconds
    figures: Figures = {
        "people": options.people,
        "watchers": options.watchers,
        "watched": options.watched,
        "comings": options.comings,
        "seconds": seconds,
        "came": tally.came,
        "went": tally.went,
        "stayed": tally.stayed,
        "moves_per_s": rate(moves, seconds),
        "moves_per_cpu_s": per_cpu_second(moves, measured.cpu),
        "frames_per_watcher_s": round(tally.frames / watched, 2),
        "items_per_watcher_s": round(tally.items / watched, 2),
        "cpu_s": rounded(measured.cpu),
        "welcome_ms": percentiles(tally.welcome),
        "shown_ms": percentiles(tally.shown),
        "unseen": tally.unseen,
    }
    faults = {"wrong": tally.wrong, "repeated": tally.repeated, "errors": tally.errors.total()}
    return Verdict(tally.came, figures, faults, tally.errors)


PRESENCE = Scenario(_jobs, _verdict)

"""`idle`: what a device costs that is there and silent, in the memory of the server."""

from dataclasses import replace
from itertools import chain

from messaging.load import people
from messaging.load.conduct import Measured
from messaging.load.idle.plan import Plan, Tally
from messaging.load.idle.play import play
from messaging.load.options import Options
from messaging.load.plan import Job
from messaging.load.report import Figures, Verdict, rounded
from messaging.load.resume import making
from messaging.load.scenario import Scenario, address

FIRST = 10
"""One in so many is there before: what the server makes once, for all of them, is not counted."""


def _jobs(options: Options, cores: list[int | None]) -> list[Job[Tally]]:
    hellos = [device.hello for device in making.devices(replace(options, behind=0))]
    parts = [people.dealt(part, FIRST) for part in people.dealt(hellos, len(cores))]
    plans = [Plan(address(options), first, [*chain(*others)]) for first, *others in parts]
    return [Job(play, plan, core) for plan, core in zip(plans, cores, strict=True)]


def _verdict(options: Options, measured: Measured[Tally]) -> Verdict:
    tally = measured.tally
    grown = measured.server_mb - measured.server_mb_before
    figures: Figures = {
        "users": options.users,
        "conversations": options.conversations,
        "seconds": options.seconds,
        "came": tally.came,
        "kb_each": round(1024 * grown / tally.came, 1) if tally.came else None,
        "cpu_s": rounded(measured.cpu),
    }
    return Verdict(tally.came, figures, {"errors": tally.errors.total()}, tally.errors)


IDLE = Scenario(_jobs, _verdict)

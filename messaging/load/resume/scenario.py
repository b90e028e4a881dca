"""`resume`: devices that come back, say what they have, and are given what they lack."""

from messaging.load import people
from messaging.load.conduct import Measured
from messaging.load.options import Options
from messaging.load.plan import Job
from messaging.load.report import Figures, Verdict, each_ms, per_cpu_second, percentiles, rate, rounded
from messaging.load.resume import making
from messaging.load.resume.plan import Plan, Tally
from messaging.load.resume.play import play
from messaging.load.scenario import Scenario, address


def _jobs(options: Options, cores: list[int | None]) -> list[Job[Tally]]:
    parts = people.dealt(making.devices(options), len(cores))
    plans = [Plan(address(options), part, max(1, options.at_once // len(cores))) for part in parts]
    return [Job(play, plan, core) for plan, core in zip(plans, cores, strict=True) if plan.devices]


def _verdict(options: Options, measured: Measured[Tally]) -> Verdict:
    tally = measured.tally
    figures: Figures = {
        "users": options.users,
        "conversations": options.conversations,
        "behind": options.behind,
        "at_once": options.at_once,
        "seconds": options.seconds,
        "resumed": tally.resumed,
        "entries": tally.entries,
        "resumed_per_s": rate(tally.resumed, options.seconds),
        "resumed_per_cpu_s": per_cpu_second(tally.resumed, measured.cpu),
        "cpu_ms_each": each_ms(tally.resumed, measured.cpu),
        "cpu_s": rounded(measured.cpu),
        "welcome_ms": percentiles(tally.welcome),
        "caught_up_ms": percentiles(tally.caught_up),
    }
    faults = {
        "lost": tally.lost,
        "duplicated": tally.duplicated,
        "reordered": tally.reordered,
        "wrong": tally.wrong,
        "errors": tally.errors.total(),
    }
    return Verdict(tally.resumed, figures, faults, tally.errors)


RESUME = Scenario(_jobs, _verdict)

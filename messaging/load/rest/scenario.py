"""`rest-list`, `rest-history`, `rest-send`: what a request over HTTP costs."""

from collections import Counter

from django.db import connection

from messaging.load import people
from messaging.load.conduct import Measured
from messaging.load.options import Options
from messaging.load.plan import Job
from messaging.load.report import Figures, Verdict, each_ms, per_cpu_second, percentiles, rate, rounded
from messaging.load.rest import making
from messaging.load.rest.plan import Plan, Tally
from messaging.load.rest.play import play
from messaging.load.scenario import Scenario, web

_REVS = "select id::text, rev from conversation where id = any(%s::uuid[])"


def _jobs(options: Options, cores: list[int | None]) -> list[Job[Tally]]:
    parts = people.dealt(making.callers(options), len(cores))
    plans = [Plan(web(options), part, max(1, options.at_once // len(cores))) for part in parts]
    return [Job(play, plan, core) for plan, core in zip(plans, cores, strict=True) if plan.callers]


def _verdict(options: Options, measured: Measured[Tally]) -> Verdict:
    tally = measured.tally
    figures: Figures = {
        "users": options.users,
        "at_once": options.at_once,
        "seconds": options.seconds,
        "answered": tally.answered,
        "answered_per_s": rate(tally.answered, options.seconds),
        "answered_per_cpu_s": per_cpu_second(tally.answered, measured.cpu),
        "cpu_ms_each": each_ms(tally.answered, measured.cpu),
        "cpu_s": rounded(measured.cpu),
        "answer_ms": percentiles(tally.answer),
    }
    faults = {**against(tally.wrote, _stored(tally.wrote)), "wrong": tally.wrong, "errors": tally.errors.total()}
    return Verdict(tally.answered, figures, faults, tally.errors)


def against(wrote: Counter[str], stored: Counter[str]) -> dict[str, int]:
    """What was acknowledged against what there is: `Counter` keeps what is above nothing."""
    return {"lost": (wrote - stored).total(), "duplicated": (stored - wrote).total()}


def _stored(wrote: Counter[str]) -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute(_REVS, [[*wrote]])
        return Counter(dict(cursor.fetchall()))


REST = Scenario(_jobs, _verdict)

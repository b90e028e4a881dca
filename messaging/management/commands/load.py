"""The load tool: docs/benchmarks.md says how to run it and what its figures mean."""

import os
import signal
import sys
from collections import Counter
from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging.load import conduct, options, report, scenario


class Command(BaseCommand):
    help = "Measure the server, and check that what it acknowledges arrives once and in order."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        options.add_to(parser)

    def handle(self, *_args: Any, **given: Any) -> None:
        wanted = options.Options(**{field.name: given[field.name] for field in fields(options.Options)})
        if not wanted.url:
            # Servers of its own: once more from the start, in an environment that names them.
            os.execv(sys.executable, [sys.executable, "-m", "messaging.load", *sys.argv[2:]])  # noqa: S606
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            found, complaints = run(wanted)
        except conduct.Failed as e:
            raise CommandError(str(e)) from e
        except KeyboardInterrupt:
            raise CommandError("stopped", returncode=130) from None
        if not wanted.json:
            self.stdout.write(report.table(found, complaints))
        self.stdout.write(report.line(found))
        if not report.is_clean(found):
            sys.exit(1)


def run(wanted: options.Options) -> tuple[report.Figures, list[str]]:
    """The figures, and what went wrong in words."""
    cores = conduct.cores(wanted.processes)
    plans = scenario.plans(wanted, cores)
    roles = {
        "server": wanted.server_pids,
        "postgres": scenario.postgres_pids(),
        "redis": wanted.redis_pids,
        "relay": wanted.relay_pids,
    }
    conduct.keep_off(cores)
    measured = conduct.run(plans, {role: pids for role, pids in roles.items() if pids}, wanted.warm_up, wanted.seconds)
    tally = measured.tally
    found: report.Figures = {
        "scenario": wanted.scenario,
        "groups" if wanted.is_group else "pairs": wanted.rooms,
        "members": wanted.seats,
        "in_flight": wanted.in_flight,
        "size": wanted.size,
        "seconds": wanted.seconds,
        **report.figures(tally, wanted.seconds, measured.cpu),
        **report.faults(tally, scenario.stored(tally.rooms)),
        "server_rss_mb": round(measured.server_mb, 1),
        "load_average": round(measured.load, 2),
    }
    unanswered = Counter({"a command without an answer": sum(seen.unanswered for seen in tally.rooms)})
    return found, [f"{count} times: {what}" for what, count in (tally.errors + unanswered).most_common(10)]

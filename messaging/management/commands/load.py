"""The load tool: docs/benchmarks.md says how to run it and what its figures mean."""

import os
import signal
import sys
from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from messaging.load import conduct, measure, options, report
from messaging.load.scenarios import SCENARIOS


class Command(BaseCommand):
    help = "Measure the server, and check that it keeps its promises meanwhile."
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
            found, verdict = run(wanted)
        except conduct.Failed as e:
            raise CommandError(str(e)) from e
        except KeyboardInterrupt:
            raise CommandError("stopped", returncode=130) from None
        if not wanted.json:
            self.stdout.write(report.table(found, verdict.complaints))
        self.stdout.write(report.line(found))
        if not verdict.is_clean:
            sys.exit(1)


def run(wanted: options.Options) -> tuple[report.Figures, report.Verdict]:
    cores = conduct.cores(wanted.processes)
    scenario = SCENARIOS[wanted.scenario]
    jobs = scenario.jobs(wanted, cores)
    roles = {
        "server": wanted.server_pids,
        "postgres": postgres_pids(),
        "redis": wanted.redis_pids,
        "relay": wanted.relay_pids,
    }
    conduct.keep_off(cores)
    measured = conduct.run(jobs, {role: pids for role, pids in roles.items() if pids}, wanted.warm_up, wanted.seconds)
    verdict = scenario.verdict(wanted, measured)
    found: report.Figures = {
        "scenario": wanted.scenario,
        **verdict.figures,
        **verdict.faults,
        "server_rss_mb": round(measured.server_mb, 1),
        "load_average": round(measured.load, 2),
    }
    return found, verdict


def postgres_pids() -> list[int]:
    """PostgreSQL's first process; none if it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        [backend] = cursor.fetchone()
    return measure.server_of(backend)

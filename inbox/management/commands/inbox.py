from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from imserver.events.event import Unavailable
from inbox import store
from inbox.checking import Check, Findings
from inbox.store.mongo import Mongo


class Command(BaseCommand):
    help = "The inbox in MongoDB: make its indexes; compare it with PostgreSQL and repair it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("indexes", help="make the indexes; safe to repeat")
        check = actions.add_parser("check", help="compare with PostgreSQL; ends with 1 if anything is wrong")
        check.add_argument("--repair", action="store_true", help="write anew what is wrong or missing")

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        there = store.current()
        if there is None:
            raise CommandError("There is no inbox: MONGO_URL is not set, PostgreSQL answers every pull.")
        try:
            if action == "indexes":
                there.make_indexes()
                self.stdout.write("The indexes are there.")
            else:
                self._check(there, repair=options["repair"])
        except Unavailable as e:
            raise CommandError(f"Not now: {e}") from e

    def _check(self, there: Mongo, *, repair: bool) -> None:
        check = Check(there, now=timezone.now(), repair=repair)
        for number, found in enumerate(check.run(), 1):
            if number % 100 == 0:
                self.stdout.write(_said(found))
        self.stdout.write("\n".join([*check.found.examples, _said(check.found)]))
        if check.found.wrong and not repair:
            raise CommandError("The inbox differs from PostgreSQL; repair it with `manage.py inbox check --repair`.")


def _said(found: Findings) -> str:
    numbers = ", ".join(f"{getattr(found, name)} {name}" for name in ("missing", "stale", "surplus", "behind"))
    return f"{found.conversations} conversations, {found.entries} entries: {numbers}"

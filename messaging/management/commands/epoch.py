from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from imserver import database
from messaging import epochs


class Command(BaseCommand):
    help = (
        "The epoch: --new after a restore from a backup (clients start again), --keep after a move that lost nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--new", action="store_const", const=epochs.renew, dest="query")
        which.add_argument("--keep", action="store_const", const=epochs.keep, dest="query")

    def handle(self, *_args: Any, **options: Any) -> None:
        self.stdout.write(str(database.run((options["query"] or epochs.current)())))

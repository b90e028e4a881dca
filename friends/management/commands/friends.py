from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand

from friends import actions


class Command(BaseCommand):
    help = "After FRIENDS_ONLY was changed: say of every direct conversation anew who may write in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["apply"])

    def handle(self, *_args: Any, **_options: Any) -> None:
        count, place = 0, UUID(int=0)
        while found := actions.apply(after=place, friends_only=settings.FRIENDS_ONLY):
            place, count = found[-1], count + len(found)
        self.stdout.write(f"{count} conversations")

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string

from imserver.events import parking, replaying
from imserver.events.event import Event, Unavailable
from imserver.subscriptions import active

KAFKA = "imserver.events.kafka"


class Command(BaseCommand):
    help = "The event log: make its topic, list what could not be done, tell subscriptions again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("topic", help="make Kafka's topic, or set its retention, as the settings want it")
        actions.add_parser("parked", help="list what no subscription could take, with the reason")
        forget = actions.add_parser(
            "forget", help="delete what is parked and can never be told; `parked` has the numbers"
        )
        forget.add_argument("number", type=int, nargs="+")
        replay = actions.add_parser("replay", help="tell again what is parked, or what Kafka has of a stretch of time")
        replay.add_argument("--subscription", default="", help="one of imserver/subscriptions.py; else all")
        replay.add_argument("--since", type=moment, help="with a time: from Kafka, 2026-11-25T10:00:00+00:00")
        replay.add_argument("--until", type=moment, help="the end of that time; else now")

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        try:
            if action == "topic":
                self._topic()
            elif action == "parked":
                self._parked()
            elif action == "forget":
                self.stdout.write(f"{parking.forget(options['number'])} forgotten")
            elif options["since"]:
                self._replay(options["subscription"], options["since"], options["until"] or timezone.now())
            else:
                self._replay_parked(options["subscription"])
        except Unavailable as e:
            raise CommandError(f"Not now: {e}") from e

    def _topic(self) -> None:
        make: Callable[[], bool] = _of_kafka("cluster.make_topic")
        is_new = make()
        self.stdout.write(f"{settings.KAFKA_TOPIC}: {'made' if is_new else 'is there; its retention is set'}")

    def _parked(self) -> None:
        count = 0
        for row in parking.parked():
            count += 1
            self.stdout.write(f"{row.id}  {row.parked_at:%Y-%m-%d %H:%M:%S} {row}  {row.error}")
        self.stdout.write(f"{count} parked")

    def _replay_parked(self, subscription: str) -> None:
        if subscription:
            _known(subscription)
        found = replaying.replay_parked(subscription)
        self.stdout.write(f"{found.done} done, {found.failed} still parked")
        if found.failed:
            raise CommandError("See `manage.py events parked` for the reasons.")

    def _replay(self, subscription: str, since: datetime, until: datetime) -> None:
        between: Callable[[datetime, datetime], Iterator[list[Event]]] = _of_kafka("history.between")
        for name in [_known(subscription)] if subscription else active():
            done = 0
            for done in replaying.replay(name, between(since, until)):
                self.stdout.write(f"\r{name}: {done} events", ending="")
            self.stdout.write(f"\r{name}: {done} events, done")


def moment(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _known(subscription: str) -> str:
    if subscription not in active():
        raise CommandError(f"There is no subscription {subscription}; there are: {', '.join(active()) or 'none'}.")
    return subscription


def _of_kafka(path: str) -> Any:
    if not settings.KAFKA_BOOTSTRAP:
        raise CommandError("There is no event log to ask: KAFKA_BOOTSTRAP is not set.")
    return import_string(f"{KAFKA}.{path}")

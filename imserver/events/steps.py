"""The role `subscriber`: a Celery worker with the loops of the event log beside its tasks.

`celery worker --subscribe`. The loops are threads that start after the pool: librdkafka does not survive a fork.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from celery import Celery, bootsteps
from click import Option
from django.conf import settings
from django.utils.module_loading import import_string

from imserver.subscriptions import active

logger = logging.getLogger(__name__)
STOP_SECONDS = 20


class Loops(bootsteps.StartStopStep):
    """The relay, which takes turns with those of other workers, and the consumers of every subscription."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, *, subscribe: bool = False, **options: Any):
        super().__init__(parent, **options)
        self.enabled = subscribe
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, parent: Any) -> None:
        del parent
        for name, loop in self._loops():
            thread = threading.Thread(target=loop, name=name)
            self._threads.append(thread)
            thread.start()

    def _loops(self) -> Iterator[tuple[str, Callable[[], None]]]:
        relay = import_string(settings.RELAY)
        yield "relay", lambda: relay(self._stopping)
        if not settings.SUBSCRIBER:
            return
        for name, subscription in active().items():
            yield name, import_string(settings.SUBSCRIBER)(name, subscription, self._stopping).run

    def stop(self, parent: Any) -> None:
        del parent
        self._stopping.set()
        end = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0, end - time.monotonic()))


def install(app: Celery) -> None:
    option = Option(("--subscribe",), is_flag=True, help="also run the relay and the subscriptions")
    app.user_options["worker"].add(option)
    app.steps["worker"].add(Loops)

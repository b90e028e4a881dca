"""Boot steps of the Celery worker: the loops that run beside its tasks."""

import threading
from typing import Any

from celery import bootsteps
from django.conf import settings
from django.utils.module_loading import import_string


class Relay(bootsteps.StartStopStep):
    """The relay, in a thread of every worker; they take turns."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any):
        super().__init__(parent, **options)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, parent: Any) -> None:
        del parent
        self._thread = threading.Thread(target=import_string(settings.RELAY), args=[self._stopping], name="relay")
        self._thread.start()

    def stop(self, parent: Any) -> None:
        del parent
        self._stopping.set()
        if self._thread:
            self._thread.join(10)

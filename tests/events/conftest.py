import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from imserver.events.kafka.consumer import Subscriber
from imserver.subscriptions import active
from messaging import relay
from messaging.models import Backlog, Outbox
from tests.events.ear import Ear, listening


@contextmanager
def consuming(name: str = "ear") -> Iterator[None]:
    """A member of the subscription's consumer group."""
    stopping = threading.Event()
    member = Subscriber(name, active()[name], stopping)
    thread = threading.Thread(target=member.run, name=name)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(30)
        assert not thread.is_alive()


def until(found: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.02)


def relay_all() -> None:
    """Everything in the outbox is told, or put aside; what was put aside before is told."""
    while relay.relay():
        pass
    while Backlog.objects.exists() and relay.drain():
        pass


class Fit:
    """One of the two fits of the event log, with the relay at work and a subscription that listens."""

    def __init__(self, ear: Ear):
        self.ear = ear
        self._stack = ExitStack()

    def settle(self, found: Callable[[], bool]) -> None:
        """The relay has nothing left, and what is found is true by then, or soon."""
        relay_all()
        assert not Outbox.objects.exists()
        until(found)


@pytest.fixture
def ear() -> Iterator[Ear]:
    with listening() as ear:
        yield ear


@pytest.fixture(params=["direct", pytest.param("kafka", marks=pytest.mark.kafka)])
def fit(request: pytest.FixtureRequest, transactional_db: None, ear: Ear) -> Iterator[Fit]:
    with ExitStack() as stack:
        if request.param == "kafka":
            request.getfixturevalue("kafka")
            stack.enter_context(consuming())
        yield Fit(ear)

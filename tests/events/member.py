"""`python -m tests.events.member FILE SECONDS`: a consumer in a process of its own, for killing.

It writes each rev that it is told to FILE, and after each rests for SECONDS.
"""

import sys
import threading
import time
from pathlib import Path

import django
from django.conf import settings

from imserver.events.event import TOPICS, Events


def note(events: Events) -> None:
    with Path(sys.argv[1]).open("a") as file:
        for event in events:
            file.write(f"{event.conversation} {event.rev}\n")
            file.flush()
            time.sleep(float(sys.argv[2]))


if __name__ == "__main__":
    django.setup()
    from imserver.events.kafka.consumer import Subscriber
    from imserver.subscriptions import Subscription

    assert settings.KAFKA_BOOTSTRAP
    subscription = Subscription("__main__.note", TOPICS)
    Subscriber("member", subscription, threading.Event()).run()

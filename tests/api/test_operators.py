"""What operators see: which part is missing, and numbers to be woken by."""

import re
from typing import Any

import pytest
from django.test import Client

from imserver.events import parking
from messaging import outgoing
from tests import make
from tests.events.conftest import relay_all
from tests.events.ear import listening
from tests.make import Person

pytestmark = pytest.mark.django_db


def numbers(client: Client, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        name: float(value) for name, value in re.findall(r"^(im_\S+) (\S+)$", answer.content.decode(), re.MULTILINE)
    }


def test_all_is_well(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json().keys() >= {"database", "redis", "events", "backlog"}
    assert set(answer.json().values()) == {"ok"}


def test_what_waits_for_the_event_log_is_said_and_takes_nobody_offline(
    client: Client, ann: Person, bob: Person, settings: Any
) -> None:
    make.message(ann, make.direct(ann, bob))
    outgoing.put_aside(outgoing.take())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["backlog"] == "1 pointers wait for the event log"
    assert numbers(client)["im_backlog_pointers"] == 1


def test_the_outbox_is_counted_with_the_age_of_its_oldest(client: Client, ann: Person, bob: Person) -> None:
    assert (numbers(client)["im_outbox_pointers"], numbers(client)["im_outbox_oldest_seconds"]) == (0, 0)
    make.message(ann, make.direct(ann, bob))
    assert numbers(client)["im_outbox_pointers"] == 1
    assert 0 < numbers(client)["im_outbox_oldest_seconds"] < 60
    relay_all()
    assert numbers(client)["im_outbox_pointers"] == 0


def test_what_is_parked_is_counted_by_subscription(client: Client, ann: Person, bob: Person) -> None:
    assert numbers(client)['im_events_parked{subscription=""}'] == 0
    with listening() as ear:
        make.message(ann, make.direct(ann, bob))
        relay_all()
    [event] = ear.heard
    for name in ("inbox", "search", "search"):
        parking.park(name, event, ValueError("no"))
    assert numbers(client)['im_events_parked{subscription="inbox"}'] == 1
    assert numbers(client)['im_events_parked{subscription="search"}'] == 1


@pytest.mark.parametrize(
    ("token", "production", "said", "status"),
    [("", False, "", 200), ("", True, "", 403), ("", True, "Bearer ", 403), ("s", True, "Bearer s", 200),
     ("s", False, "", 403), ("s", True, "Bearer t", 403), ("s", True, "s", 403)],
)  # fmt: skip
def test_numbers_are_for_whoever_has_the_token(
    client: Client, settings: Any, token: str, production: bool, said: str, status: int
) -> None:
    settings.METRICS_TOKEN, settings.PRODUCTION = token, production
    assert client.get("/metrics", headers={"Authorization": said} if said else {}).status_code == status


def test_everybody_may_know_the_limits_as_the_welcome_says_them(settings: Any) -> None:
    assert Client().get("/v1/limits").json() == settings.LIMITS

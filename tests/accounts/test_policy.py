"""How many devices a person may have at once: any number, or one of each platform."""

from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts import actions
from accounts.models import Device, Revoked, User
from tests.accounts.conftest import sign_up
from tests.messaging.race import results

pytestmark = pytest.mark.django_db


def log_in(user: User, session: str, platform: str) -> None:
    actions.log_in(user=user, session_key=session, origin=actions.Origin(platform=platform), now=timezone.now())


def sessions(user: User) -> set[str]:
    return set(Device.objects.filter(user=user).values_list("session_key", flat=True))


def test_any_number_by_default(ann: User) -> None:
    for session in ("one", "two"):
        log_in(ann, session, "ios")
    assert sessions(ann) == {"one", "two"}


def test_of_one_platform_the_newer_wins(ann: User, bob: User, settings: Any) -> None:
    settings.ONE_DEVICE_PER_PLATFORM = True
    log_in(bob, "his", "ios")
    for session, platform in (("phone", "ios"), ("web", "web"), ("unnamed", ""), ("other", ""), ("new phone", "ios")):
        log_in(ann, session, platform)
    assert sessions(ann) == {"web", "unnamed", "other", "new phone"}
    assert sessions(bob) == {"his"}
    assert list(Revoked.objects.values_list("code", flat=True)) == [4409]
    log_in(ann, "new phone", "ios")  # asked again for the same session
    assert "new phone" in sessions(ann)


@pytest.mark.django_db(transaction=True)
def test_of_two_log_ins_at_once_one_stays(settings: Any) -> None:
    settings.ONE_DEVICE_PER_PLATFORM = True
    for number in range(20):
        user = sign_up(f"ann{number}")
        results(partial(log_in, user, f"one{number}", "ios"), partial(log_in, user, f"two{number}", "ios"))
        assert len(sessions(user)) == 1

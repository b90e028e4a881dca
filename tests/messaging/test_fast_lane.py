"""The fast lane may fail; what is stored stays stored, and whoever asked is told so."""

from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Device, Revoked
from imserver.realtime import push
from messaging import actions
from tests import make
from tests.make import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken_lane(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Delivery breaks as it must not: not by losing, but by raising. Says what it was asked for."""
    asked: list[Any] = []

    def tell(items: Any) -> None:
        asked.append(items)
        raise RuntimeError("a bug")

    monkeypatch.setattr(push, "tell", tell)
    return asked


def test_a_message_is_sent_though_nobody_can_be_told(ann: Person, bob: Person, broken_lane: list[Any]) -> None:
    conversation = make.direct(ann, bob)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert make.message(ann, conversation).seq == 1
    assert len(broken_lane) == 1


def test_a_mark_moves_though_nobody_can_be_told(ann: Person, bob: Person, broken_lane: list[Any]) -> None:
    conversation = make.direct(ann, bob)
    make.message(ann, conversation)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert actions.mark(user_id=bob.id, conversation_id=conversation, read_seq=1).read_seq == 1
    assert len(broken_lane) == 1


def test_a_session_ends_though_nobody_can_be_told(ann: Person, broken_lane: list[Any]) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        accounts.end_devices(devices=[Device.objects.get(pk=ann.device)], now=timezone.now())
    assert Revoked.objects.filter(session_id=ann.device).exists()
    assert len(broken_lane) == 2  # the sockets, and the entry for the other devices

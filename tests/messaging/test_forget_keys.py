from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from imserver.ids import uuid7
from messaging import tasks
from messaging.models import Call, Sent

pytestmark = pytest.mark.django_db


def sent(**ago: float) -> Sent:
    at = timezone.now() - timedelta(**ago)
    return Sent(key=uuid7(), conversation_id=uuid7(), sender_id=uuid7(), rev=1, seq=1, digest=0, created_at=at)


@pytest.mark.parametrize("chunk", [2, 5, 100])
def test_keys_are_remembered_for_32_days_and_then_forgotten(monkeypatch: Any, chunk: int) -> None:
    monkeypatch.setattr(tasks, "CHUNK", chunk)
    Sent.objects.bulk_create(sent(days=32, minutes=1) for _ in range(5))
    kept = Sent.objects.bulk_create([sent(days=31, hours=23, minutes=59), sent(days=1), sent()])
    assert tasks.forget_keys() == 5
    assert set(Sent.objects.values_list("key", flat=True)) == {one.key for one in kept}
    assert tasks.forget_keys() == 0


def test_calls_that_are_over_are_forgotten_with_their_keys() -> None:
    old = timezone.now() - timedelta(days=32, minutes=1)
    people = dict.fromkeys(("conversation_id", "caller_id", "callee_id", "caller_session"), uuid7())
    for outcome, at in (("missed", old), ("", old), ("missed", timezone.now())):
        Call.objects.create(id=uuid7(), **people, media="audio", began_at=at, outcome=outcome)
    assert tasks.forget_keys() == 1
    assert {(one.outcome, one.began_at == old) for one in Call.objects.all()} == {("", True), ("missed", False)}

"""The epoch names one life of the database: clients start again when it changes, so it must not do so in vain."""

import io
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from imserver import database
from messaging import epochs
from messaging.models import Epoch
from tests.messaging.race import results

pytestmark = pytest.mark.django_db


def current() -> UUID:
    return database.run(epochs.current())


def command(*options: str) -> UUID:
    said = io.StringIO()
    call_command("epoch", *options, stdout=said)
    return UUID(said.getvalue().strip())


def test_the_same_database_has_the_same_epoch() -> None:
    assert current() == current() == command() == Epoch.objects.get().id


@pytest.mark.parametrize("moved", [{"system_identifier": 1}, {"timeline_id": 99}])
def test_another_database_has_another_epoch(moved: dict[str, int]) -> None:
    before = current()
    Epoch.objects.update(**moved)
    after = current()
    assert before != after == current()
    assert Epoch.objects.count() == 2


def test_an_operator_makes_a_new_epoch_at_once_and_each_time() -> None:
    found = [current(), command("--new"), command("--new")]
    assert len(set(found)) == 3
    assert current() == found[-1]


def test_an_operator_carries_the_epoch_over_a_move_that_lost_nothing() -> None:
    before = current()
    Epoch.objects.update(system_identifier=1, timeline_id=99)
    assert command("--keep") == before == current()


def test_keeping_the_epoch_where_nothing_moved_changes_nothing() -> None:
    assert command("--keep") == current() == command("--keep")
    assert Epoch.objects.count() == 1


def test_an_epoch_is_either_new_or_kept() -> None:
    with pytest.raises(CommandError):
        call_command("epoch", "--new", "--keep")


@pytest.mark.django_db(transaction=True)
def test_all_who_notice_a_move_at_once_agree_on_the_new_epoch() -> None:
    for _ in range(10):
        Epoch.objects.all().delete()
        assert set(results(*[current] * 6)) == {Epoch.objects.get().id}

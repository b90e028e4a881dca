import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts import actions, queries
from accounts.models import Device, User
from imserver.ids import uuid7

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("gateway")]


def device(user: User) -> Device:
    return Device.objects.create(user=user, session_key=str(uuid7()))


async def test_a_batch_of_hellos_is_one_question(ann: User, bob: User) -> None:
    phone, laptop, his = [await sync_to_async(device)(user) for user in (ann, ann, bob)]
    gone = uuid7()
    found = await queries.sessions([(ann.pk, phone.pk), (ann.pk, laptop.pk), (bob.pk, his.pk), (ann.pk, gone)])
    person = queries.Person(ann.pk, "ann", "Ann", is_active=True)
    assert found == {
        phone.pk: person,
        laptop.pk: person,
        his.pk: queries.Person(bob.pk, "bob", "Bob", is_active=True),
        gone: None,
    }


async def test_a_device_of_another_person_is_nobodys(ann: User, bob: User) -> None:
    his = await sync_to_async(device)(bob)
    assert await queries.sessions([(ann.pk, his.pk)]) == {his.pk: None}


async def test_a_closed_account_is_said_to_be_closed(ann: User) -> None:
    phone = await sync_to_async(device)(ann)
    await User.objects.aupdate(is_active=False)
    found = (await queries.sessions([(ann.pk, phone.pk)]))[phone.pk]
    assert found is not None
    assert not found.is_active


async def test_no_hellos_no_rows() -> None:
    assert await queries.sessions([]) == {}


async def test_gateways_read_what_was_just_revoked(ann: User) -> None:
    phone = await sync_to_async(device)(ann)
    await sync_to_async(actions.end_devices)(devices=[phone], now=timezone.now())
    assert await queries.revoked_since(15) == [(phone.pk, 4401)]
    assert await queries.revoked_since(0) == []

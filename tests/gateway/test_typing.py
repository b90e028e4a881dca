import asyncio
from datetime import timedelta

from django.utils import timezone

from friends import actions as friends
from messaging import actions
from messaging.models import Conversation, Member
from messaging.rules import Role
from tests.gateway.stage import Stage, django, until
from tests.phone import Phone


def typists(phone: Phone) -> set[str]:
    return {frame["user"] for frame in phone.frames_of("typing")}


async def test_somebody_who_types_on_is_told_of_once_in_three_seconds(stage: Stage) -> None:
    ann, bob = stage.of(stage.ann), stage.of(stage.bob)
    for _ in range(5):
        await ann.tell("typing", {"conversation": str(stage.direct)})
    await ann.say("done", str(stage.direct))
    await stage.converge()
    told = {"conversation": str(stage.direct), "user": str(stage.ann.id)}
    assert bob.frames_of("typing") == [told]
    await asyncio.sleep(3)
    await ann.tell("typing", {"conversation": str(stage.direct)})
    await until(lambda: bob.frames_of("typing") == [told, told])


async def test_who_types_on_two_gateways_is_told_of_once(stage: Stage) -> None:
    typing = {"conversation": str(stage.direct)}
    await asyncio.gather(*(stage.of(stage.ann, i).tell("typing", typing) for i in range(2)))
    for i in range(2):
        await stage.of(stage.ann, i).say("done", str(stage.direct))
    await stage.converge()
    told = {**typing, "user": str(stage.ann.id)}
    assert [stage.of(stage.bob, i).frames_of("typing") for i in range(2)] == [[told], [told]]


async def test_nobody_is_seen_typing_before_something_was_said(stage: Stage) -> None:
    """Opening a conversation shows it to nobody."""
    opened = await django(actions.open_direct, user_id=stage.ann.id, other_id=stage.cat.id)
    await stage.of(stage.ann).tell("typing", {"conversation": str(opened)})
    await stage.of(stage.bob).tell("typing", {"conversation": str(stage.group)})
    await until(lambda: str(stage.bob.id) in typists(stage.of(stage.cat)))
    assert str(stage.ann.id) not in typists(stage.of(stage.cat))


async def test_who_may_not_write_is_not_seen_typing(stage: Stage) -> None:
    denied = {"conversation_id": stage.direct, "user_id": stage.ann.id, "policies": 1, "denied": 1}
    await django(actions.deny, **denied)
    muted_until = timezone.now() + timedelta(hours=1)
    await django(
        Member.objects.filter(conversation_id=stage.group, user_id=stage.cat.id).update, muted_until=muted_until
    )
    for person, place in ((stage.ann, stage.direct), (stage.cat, stage.group), (stage.bob, stage.direct)):
        await stage.of(person).tell("typing", {"conversation": str(place)})
    await stage.of(stage.bob).say("hello?", str(stage.direct))
    await stage.converge()
    assert set.union(*map(typists, stage.devices)) == {str(stage.bob.id)}


async def test_where_only_admins_write_only_they_are_seen_typing(stage: Stage) -> None:
    await django(Conversation.objects.filter(pk=stage.group).update, post_role=Role.ADMIN)
    for person in (stage.bob, stage.ann):
        await stage.of(person).tell("typing", {"conversation": str(stage.group)})
    await until(lambda: typists(stage.of(stage.cat)))
    assert set.union(*map(typists, stage.devices)) == {str(stage.ann.id)}


async def test_nobody_is_seen_typing_across_a_block(stage: Stage) -> None:
    await django(friends.block, user_id=stage.bob.id, other_id=stage.ann.id, now=timezone.now())
    for person in (stage.ann, stage.bob):
        await stage.of(person).tell("typing", {"conversation": str(stage.group)})
        await until(lambda person=person: str(person.id) in typists(stage.of(stage.cat)))
    assert typists(stage.of(stage.bob)) == typists(stage.of(stage.ann)) == set()


async def test_a_stranger_types_to_nobody(stage: Stage) -> None:
    await stage.of(stage.eve).tell("typing", {"conversation": str(stage.group)})
    await stage.of(stage.bob).tell("typing", {"conversation": str(stage.group)})
    await until(lambda: typists(stage.of(stage.cat)))
    assert typists(stage.of(stage.cat)) == {str(stage.bob.id)}

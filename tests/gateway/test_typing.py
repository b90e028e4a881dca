from messaging import actions
from tests.gateway.stage import Stage, django


async def test_somebody_who_types_on_is_told_of_once_in_three_seconds(stage: Stage) -> None:
    ann, bob = stage.of(stage.ann), stage.of(stage.bob)
    for _ in range(5):
        await ann.tell("typing", {"conversation": str(stage.direct)})
    await ann.say("done", str(stage.direct))
    await stage.converge()
    heard = [frame["data"] for frame in bob.frames if frame["type"] == "typing"]
    assert heard == [{"conversation": str(stage.direct), "user": str(stage.ann.id)}]


async def test_who_may_not_write_is_not_seen_typing(stage: Stage) -> None:
    denied = {"conversation_id": stage.direct, "user_id": stage.ann.id, "policies": 1, "denied": 1}
    await django(actions.deny, **denied)
    await stage.of(stage.ann).tell("typing", {"conversation": str(stage.direct)})
    await stage.of(stage.bob).tell("typing", {"conversation": str(stage.direct)})
    await stage.of(stage.bob).say("hello?", str(stage.direct))
    await stage.converge()
    typists = {
        frame["data"]["user"]
        for person in (stage.ann, stage.bob)
        for frame in stage.of(person).frames
        if frame["type"] == "typing"
    }
    assert typists == {str(stage.bob.id)}

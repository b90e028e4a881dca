from tests.gateway.stage import Stage


async def test_somebody_who_types_on_is_told_of_once_in_three_seconds(stage: Stage) -> None:
    ann, bob = stage.of(stage.ann), stage.of(stage.bob)
    for _ in range(5):
        await ann.tell("typing", {"conversation": str(stage.direct)})
    await ann.say("done", str(stage.direct))
    await stage.converge()
    heard = [frame["data"] for frame in bob.frames if frame["type"] == "typing"]
    assert heard == [{"conversation": str(stage.direct), "user": str(stage.ann.id)}]

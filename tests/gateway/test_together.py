import asyncio

from imserver.realtime.together import Together


async def test_what_is_asked_within_a_moment_is_answered_by_one_call() -> None:
    calls: list[list[int]] = []

    async def answer(asked: list[int]) -> list[int]:
        calls.append(asked)
        await asyncio.sleep(0.05)
        return [one * 2 for one in asked]

    questions = Together(0.01, answer)
    first = asyncio.gather(*(questions.ask(i) for i in range(3)))
    await asyncio.sleep(0.03)
    assert await questions.ask(7) == 14, "who comes while others are answered does not wait for them"
    assert await first == [0, 2, 4]
    assert calls == [[0, 1, 2], [7]]


async def test_who_asked_first_may_go_away() -> None:
    async def answer(asked: list[int]) -> list[int]:
        return asked

    questions = Together(0.01, answer)
    first, second = (asyncio.ensure_future(questions.ask(i)) for i in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1


async def test_all_hear_of_a_failure_and_the_next_may_succeed() -> None:
    calls: list[list[int]] = []

    async def answer(asked: list[int]) -> list[int]:
        calls.append(asked)
        if len(calls) == 1:
            raise ConnectionError("gone")
        return asked

    questions = Together(0.0, answer)
    found = await asyncio.gather(*(questions.ask(i) for i in range(3)), return_exceptions=True)
    assert [type(one) for one in found] == [ConnectionError] * 3
    assert await questions.ask(5) == 5

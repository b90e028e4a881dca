"""Two people call each other, by real connections between their browsers."""

import pytest
from playwright.async_api import expect

from tests.browser.caller import Caller
from tests.browser.conftest import Again
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser
Pair = tuple[Screen, Screen]


async def test_a_video_call_rings_everywhere_and_is_seen(pair: Pair, again: Again) -> None:
    ann, bob, elsewhere = Caller(pair[0]), Caller(pair[1]), Caller(await again(pair[1]))
    await ann.call("Video")
    for phone in (bob, elsewhere):
        await phone.rings("Ann")
    await ann.is_told("Ringing…")
    await bob.press("Accept")
    await elsewhere.is_told("You answered on another device.")
    await elsewhere.is_quiet()
    for phone in (ann, bob):
        await phone.talks()
        await expect(phone.picture).to_be_visible()
        assert await phone.plays(".call-remote")
        assert await phone.plays(".call-own")

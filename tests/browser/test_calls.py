"""Two people call each other, by real connections between their browsers."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone
from playwright.async_api import expect

from messaging import tasks
from messaging.models import Call
from tests.browser.caller import Caller
from tests.browser.conftest import Again
from tests.browser.friends.acts import head_menu
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser
Pair = tuple[Screen, Screen]


def a_minute_passes() -> int:
    Call.objects.filter(outcome="").update(began_at=timezone.now() - timedelta(seconds=61))
    missed = tasks.end_calls()
    connections.close_all()
    return missed


async def test_a_video_call_from_the_ringing_to_the_line_it_leaves(pair: Pair, again: Again) -> None:
    ann, bob, elsewhere = Caller(pair[0]), Caller(pair[1]), Caller(await again(pair[1]))
    await ann.call("Video")
    for phone in (bob, elsewhere):
        await phone.rings("Ann")
    await ann.is_told("Ringing…")
    await bob.press("Accept")
    await elsewhere.is_told("You answered elsewhere.")
    await elsewhere.is_quiet()
    for phone in (ann, bob):
        await phone.talks()
        await phone.sees_and_hears()
    await bob.press("Mute microphone")
    await ann.is_told("Bob is muted")
    await bob.press("Turn camera off")
    await expect(ann.picture).to_be_hidden()
    await bob.press("Turn camera on")
    await ann.sees_and_hears()
    await ann.page.keyboard.press("Escape")
    await expect(ann.window).to_be_hidden()
    await ann.screen.row("Notes to self").click()
    await expect(ann.page.get_by_role("button", name="Video call")).to_be_hidden()
    await ann.press("Back to the call with Bob")
    await ann.sees_and_hears()
    await bob.press("Hang up")
    await ann.is_told("The call has ended.")
    for phone in (ann, bob):
        await phone.is_quiet()
    await ann.screen.row("Bob").click()
    await ann.has_calls("Bob", 1)
    await bob.has_calls("Ann", 1)


async def test_they_go_on_talking_without_the_server_and_a_hang_up_reaches_it_later(pair: Pair) -> None:
    ann, bob = (Caller(screen) for screen in pair)
    await bob.call("Voice")
    await ann.rings("Bob")
    await ann.press("Accept")
    await bob.talks()
    await ann.talks()
    await ann.press("Back to the conversations")
    await ann.screen.context.set_offline(True)
    await expect(ann.screen.banner).to_contain_text("You are offline")
    await ann.press("Back to the call with Bob")
    await bob.press("Turn camera on")
    await ann.sees_and_hears()
    await ann.press("Hang up")
    await ann.is_quiet()
    await expect(bob.window).to_be_visible()
    await ann.screen.context.set_offline(False)
    await bob.is_quiet()
    for phone, other in ((ann, "Bob"), (bob, "Ann")):
        await phone.has_calls(other, 1)


async def test_a_call_that_is_not_taken_is_seen_on_both_sides(pair: Pair) -> None:
    ann, bob = (Caller(screen) for screen in pair)
    await ann.call("Voice")
    await bob.press("Decline")
    await ann.is_told("Bob declined the call.")
    for phone in (ann, bob):
        await phone.is_quiet()
    await bob.page.keyboard.press("Escape")
    await ann.call("Voice")
    await bob.rings("Voice call")
    await ann.press("Hang up")
    await bob.is_told("Missed call from Ann")
    await expect(bob.screen.row("Ann")).to_contain_text("1 unread")
    await ann.call("Video")
    await bob.rings("Video call")
    assert await sync_to_async(a_minute_passes)() == 1
    await ann.is_told("Bob did not answer.")
    await bob.is_quiet()
    await expect(bob.screen.row("Ann")).to_contain_text("2 unread")
    await bob.screen.open("Ann")
    for phone, other in ((ann, "Bob"), (bob, "Ann")):
        await phone.is_quiet()
        await phone.has_calls(other, 3)
    await bob.screen.act("Hello Bob", "Select")
    forward = bob.page.get_by_role("button", name="Forward")
    await expect(forward).to_be_visible()
    await bob.page.locator(".log article").last.click()
    await expect(bob.page.get_by_role("toolbar", name="Selected messages")).to_contain_text("2 selected")
    await expect(forward).to_be_hidden()  # a call is nobody's to pass on


async def test_what_stands_in_the_way_of_a_call_is_told(pair: Pair) -> None:
    ann, bob = (Caller(screen) for screen in pair)
    await ann.cannot_use_microphone("NotFoundError")
    await ann.call("Voice")
    await ann.is_told("No microphone was found on this device.")
    await ann.is_quiet()
    await ann.page.reload()
    await bob.cannot_use_microphone("NotAllowedError")
    await ann.call("Voice")
    await bob.press("Accept")
    await bob.is_told("This page may not use your microphone.")
    await bob.rings("Ann")
    await ann.page.reload()  # who leaves the page takes the call back
    await bob.is_told("Missed call from Ann")
    await bob.is_quiet()
    await head_menu(bob.screen, "Block…")
    await bob.screen.answer("Block Ann?", "Block")
    await expect(bob.page.get_by_role("button", name="Voice call")).to_be_hidden()
    await ann.call("Voice")
    await ann.is_told("You cannot call this person.")

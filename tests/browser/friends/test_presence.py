"""Who is seen to be online, where on the page, and by whom."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Enter
from tests.browser.friends.acts import Both, befriend, call, everybody_writes, gate, head_menu, press, show
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser
SOON = 8_000  # the server looks twice a second, and waits a second before somebody is gone
SEEN_TODAY = re.compile(r"^last seen today at \d+:\d\d")


def line(screen: Screen) -> Locator:
    return screen.page.locator(".thread-subtitle")


def dot(place: Locator) -> Locator:
    return place.locator(".dot")


async def test_a_friend_is_seen_coming_and_going(friends: Both) -> None:
    ann, bob = friends
    await expect(line(ann)).to_have_text("online", timeout=SOON)
    await expect(dot(ann.row("Bob"))).to_be_visible()
    await expect(ann.row("Bob")).to_contain_text("Bob online")
    rows = await show(ann, "Friends")
    await expect(dot(rows)).to_be_visible()
    await bob.close()
    await expect(line(ann)).to_have_text(SEEN_TODAY, timeout=SOON)
    for place in (rows, ann.row("Bob")):
        await expect(dot(place)).to_have_count(0)
        await expect(place).not_to_contain_text("online")
    await bob.reopen()
    await expect(line(ann)).to_have_text("online", timeout=SOON)
    await expect(dot(rows)).to_be_visible()


async def test_a_friend_with_whom_one_has_not_talked_is_seen_too(both: Both) -> None:
    ann, bob = both
    await befriend(ann, bob)
    await expect(dot(await show(ann, "Friends"))).to_be_visible(timeout=SOON)


async def test_who_types_is_seen_typing_instead(friends: Both) -> None:
    ann, bob = friends
    await expect(line(ann)).to_have_text("online", timeout=SOON)
    await bob.composer.press_sequentially("Hm")
    await expect(line(ann)).to_have_text("typing…")
    await bob.write("Hm.")
    await expect(line(ann)).to_have_text("online")


async def test_who_hides_is_not_seen_and_was_never_here(friends: Both) -> None:
    ann, bob = friends
    await expect(line(ann)).to_have_text("online", timeout=SOON)
    await call(bob, "PATCH", "/v1/me/privacy", {"presence": "nobody"})
    await expect(line(ann)).to_have_text(f"@{bob.username}", timeout=SOON)
    await expect(dot(ann.row("Bob"))).to_have_count(0)
    await call(bob, "PATCH", "/v1/me/privacy", {"presence": "friends"})
    await expect(line(ann)).to_have_text("online", timeout=SOON)


async def test_a_block_hides_both_from_each_other_until_it_is_lifted(friends: Both) -> None:
    ann, bob = friends
    for screen in friends:
        await expect(line(screen)).to_have_text("online", timeout=SOON)
    await head_menu(ann, "Block…")
    await ann.answer("Block Bob?", "Block")
    await expect(line(bob)).to_have_text(f"@{ann.username}", timeout=SOON)
    await expect(line(ann)).to_have_text(f"@{bob.username}", timeout=SOON)
    await press(gate(ann), "Unblock")
    for screen in friends:
        await expect(line(screen)).to_have_text("online", timeout=SOON)


async def test_nothing_is_known_while_one_is_offline(friends: Both) -> None:
    ann, bob = friends
    await expect(dot(ann.row("Bob"))).to_be_visible(timeout=SOON)
    await ann.context.set_offline(True)
    await expect(dot(ann.row("Bob"))).to_have_count(0)
    await expect(line(ann)).to_have_text(f"@{bob.username}")
    await ann.context.set_offline(False)
    await expect(line(ann)).to_have_text("online", timeout=SOON)


async def test_a_stranger_is_not_seen(both: Both) -> None:
    ann, bob = both
    await ann.look_up(bob)
    await expect(line(ann)).to_have_text(f"@{bob.username}")
    await ann.page.wait_for_timeout(1_500)
    await expect(line(ann)).to_have_text(f"@{bob.username}")


@everybody_writes
async def test_where_everybody_writes_everybody_is_seen(enter: Enter) -> None:
    ann, bob = await enter("Ann"), await enter("Bob")
    await ann.find(bob)
    await expect(line(ann)).to_have_text("online", timeout=SOON)

"""Parting: friends who are removed, people who are blocked."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.friends.acts import (
    Both,
    everybody_writes,
    gate,
    head_menu,
    leave,
    press,
    show,
    window,
)

pytestmark = pytest.mark.browser


async def test_a_removed_friend_is_gone_on_both_sides_and_what_was_written_stays(friends: Both) -> None:
    ann, bob = friends
    await ann.composer.fill("half a sentence")
    await head_menu(ann, "Remove friend…")
    await ann.answer("Remove Bob?", "Cancel")
    await expect(ann.composer).to_be_visible()
    await head_menu(ann, "Remove friend…")
    await ann.answer("Remove Bob?", "Remove")
    for screen in friends:
        await expect(gate(screen)).to_contain_text("once you are friends")
        await expect(screen.composer).to_have_count(0)
        await screen.sees("Hello Bob")
    await ann.page.locator(".bubble").click(button="right")
    await expect(ann.page.get_by_role("menuitem", name="Copy text")).to_be_visible()
    await expect(ann.page.get_by_role("menuitem", name=re.compile("Reply|Edit"))).to_have_count(0)
    await ann.page.keyboard.press("Escape")
    await press(gate(bob), "Add friend")
    await press(window(bob, "Add friend"), "Send request")
    await press(gate(ann), "Accept")
    for screen in friends:
        await expect(screen.composer).to_be_visible()
    await expect(ann.composer).to_have_value("half a sentence")


async def test_who_is_blocked_sees_nothing_but_that_he_cannot_write(friends: Both) -> None:
    ann, bob = friends
    await head_menu(ann, "Block…")
    await ann.answer("Block Bob?", "Block")
    await expect(gate(ann)).to_contain_text("You have blocked Bob.")
    await expect(await show(ann, "Blocked")).to_contain_text(f"@{bob.username}")
    await bob.write("Are you there?")
    await expect(bob.page.locator(".failure")).to_contain_text("You cannot write to this person.")
    await expect(await show(bob, "Friends")).to_contain_text("Ann")
    await leave(bob)
    await ann.sees("Hello Bob")
    await press(window(ann), "Unblock Bob")
    await expect(window(ann)).to_contain_text("You have blocked nobody.")
    await leave(ann)
    await expect(ann.composer).to_be_visible()
    await bob.page.locator(".failure").get_by_role("button", name="Try again").click()
    await ann.sees("Hello Bob", "Are you there?")


@everybody_writes
async def test_a_stranger_is_blocked_and_unblocked(both: Both) -> None:
    ann, bob = both
    await bob.find(ann)
    await bob.write("Buy this")
    await ann.open("Bob")
    await head_menu(ann, "Block…")
    await ann.answer("Block Bob?", "Block")
    await expect(gate(ann)).to_contain_text("You have blocked Bob.")
    await expect(ann.composer).to_have_count(0)
    await bob.write("And that")
    await expect(bob.page.locator(".failure")).to_be_visible()
    await press(gate(ann), "Unblock")
    await expect(ann.composer).to_be_focused()
    await bob.write("Sorry")
    await ann.sees("Buy this", "Sorry")

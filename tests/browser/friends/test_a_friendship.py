"""A friendship from its beginning to its end, as the two of them see it."""

import pytest
from playwright.async_api import expect

from tests.browser.friends.acts import (
    Both,
    friends_button,
    gate,
    head_menu,
    press,
    show,
    title,
    window,
    write_remark,
)

pytestmark = pytest.mark.browser
SOON = 8_000


async def test_two_become_friends_see_each_other_fall_out_and_make_up(both: Both) -> None:
    ann, bob = both
    await ann.look_up(bob)
    await press(gate(ann), "Add friend")
    await press(window(ann, "Add friend"), "Send request")
    await expect(bob.page.get_by_text("Ann would like to be friends.")).to_be_visible()
    await press(await show(bob, "Requests"), "Accept Ann")
    await expect(ann.page.get_by_text("You and Bob are friends now.")).to_be_visible()
    await expect(friends_button(bob)).to_have_accessible_name("Friends")
    await ann.write("Hello Bob")
    await (await show(bob, "Friends")).get_by_role("button", name="Ann").first.click()
    await bob.sees("Hello Bob")
    for screen in both:
        await expect(screen.page.locator(".thread-subtitle")).to_have_text("online", timeout=SOON)
    await head_menu(bob, "Remark…")
    await write_remark(bob, "Ann from work")
    await expect(title(bob)).to_have_text("Ann from work")
    await head_menu(bob, "Block…")
    await bob.answer("Block Ann from work?", "Block")
    await expect(gate(bob)).to_contain_text("You have blocked Ann from work.")
    await expect(ann.page.locator(".thread-subtitle")).to_have_text(f"@{bob.username}", timeout=SOON)
    await bob.page.keyboard.press("Escape")
    await ann.composer.press_sequentially("Are you")
    await expect(bob.row("Ann from work")).not_to_contain_text("typing")
    await ann.write("Are you there?")
    await expect(ann.page.locator(".failure")).to_contain_text("You cannot write to this person.")
    await bob.row("Ann from work").click()
    await press(gate(bob), "Unblock")
    await ann.page.locator(".failure").get_by_role("button", name="Try again").click()
    await bob.sees("Hello Bob", "Are you there?")
    for screen in both:
        await expect(screen.page.locator(".thread-subtitle")).to_have_text("online", timeout=SOON)
    await expect(title(bob)).to_have_text("Ann from work")

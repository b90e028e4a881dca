"""How one comes to people: by keys, from an empty list, by a link."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Blank, Enter
from tests.browser.friends.acts import (
    Both,
    friends_button,
    gate,
    press,
    title,
    window,
)

pytestmark = pytest.mark.browser


async def test_the_keyboard_is_enough(friends: Both) -> None:
    ann, _ = friends
    keys = ann.page.keyboard
    await friends_button(ann).focus()
    await keys.press("Enter")
    await expect(window(ann).get_by_role("tab", name="Friends")).to_be_focused()
    await keys.press("ArrowRight")
    await expect(window(ann).get_by_role("tab", name="Requests")).to_be_focused()
    await expect(window(ann)).to_contain_text("No requests.")
    await keys.press("Home")
    await keys.press("Tab")
    await expect(window(ann).get_by_label("Filter friends")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(ann.page.get_by_role("menuitem", name="Remark…")).to_be_focused()
    await keys.press("Escape")
    await expect(window(ann).get_by_role("button", name="More about Bob")).to_be_focused()
    await keys.press("Enter")
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(window(ann).get_by_role("img", name="Pinned")).to_be_visible()
    await expect(window(ann).get_by_role("button", name="More about Bob")).to_be_focused()
    await keys.press("Escape")
    await expect(window(ann)).to_have_count(0)
    await expect(friends_button(ann)).to_be_focused()


async def test_nobody_yet_is_said_in_words(enter: Enter) -> None:
    ann = await enter("Ann")
    await friends_button(ann).click()
    await expect(window(ann)).to_contain_text("No friends yet.")
    await press(window(ann), "Find people")
    await expect(ann.search).to_be_focused()


async def test_a_link_leads_to_a_person(both: Both) -> None:
    ann, bob = both
    await ann.page.goto(f"{ann.url}/u/{bob.username}")
    await expect(title(ann)).to_have_text("Bob")
    await expect(gate(ann).get_by_role("button", name="Add friend")).to_be_visible()
    await expect(ann.page).to_have_url(re.compile(rf"^{ann.url}/#[0-9a-f-]{{36}}$"))
    await ann.page.goto(f"{ann.url}/u/{ann.username}")
    await expect(window(ann, "Profile")).to_be_visible()
    await ann.page.goto(f"{ann.url}/u/nobody-at-all")
    await expect(ann.page.get_by_text("There is nobody with the user name “nobody-at-all”.")).to_be_visible()
    await expect(ann.page).to_have_url(f"{ann.url}/")


async def test_a_link_waits_for_who_has_to_log_in(both: Both, blank: Blank) -> None:
    ann, bob = both
    screen = await blank()
    await screen.page.goto(f"{ann.url}/u/{bob.username}")
    await screen.page.get_by_label("User name or e-mail").fill(ann.username)
    await screen.page.get_by_label("Password").fill(ann.password)
    await screen.page.keyboard.press("Enter")
    await expect(title(screen)).to_have_text("Bob")

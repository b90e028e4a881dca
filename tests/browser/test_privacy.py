"""Who may do and see what: the window of the account menu, with two browsers of one person."""

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.browser.conftest import Again, Enter
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser
Both = tuple[Screen, Screen]
SWITCHES = (
    "Read receipts",
    "Found by user name",
    "Found by e-mail",
    "Found by telephone number",
    "Named in forwarded messages",
)


@pytest_asyncio.fixture(loop_scope="session")
async def both(enter: Enter, again: Again) -> Both:
    """Ann at her desk, and Ann's other browser, both with the window open."""
    desk = await enter("Ann")
    other = await again(desk)
    for screen in (desk, other):
        await screen.choose("Privacy")
        await expect(receipts(screen)).to_be_checked()
    return desk, other


def choice(screen: Screen, setting: str, option: str) -> Locator:
    return screen.dialog.get_by_role("group", name=setting).get_by_role("radio", name=option, exact=True)


def receipts(screen: Screen) -> Locator:
    return screen.dialog.get_by_role("switch", name="Read receipts")


async def test_each_change_is_saved_at_once_and_shows_on_the_other_device(both: Both) -> None:
    desk, other = both
    await choice(desk, "Last seen and online", "Nobody").check()
    await choice(desk, "Friend requests", "Friends of friends").check()
    for name in SWITCHES:
        await desk.dialog.get_by_role("switch", name=name).uncheck()
    for screen in both:
        await expect(choice(screen, "Last seen and online", "Nobody")).to_be_checked()
        await expect(choice(screen, "Friend requests", "Friends of friends")).to_be_checked()
        await expect(screen.dialog.get_by_role("switch", checked=True)).to_have_count(0)
    await other.page.reload()
    await other.choose("Privacy")
    await expect(choice(other, "Last seen and online", "Nobody")).to_be_checked()
    await expect(receipts(other)).not_to_be_checked()


async def test_the_last_of_many_quick_changes_counts(both: Both) -> None:
    desk, _ = both
    for option in ("Nobody", "Friends", "Everybody", "Friends", "Nobody"):
        await choice(desk, "Last seen and online", option).check()
    for screen in both:
        await expect(choice(screen, "Last seen and online", "Nobody")).to_be_checked()


async def test_what_cannot_be_saved_is_said_and_shown_as_it_was(both: Both) -> None:
    desk, _ = both
    await desk.context.set_offline(True)
    await receipts(desk).click()
    await expect(desk.dialog.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    await expect(receipts(desk)).to_be_checked()
    await desk.context.set_offline(False)
    await expect(desk.dialog.get_by_role("alert")).to_be_empty()
    await receipts(desk).uncheck()
    await expect(receipts(desk)).not_to_be_checked()


async def test_who_gives_no_receipts_gets_none(enter: Enter) -> None:
    ann, bob = await enter("Ann"), await enter("Bob")
    await bob.choose("Privacy")
    await expect(receipts(bob)).to_be_checked()
    await receipts(bob).uncheck()
    await bob.page.keyboard.press("Escape")
    await ann.find(bob)
    await ann.write("Hello Bob")
    await bob.open("Ann")
    await bob.sees("Hello Bob")
    await ann.sees_progress("Delivered")
    await expect(bob.row("Ann")).not_to_contain_text("unread")
    await ann.page.wait_for_timeout(500)
    await ann.sees_progress("Delivered")
    await bob.write("Hello Ann")  # which says that he has read
    await ann.sees("Hello Bob", "Hello Ann")
    await expect(ann.row("Bob")).not_to_contain_text("unread")
    await bob.sees_progress("Delivered")


async def test_the_keyboard_is_enough(both: Both) -> None:
    desk, other = both
    keys = desk.page.keyboard
    await expect(desk.page.get_by_role("button", name="Close")).to_be_focused()
    await keys.press("Tab")
    await expect(choice(desk, "Last seen and online", "Everybody")).to_be_focused()
    await keys.press("ArrowRight")
    for _ in range(3):
        await keys.press("Tab")
    await expect(receipts(desk)).to_be_focused()
    await keys.press("Space")
    await expect(choice(other, "Last seen and online", "Friends")).to_be_checked()
    await expect(receipts(other)).not_to_be_checked()
    await keys.press("Escape")
    await expect(desk.account).to_be_focused()

"""What a person sets for herself in the list and begins to write: on two of her devices, while others write to her."""

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import Again, Enter
from tests.browser.desk import folder, group, listed, open_id, rest, send, set_for
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser
Three = tuple[Screen, Screen, Screen]


@pytest_asyncio.fixture(loop_scope="session")
async def three(enter: Enter, again: Again) -> Three:
    """Ann at her desk and by her phone, and Bob, who has written to her."""
    desk, bob = await enter("Ann"), await enter("Bob")
    await bob.find(desk)
    await bob.write("Hello Ann")
    phone = await again(desk, has_touch=True, is_mobile=True)
    await phone.page.set_viewport_size({"width": 390, "height": 844})
    for screen in (desk, phone):
        await expect(screen.row("Bob")).to_contain_text("1 unread")
    return desk, phone, bob


async def test_what_is_set_on_one_device_shows_on_the_other_also_after_a_reload(three: Three) -> None:
    desk, phone, bob = three
    await group(bob, "Hiking", desk)
    await expect(listed(desk)).to_have_text(["Hiking", "Bob", "Notes to self"])
    await set_for(desk, "Notes to self", "Pin to the top")
    await set_for(desk, "Hiking", "Notifications…", "Only when you are mentioned")
    await set_for(desk, "Bob", "Archive")
    for screen in (desk, phone):
        await expect(listed(screen)).to_have_text(["Notes to self", "Hiking"])
        await expect(screen.row("Notes to self").get_by_role("img", name="Pinned")).to_be_visible()
        await expect(screen.row("Hiking").get_by_role("img", name="Muted")).to_be_visible()
        await expect(folder(screen)).to_contain_text("1 unread")
    await phone.page.reload()
    await expect(listed(phone)).to_have_text(["Notes to self", "Hiking"])
    await folder(phone).tap()
    await expect(listed(phone)).to_have_text(["Bob"])
    await phone.page.get_by_role("searchbox").press("Escape")
    await desk.row("Hiking").click(button="right")
    await desk.page.get_by_role("menuitem", name="Notifications…").click()
    await expect(desk.page.get_by_role("menuitemradio", checked=True)).to_have_text("Only when you are mentioned")
    await desk.page.keyboard.press("Escape")
    await folder(desk).click()
    await set_for(desk, "Bob", "Move out of the archive")
    await expect(folder(desk)).to_be_hidden()
    await set_for(desk, "Notes to self", "Unpin")
    for screen in (desk, phone):
        await expect(listed(screen)).to_have_text(["Hiking", "Bob", "Notes to self"])


async def test_the_title_counts_what_is_not_muted(three: Three) -> None:
    desk, phone, bob = three
    hiking = await group(bob, "Hiking", desk)
    await send(bob, hiking, "Who comes along?")
    for screen in (desk, phone):
        await expect(screen.page).to_have_title("(2) Messages")
    await set_for(desk, "Bob", "Mute")
    for screen in (desk, phone):
        await expect(screen.page).to_have_title("(1) Messages")
        await expect(screen.row("Bob").locator(".badge.quiet")).to_contain_text("1 unread")
    await send(bob, hiking, "At nine.")
    await bob.write("Are you there?")
    await expect(desk.row("Bob")).to_contain_text("2 unread")
    for screen in (desk, phone):
        await expect(screen.page).to_have_title("(2) Messages")
    assert await rest(desk, "GET", "/v1/badge") == {"unread": 2}
    await set_for(phone, "Hiking", "Mark as read")
    await expect(desk.page).to_have_title("Messages")


async def test_a_mark_of_unread_stays_until_one_looks_again(three: Three) -> None:
    desk, phone, _ = three
    await desk.open("Bob")
    await expect(phone.row("Bob")).not_to_contain_text("unread")
    await desk.page.get_by_role("button", name="More about Bob").click()
    await desk.page.get_by_role("menuitem", name="Mark as unread").click()
    await expect(desk.composer).to_be_hidden()
    for screen in (desk, phone):
        await expect(screen.row("Bob")).to_contain_text("Marked as unread")
    await phone.page.reload()
    await expect(phone.row("Bob")).to_contain_text("Marked as unread")
    await phone.open("Bob")
    await expect(desk.row("Bob")).not_to_contain_text("unread")


async def test_what_is_begun_on_one_device_goes_on_at_the_other(three: Three, again: Again) -> None:
    desk, phone, bob = three
    await desk.open("Bob")
    await desk.act("Hello Ann", "Reply")
    await desk.composer.press_sequentially("Half a tho")
    await expect(phone.row("Bob")).to_contain_text("Draft: Half a tho")
    await phone.open("Bob")
    await expect(phone.composer).to_have_value("Half a tho")
    await expect(phone.page.get_by_text("Reply to Bob")).to_be_visible()
    await bob.write("Still there?")
    late = await again(desk)  # it opens before the answered message is here
    await late.open("Bob")
    await expect(late.page.get_by_text("Reply to Bob")).to_be_visible()
    await expect(late.page.locator(".composer-context")).to_contain_text("Hello Ann")
    await phone.composer.press("End")
    await phone.composer.press_sequentially("ught")
    await expect(desk.composer).to_have_value("Half a thought")
    await phone.composer.press("Enter")
    await bob.sees("Hello Ann", "Still there?", "Half a thought")
    await expect(bob.page.locator(".quote")).to_contain_text("Hello Ann")
    await expect(desk.composer).to_have_value("")
    await expect(desk.page.get_by_text("Reply to Bob")).to_be_hidden()
    assert (await rest(desk, "GET", "/v1/drafts"))["items"] == []


async def test_what_is_typed_offline_wins_and_survives(three: Three) -> None:
    desk, phone, _ = three
    await desk.open("Bob")
    await desk.context.set_offline(True)
    await desk.composer.fill("from the train")
    await phone.open("Bob")
    await phone.composer.fill("from the phone")
    await phone.page.get_by_role("button", name="Back to the list").tap()
    await expect(phone.row("Bob")).to_contain_text("Draft: from the phone")
    await desk.context.set_offline(False)
    await desk.page.reload()
    await expect(desk.composer).to_have_value("from the train")
    await expect(phone.row("Bob")).to_contain_text("Draft: from the train")
    await desk.composer.fill("")
    await expect(phone.row("Bob")).to_contain_text("Hello Ann")
    assert open_id(desk)


async def test_what_is_drawn_anew_under_the_finger_is_pressed_all_the_same(pair: tuple[Screen, Screen]) -> None:
    ann, bob = pair
    await bob.page.keyboard.press("Escape")
    await bob.account.hover()
    await bob.page.mouse.down()
    await ann.write("News")
    await expect(bob.row("Ann")).to_contain_text("1 unread")
    await bob.page.mouse.up()
    await expect(bob.page.get_by_role("menuitem", name="Profile")).to_be_visible()

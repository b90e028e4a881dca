"""The windows of the account menu, with two browsers of one person."""

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.browser.conftest import Again, Enter
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser
ANOTHER = "staple-battery-9"
RATE_LIMITED = {"code": "rate_limited", "status": 429, "retry": "later", "retry_after_ms": 60_000}
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Mobile/15E148 Safari/604.1"
)
Both = tuple[Screen, Screen]


@pytest_asyncio.fixture(loop_scope="session")
async def both(enter: Enter, again: Again) -> tuple[Screen, Screen]:
    """Ann at her desk, and Ann's other browser."""
    desk = await enter("Ann")
    return desk, await again(desk)


def device(screen: Screen, name: str) -> Locator:
    return screen.dialog.get_by_role("listitem").filter(has_text=name)


async def rename(screen: Screen, old: str, new: str) -> None:
    await device(screen, old).get_by_role("button", name="Rename").click()
    await screen.page.get_by_label("Name of the device").fill(new)
    await screen.page.keyboard.press("Enter")


async def change_password(screen: Screen, current: str, new: str) -> None:
    await screen.page.get_by_label("Current password").fill(current)
    await screen.page.get_by_label("New password", exact=True).fill(new)
    await screen.page.keyboard.press("Enter")


async def ends(screen: Screen) -> None:
    """Nobody is logged in there any more, and nothing stands in the way of who comes next."""
    await expect(screen.page.get_by_role("heading", name="Welcome back")).to_be_visible(timeout=5_000)
    await expect(screen.page.get_by_role("dialog")).to_have_count(0)


async def test_a_person_sees_her_devices_and_this_one_first(both: Both) -> None:
    desk, _ = both
    await desk.choose("Devices")
    rows = desk.dialog.get_by_role("listitem")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("Chrome on Linux")
    await expect(rows.first).to_contain_text("This device")
    await expect(rows.first).to_contain_text("Active now")
    await expect(rows.first.get_by_role("button", name="Log out")).to_have_count(0)
    await expect(rows.last).to_contain_text("127.0.0.1")
    await expect(rows.last).to_contain_text("Last seen just now")
    await expect(rows.last).not_to_contain_text("This device")


async def test_a_new_name_of_a_device_shows_at_once_on_the_other(both: Both) -> None:
    desk, other = both
    await desk.choose("Devices")
    await other.choose("Devices")
    await rename(desk, "This device", "  Desk ")
    await expect(device(desk, "Desk")).to_contain_text("This device")
    await expect(device(other, "Desk")).not_to_contain_text("This device")
    await expect(device(desk, "Desk").get_by_role("button", name="Rename Desk")).to_be_focused()


async def test_a_name_that_is_refused_can_be_corrected_or_given_up(both: Both) -> None:
    desk, other = both
    await desk.choose("Devices")
    await rename(desk, "This device", " ")
    await expect(desk.dialog.get_by_role("alert").filter(has_text="A name has 1 to 64")).to_be_visible()
    await desk.page.get_by_label("Name of the device").fill("half a na")
    await other.choose("Devices")
    await rename(other, "This device", "Elsewhere")
    await expect(device(desk, "Elsewhere")).to_be_visible()
    await expect(desk.page.get_by_label("Name of the device")).to_have_value("half a na")
    await desk.page.keyboard.press("Escape")
    await expect(device(desk, "This device")).to_contain_text("Chrome on Linux")
    await desk.page.keyboard.press("Escape")
    await expect(desk.dialog).to_have_count(0)
    await expect(desk.account).to_be_focused()


async def test_a_device_that_comes_or_goes_is_seen_by_the_open_list(enter: Enter, again: Again) -> None:
    desk = await enter("Ann")
    await desk.choose("Devices")
    await expect(desk.dialog).to_contain_text("You are logged in only here.")
    await expect(desk.page.get_by_role("button", name="Log out all others")).to_be_hidden()
    phone = await again(desk, user_agent=IPHONE)
    await expect(desk.dialog.get_by_role("listitem")).to_have_count(2)
    await expect(desk.dialog.get_by_role("listitem").last).to_contain_text("Safari on iPhone")
    await phone.log_out()
    await expect(desk.dialog.get_by_role("listitem")).to_have_count(1)


async def test_a_device_is_logged_out_from_another(both: Both) -> None:
    desk, other = both
    await other.choose("Devices")
    await rename(other, "This device", "Kitchen")
    await desk.choose("Devices")
    await device(desk, "Kitchen").get_by_role("button", name="Log out Kitchen").click()
    await desk.answer("Log out “Kitchen”?", "Cancel")
    await expect(device(desk, "Kitchen")).to_be_visible()
    await device(desk, "Kitchen").get_by_role("button", name="Log out Kitchen").click()
    await desk.answer("Log out “Kitchen”?", "Log out")
    await expect(device(desk, "Kitchen")).to_have_count(0)
    await ends(other)
    await expect(desk.dialog).to_contain_text("You are logged in only here.")
    await expect(desk.page.get_by_role("list", name="Devices")).to_be_focused()


async def test_all_others_are_logged_out(both: Both, again: Again) -> None:
    desk, other = both
    third = await again(desk)
    await desk.choose("Devices")
    await expect(desk.dialog.get_by_role("listitem")).to_have_count(3)
    await desk.page.get_by_role("button", name="Log out all others").click()
    await desk.answer("Log out all others?", "Log out all")
    await expect(desk.dialog.get_by_role("listitem")).to_have_count(1)
    await ends(other)
    await ends(third)


async def test_a_password_is_changed_by_who_knows_it(both: Both) -> None:
    desk, other = both
    await desk.choose("Change password")
    await expect(desk.page.get_by_label("Current password")).to_be_focused()
    await change_password(desk, "not-the-password", ANOTHER)
    await expect(desk.page.get_by_label("Current password")).to_be_focused()
    await expect(desk.dialog).to_contain_text("This is not the password of the account.")
    await change_password(desk, desk.password, "password1")
    await expect(desk.page.get_by_label("New password", exact=True)).to_be_focused()
    await expect(desk.dialog).to_contain_text("This password is too common.")
    await change_password(desk, desk.password, ANOTHER)
    await expect(desk.dialog).to_have_count(0)
    await expect(desk.page.get_by_text("Your password is changed.")).to_be_visible()
    await ends(other)
    await desk.log_out()
    await desk.log_in(desk.username, ANOTHER)


async def test_passwords_are_shown_to_who_wants_to_see_them(enter: Enter) -> None:
    desk = await enter("Ann")
    await desk.choose("Change password")
    field = desk.page.get_by_label("New password", exact=True)
    await expect(field).to_have_attribute("type", "password")
    await desk.page.get_by_label("Show passwords").check()
    await expect(field).to_have_attribute("type", "text")


async def test_too_many_guesses_have_to_wait(enter: Enter) -> None:
    desk = await enter("Ann")
    await desk.page.route("**/v1/account/password/change", lambda route: route.fulfill(status=429, json=RATE_LIMITED))
    await desk.choose("Change password")
    await change_password(desk, "a-guess", ANOTHER)
    await expect(desk.dialog.get_by_role("alert")).to_have_text("Too many attempts. Wait a minute and try again.")


async def test_a_new_name_follows_everywhere(both: Both) -> None:
    desk, other = both
    await desk.choose("Profile")
    await expect(desk.page.get_by_label("Your name")).to_have_value("Ann")
    await expect(desk.page.get_by_label("Your name")).to_be_focused()
    await desk.page.get_by_label("Your name").fill("Ann <b>Bold</b>")
    await desk.page.get_by_label("About you").fill("Plants, trains.\nSlow mornings.")
    await desk.page.get_by_role("button", name="Save").click()
    await expect(desk.dialog).to_have_count(0)
    for screen in both:
        await expect(screen.account).to_have_accessible_name("Account of Ann <b>Bold</b>")
    await other.choose("Profile")
    await expect(other.page.get_by_label("Your name")).to_have_value("Ann <b>Bold</b>")
    await expect(other.page.get_by_label("About you")).to_have_value("Plants, trains.\nSlow mornings.")
    await other.page.reload()
    await expect(other.account).to_have_accessible_name("Account of Ann <b>Bold</b>")


async def test_what_another_device_changed_meanwhile_is_not_undone(both: Both) -> None:
    desk, other = both
    for screen in both:
        await screen.choose("Profile")
        await expect(screen.page.get_by_label("Your name")).to_be_focused()
    await other.page.get_by_label("About you").fill("Plants")
    await other.page.get_by_role("button", name="Save").click()
    await expect(other.dialog).to_have_count(0)
    await desk.page.get_by_label("Your name").fill("Anna")
    await desk.page.get_by_role("button", name="Save").click()
    await expect(desk.dialog).to_have_count(0)
    await desk.choose("Profile")
    await expect(desk.page.get_by_label("Your name")).to_have_value("Anna")
    await expect(desk.page.get_by_label("About you")).to_have_value("Plants")


async def test_a_profile_says_what_is_wrong_with_which_field(enter: Enter) -> None:
    desk = await enter("Ann")
    await desk.choose("Profile")
    await expect(desk.page.get_by_label("Your name")).to_be_focused()
    await expect(desk.dialog).to_contain_text("0 of 500 characters")
    await desk.page.get_by_label("About you").fill("x" * 600)
    await expect(desk.dialog).to_contain_text("500 of 500 characters")
    await desk.page.get_by_label("Your name").fill("\u2800")
    await desk.page.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_label("Your name")).to_be_focused()
    await expect(desk.page.get_by_label("Your name")).to_have_attribute("aria-invalid", "")
    await expect(desk.dialog).to_contain_text("A name has 1 to 64 characters")


async def test_a_window_says_that_the_server_cannot_be_reached(enter: Enter) -> None:
    desk = await enter("Ann")
    await desk.context.set_offline(True)
    for item in ("Devices", "Profile"):
        await desk.choose(item)
        await expect(desk.dialog.get_by_role("alert")).to_contain_text("The server cannot be reached.")
        await desk.page.get_by_role("button", name="Close").click()
    await desk.choose("Devices")
    await expect(desk.dialog.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    await desk.context.set_offline(False)
    await expect(desk.dialog.get_by_role("listitem")).to_have_count(1)
    await expect(desk.dialog.get_by_role("alert")).to_be_empty()


async def test_the_keyboard_is_enough(both: Both) -> None:
    desk, _ = both
    keys = desk.page.keyboard
    await desk.account.focus()
    await keys.press("Enter")
    for _ in range(3):
        await keys.press("ArrowDown")
    await expect(desk.page.get_by_role("menuitem", name="Devices")).to_be_focused()
    await keys.press("Enter")
    await expect(desk.dialog.get_by_role("listitem")).to_have_count(2)
    await expect(desk.page.get_by_role("button", name="Close")).to_be_focused()
    await keys.press("Tab")
    await expect(desk.page.get_by_role("button", name="Rename").first).to_be_focused()
    await keys.press("Escape")
    await expect(desk.dialog).to_have_count(0)
    await expect(desk.account).to_be_focused()

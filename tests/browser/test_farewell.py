"""Why a person sees the log-in who did not log out here."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Again, Enter, serving
from tests.browser.screen import Screen
from tests.processes import Gateway

pytestmark = pytest.mark.browser
ENDED = "This device was logged out from another one of yours, or your password was changed."
REPLACED = "You logged in on another device of this kind. Only one can be logged in at a time."
PATIENCE = 15_000  # a busy machine; that it takes no second is shown where gateways are tested
one_of_each = pytest.mark.parametrize("live", [{"ONE_DEVICE_PER_PLATFORM": "yes"}], indirect=True)


@pytest.fixture(scope="module")
def live(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[Gateway]:
    with serving(**getattr(request, "param", {})) as gateway:
        yield gateway


def notice(screen: Screen) -> Locator:
    return screen.page.locator(".entrance").get_by_role("alert").filter(has_text="logged")


async def end_others(screen: Screen) -> None:
    await screen.choose("Devices")
    await screen.page.get_by_role("button", name="Log out all others").click()
    await screen.page.get_by_role("button", name="Log out all", exact=True).click()


async def test_a_session_that_is_ended_elsewhere_closes_and_says_why(enter: Enter, again: Again) -> None:
    desk = await enter("Ann")
    other = await again(desk)
    second = Screen(other.url, other.context, await other.context.new_page())
    await second.page.goto(other.url)
    for screen in (other, second):
        await expect(screen.account).to_be_visible()
        await expect(screen.row("Notes to self")).to_be_visible()
    await end_others(desk)
    for screen in (other, second):
        await expect(notice(screen)).to_have_text(ENDED, timeout=PATIENCE)
        await expect(screen.page.get_by_label("User name or e-mail")).to_be_focused()
    await other.page.reload()
    await expect(notice(other)).to_have_text(ENDED)
    await other.log_in(desk.username)
    await other.log_out()
    await expect(other.page.get_by_role("heading", name="Welcome back")).to_be_visible()
    await expect(notice(other)).to_have_count(0)


async def test_a_page_that_was_closed_meanwhile_says_it_too(enter: Enter, again: Again) -> None:
    desk = await enter("Ann")
    other = await again(desk)
    await other.close()
    await end_others(desk)
    await other.reopen()
    await expect(notice(other)).to_have_text(ENDED)


@one_of_each
async def test_who_was_replaced_is_told_so(enter: Enter, again: Again) -> None:
    desk = await enter("Ann")
    await expect(desk.row("Notes to self")).to_be_visible()
    other = await again(desk)
    await expect(notice(desk)).to_have_text(REPLACED)
    await expect(other.row("Notes to self")).to_be_visible()

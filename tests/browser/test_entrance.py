"""Coming in by a code of a mail: who signs up, who forgot the password, who logs in without one."""

import re
from collections.abc import Awaitable, Callable, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import Blank, serving
from tests.browser.post import Post, Visitor, delivering
from tests.processes import Gateway

pytestmark = pytest.mark.browser
ANOTHER = "staple-battery-9"
OVER = "This code is no longer good."
Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    with delivering() as post:
        yield post


@pytest.fixture(scope="module")
def live(django_db_setup: None) -> Iterator[Gateway]:
    """A server that verifies addresses."""
    with serving(VERIFY_EMAIL="yes") as gateway:
        yield gateway
        assert "Traceback" not in (news := gateway.news()), news


def wrong(right: str) -> str:
    return "000000" if right != "000000" else "000001"


@pytest_asyncio.fixture(loop_scope="session")
async def visit(blank: Blank, post: Post) -> Visit:
    async def come() -> Visitor:
        screen = await blank()
        await screen.page.clock.install()
        await screen.page.goto(screen.url)
        return Visitor(screen, post)

    return come


@pytest_asyncio.fixture(loop_scope="session")
async def ann(visit: Visit) -> Visitor:
    return await visit()


async def test_a_sign_up_goes_on_with_the_code_of_the_mail(ann: Visitor) -> None:
    await ann.sign_up()
    await expect(ann.page.get_by_text(f"We sent a code to {ann.email}.")).to_be_visible()
    await expect(ann.code).to_have_attribute("inputmode", "numeric")
    await expect(ann.code).to_have_attribute("autocomplete", "one-time-code")
    await ann.enter(await ann.post.code(ann.email))
    await ann.is_in()
    await ann.screen.log_out()
    await ann.log_in()
    await ann.is_in()


async def test_a_wrong_code_is_told_and_the_next_types_over_it(ann: Visitor) -> None:
    await ann.sign_up()
    right = await ann.post.code(ann.email)
    await ann.enter(wrong(right))
    await expect(ann.page.get_by_text("This is not the code of the mail")).to_be_visible()
    await expect(ann.code).to_have_attribute("aria-invalid", "")
    await expect(ann.code).to_be_focused()
    await ann.page.keyboard.type(right)
    await ann.is_in()


async def test_after_three_wrong_codes_one_begins_again(ann: Visitor) -> None:
    await ann.sign_up()
    right = await ann.post.code(ann.email)
    for _ in range(3):
        async with ann.page.expect_response("**/email/verify"):
            await ann.enter(wrong(right))
        await expect(ann.code).to_have_attribute("aria-invalid", "")
    await ann.enter(right)
    await ann.is_told(f"{OVER} Log in to get another.")
    await expect(ann.page.get_by_label("User name or e-mail")).to_have_value(ann.email)
    await ann.minutes_pass()
    await ann.log_in(login=ann.username)
    await expect(ann.page.get_by_text("We sent a code to your e-mail address.")).to_be_visible()
    await ann.enter(await ann.post.code(ann.email, 2))
    await ann.is_in()


async def test_another_code_is_sent_once_a_minute(ann: Visitor) -> None:
    await ann.sign_up()
    first = await ann.post.code(ann.email)
    await expect(ann.again).to_be_disabled()
    await expect(ann.again).to_have_text(re.compile(r"^Send again in \d+ s$"))
    await ann.page.clock.fast_forward(61_000)
    await ann.again.click()
    await expect(ann.page.get_by_text("Too many attempts. Wait a minute and try again.")).to_be_visible()
    await expect(ann.again).to_be_disabled()
    await ann.minutes_pass()
    await ann.again.click()
    await expect(ann.page.get_by_text("Sent again. Only the newest code is good.")).to_be_visible()
    await expect(ann.again).to_be_disabled()
    await expect(ann.code).to_be_focused()
    second = await ann.post.code(ann.email, 2)
    assert first != second
    await ann.enter(first)
    await expect(ann.code).to_have_attribute("aria-invalid", "")
    await ann.enter(second)
    await ann.is_in()


async def test_no_more_than_two_are_sent_again(ann: Visitor) -> None:
    await ann.sign_up()
    for count in (2, 3):
        await ann.minutes_pass()
        await ann.again.click()
        await ann.post.receive(ann.email, count)
        await expect(ann.again).to_have_text(re.compile(r"^Send again in"))  # which it says once it has the answer
        await expect(ann.again).to_be_disabled()
    await ann.minutes_pass()
    await ann.again.click()
    await expect(ann.page.get_by_text("No more codes are sent for this try.")).to_be_visible()
    await expect(ann.again).to_be_disabled()
    await ann.enter(await ann.post.code(ann.email, 3))
    await ann.is_in()


async def test_a_code_is_pasted_as_it_stands_in_the_mail(ann: Visitor) -> None:
    await ann.sign_up()
    code = await ann.post.code(ann.email)
    await ann.screen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await ann.page.evaluate("text => navigator.clipboard.writeText(text)", f"  {code[:3]} {code[3:]}\n")
    await ann.code.press("Control+v")
    await ann.is_in()


async def test_an_address_that_has_an_account_looks_alike(ann: Visitor, visit: Visit) -> None:
    await ann.joins()
    eve = await visit()
    await eve.sign_up()
    other = await visit()
    other.email = ann.email
    await other.sign_up()
    seen = [await one.sees() for one in (eve, other)]
    assert seen[0].replace(eve.email, ann.email) == seen[1]
    assert "which has an account already" in await ann.post.receive(ann.email)
    await other.enter("123456")
    await expect(other.page.get_by_text("This is not the code of the mail")).to_be_visible()


async def test_going_back_finds_the_form_as_it_was(ann: Visitor) -> None:
    await ann.sign_up()
    await ann.page.get_by_role("button", name="Back").click()
    await expect(ann.page.get_by_label("E-mail")).to_have_value(ann.email)
    await expect(ann.page.get_by_label("User name")).to_have_value(ann.username)


async def test_one_logs_in_with_a_code(ann: Visitor) -> None:
    await ann.joins()
    await ann.page.get_by_label("User name or e-mail").fill(ann.email)
    await ann.page.get_by_role("button", name="Use a code instead").click()
    await expect(ann.page.get_by_label("E-mail")).to_have_value(ann.email)
    await ann.page.keyboard.press("Enter")
    code = await ann.post.code(ann.email)
    await ann.enter(wrong(code))
    await expect(ann.code).to_have_attribute("aria-invalid", "")
    await ann.enter(code)
    await ann.is_in()


async def test_a_log_in_by_code_is_begun_again(ann: Visitor) -> None:
    await ann.joins()
    await ann.ask("Use a code instead")
    first = await ann.post.code(ann.email)
    await ann.minutes_pass()
    await ann.again.click()
    second = await ann.post.code(ann.email, 2)
    for _ in range(3):
        async with ann.page.expect_response("**/code/confirm"):
            await ann.enter(wrong(second))
        await expect(ann.code).to_have_attribute("aria-invalid", "")
    await ann.enter(first)
    await ann.is_told(f"{OVER} Ask for another.")
    await expect(ann.page.get_by_label("E-mail")).to_have_value(ann.email)
    await ann.page.keyboard.press("Enter")
    await ann.is_told("Too many attempts. Wait a minute and try again.")
    await ann.minutes_pass()
    await ann.page.keyboard.press("Enter")
    await ann.enter(await ann.post.code(ann.email, 3))
    await ann.is_in()


async def test_who_forgot_the_password_sets_a_new_one(ann: Visitor) -> None:
    await ann.joins()
    await ann.ask("Forgot your password?")
    code = await ann.post.code(ann.email)
    new = ann.page.get_by_label("New password")
    await ann.enter(wrong(code))
    await expect(new).to_be_focused()
    await new.fill(ANOTHER)
    await new.press("Enter")
    await expect(ann.page.get_by_text("This is not the code of the mail")).to_be_visible()
    await expect(ann.code).to_be_focused()
    await ann.page.keyboard.type(code)
    await new.fill("password1")
    await new.press("Enter")
    await expect(ann.page.get_by_text("This password is too common.")).to_be_visible()
    await new.fill(ANOTHER)
    await new.press("Enter")
    await ann.is_in()
    await ann.post.receive(ann.email, 2)  # which tells of the change
    await ann.screen.log_out()
    await ann.log_in()
    await expect(ann.page.get_by_text("No account has this name and password.")).to_be_visible()
    await ann.log_in(ANOTHER)
    await ann.is_in()


@pytest.mark.parametrize("way", ["Use a code instead", "Forgot your password?"])
async def test_a_stranger_looks_alike(ann: Visitor, visit: Visit, way: str) -> None:
    await ann.joins()
    eve = await visit()
    for one in (ann, eve):
        await one.ask(way)
    seen = [await one.sees() for one in (ann, eve)]
    assert seen[0].replace(ann.email, eve.email) == seen[1]
    await ann.post.receive(ann.email)
    assert eve.post.to(eve.email) == []


async def test_a_code_of_nobody_is_wrong(ann: Visitor) -> None:
    await ann.ask("Use a code instead")
    await ann.enter("123456")
    await expect(ann.page.get_by_text("This is not the code of the mail")).to_be_visible()

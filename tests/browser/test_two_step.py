"""A log-in that asks for more than the password: codes of an app, recovery codes, passkeys."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.accounts.keys import totp
from tests.browser.conftest import Again, Blank, Enter
from tests.browser.screen import PASSWORD, Screen

pytestmark = pytest.mark.browser
TITLE = "Two-step log-in"


def window(screen: Screen, title: str = TITLE) -> Locator:
    return screen.page.get_by_role("dialog", name=title, exact=True)


async def press(place: Locator, name: str) -> None:
    await place.get_by_role("button", name=name, exact=True).click()


async def leave(screen: Screen, title: str) -> None:
    await press(window(screen, title), "Close")
    await expect(window(screen, title)).to_have_count(0)


async def set_up_app(screen: Screen) -> tuple[str, list[str]]:
    """The app's secret and the recovery codes."""
    await screen.choose(TITLE)
    await press(window(screen), "Set up an authenticator app")
    app = window(screen, "Authenticator app")
    await expect(app.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    await expect(app.locator(".qr path")).to_have_attribute("d", re.compile("^M4,4H5"))
    await app.get_by_text("It cannot be scanned?").click()
    secret = (await app.locator(".secret").inner_text()).replace(" ", "")
    await app.get_by_label("Code of the app").press_sequentially(totp(secret))
    await shows_who_she_is(screen)
    return secret, await codes_of(screen)


async def shows_who_she_is(screen: Screen) -> None:
    """Neither signing up nor logging in is a proof."""
    await window(screen, "Is it you?").get_by_label("Password").fill(PASSWORD)
    await screen.page.keyboard.press("Enter")


async def codes_of(screen: Screen) -> list[str]:
    found = window(screen, "Recovery codes").get_by_role("listitem")
    await expect(found).to_have_count(10)
    codes = await found.all_inner_texts()
    await leave(screen, "Recovery codes")
    return codes


async def enter_password(screen: Screen, password: str = PASSWORD) -> None:
    await screen.page.get_by_label("User name or e-mail").fill(screen.username)
    await screen.page.get_by_label("Password").fill(password)
    await screen.page.keyboard.press("Enter")


async def is_in(screen: Screen) -> None:
    await expect(screen.search).to_be_visible()


async def can_passkeys(screen: Screen) -> None:
    """A browser with a fingerprint reader, at an address that has a name."""
    screen.url = screen.url.replace("127.0.0.1", "localhost")
    cdp = await screen.context.new_cdp_session(screen.page)
    await cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    able = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options | able})


@pytest_asyncio.fixture(loop_scope="session")
async def ann(blank: Blank) -> Screen:
    """In a browser that knows passkeys."""
    screen = await blank()
    await can_passkeys(screen)
    await screen.sign_up("Ann")
    return screen


async def test_an_app_is_set_up_and_asked_for_at_the_next_log_in(enter: Enter) -> None:
    ann = await enter("Ann")
    secret, codes = await set_up_app(ann)
    assert len(set(codes)) == 10
    await expect(window(ann)).to_contain_text("10 of 10 left")
    await leave(ann, TITLE)
    await ann.log_out()
    await enter_password(ann)
    code = ann.page.get_by_label("Code of the app")
    await expect(code).to_be_focused()
    await code.press_sequentially("000000" if totp(secret, 1) != "000000" else "000001")
    await expect(ann.page.get_by_text("This is not the code that the app shows")).to_be_visible()
    await expect(code).to_be_focused()
    await ann.page.keyboard.type(totp(secret, 1))
    await is_in(ann)


async def test_a_recovery_code_opens_once(enter: Enter) -> None:
    ann = await enter("Ann")
    _, codes = await set_up_app(ann)
    await leave(ann, TITLE)
    for code, tells in ((codes[0], False), (codes[0], True)):
        await ann.log_out()
        await enter_password(ann)
        await press(ann.page.locator("main"), "Use a recovery code")
        await expect(ann.page.get_by_label("Recovery code")).to_be_focused()
        await ann.page.keyboard.type(f" {code[:4]} {code[4:]}")
        await ann.page.keyboard.press("Enter")
        if tells:
            await expect(ann.page.get_by_text("This is none of your codes, or it was used.")).to_be_visible()
            await ann.page.get_by_label("Recovery code").fill(codes[1])
            await ann.page.keyboard.press("Enter")
        await is_in(ann)
    await ann.choose(TITLE)
    await expect(window(ann)).to_contain_text("8 of 10 left")
    await press(window(ann), "Make new recovery codes")
    await ann.answer("Make new recovery codes?", "Make new ones")
    await shows_who_she_is(ann)
    assert not set(await codes_of(ann)) & set(codes)
    await expect(window(ann)).to_contain_text("10 of 10 left")


async def test_going_back_from_the_second_step_finds_the_log_in(enter: Enter) -> None:
    ann = await enter("Ann")
    await set_up_app(ann)
    await leave(ann, TITLE)
    await ann.log_out()
    await enter_password(ann)
    await press(ann.page.locator("main"), "Use a recovery code")
    await press(ann.page.locator("main"), "Use the code of your app")
    await expect(ann.page.get_by_label("Code of the app")).to_be_focused()
    await press(ann.page.locator("main"), "Back")
    await expect(ann.page.get_by_label("User name or e-mail")).to_have_value(ann.username)


async def test_an_app_is_turned_off_and_the_other_device_sees_it(enter: Enter, again: Again) -> None:
    desk = await enter("Ann")
    other = await again(desk)
    await other.choose(TITLE)
    await set_up_app(desk)
    await expect(window(other)).to_contain_text("On since")
    await press(window(desk), "Turn off the app’s codes")
    await desk.answer("Turn off the app’s codes?", "Turn off")
    for screen in (desk, other):
        await expect(window(screen).get_by_role("button", name="Set up an authenticator app")).to_be_visible()
        await expect(window(screen)).not_to_contain_text("Recovery codes")
    await leave(desk, TITLE)
    await desk.log_out()
    await enter_password(desk)
    await is_in(desk)


async def test_a_wrong_password_is_no_proof(enter: Enter) -> None:
    ann = await enter("Ann")
    await ann.choose(TITLE)
    await press(window(ann), "Set up an authenticator app")
    app = window(ann, "Authenticator app")
    await app.get_by_text("It cannot be scanned?").click()
    secret = (await app.locator(".secret").inner_text()).replace(" ", "")
    await app.get_by_label("Code of the app").press_sequentially(totp(secret))
    proof = window(ann, "Is it you?")
    await expect(proof.get_by_label("Password")).to_be_focused()
    await proof.get_by_label("Password").fill("not-the-password")
    await ann.page.keyboard.press("Enter")
    await expect(proof).to_contain_text("This is not the password of the account.")
    await shows_who_she_is(ann)
    await codes_of(ann)


async def test_who_gives_no_proof_changes_nothing(enter: Enter) -> None:
    ann = await enter("Ann")
    await ann.choose(TITLE)
    await press(window(ann), "Add a passkey")
    await expect(window(ann, "Is it you?")).to_be_visible()
    await ann.page.keyboard.press("Escape")
    await expect(window(ann, "Is it you?")).to_have_count(0)
    await expect(window(ann).get_by_role("alert")).to_be_empty()


async def test_a_passkey_is_added_and_logs_in_without_a_password(ann: Screen) -> None:
    await ann.choose(TITLE)
    await press(window(ann), "Add a passkey")
    await shows_who_she_is(ann)
    await codes_of(ann)
    await expect(window(ann).get_by_role("list", name="Passkeys")).to_contain_text("Chrome on Linux")
    await press(window(ann), "Add a passkey")
    await expect(window(ann).get_by_role("alert")).to_contain_text("has a passkey for your account already")
    await leave(ann, TITLE)
    await ann.log_out()
    await press(ann.page.locator("main"), "Use a passkey")
    await is_in(ann)
    await expect(ann.account).to_have_accessible_name("Account of Ann")


async def test_a_passkey_is_the_second_step_too_until_it_is_removed(ann: Screen) -> None:
    await ann.choose(TITLE)
    await press(window(ann), "Add a passkey")
    await shows_who_she_is(ann)
    await codes_of(ann)
    await leave(ann, TITLE)
    await ann.log_out()
    await enter_password(ann)
    await expect(ann.page.get_by_text("Confirm with your passkey that it is you.")).to_be_visible()
    await press(ann.page.locator("main"), "Use a passkey")
    await is_in(ann)
    await ann.choose(TITLE)
    await press(window(ann), "Remove Chrome on Linux")
    await ann.answer("Remove “Chrome on Linux”?", "Remove")
    await press(window(ann, "Is it you?"), "Use a passkey")
    await expect(window(ann).get_by_role("list", name="Passkeys")).to_have_count(0)
    await leave(ann, TITLE)
    await ann.log_out()
    await press(ann.page.locator("main"), "Use a passkey")
    await expect(ann.page.get_by_role("alert").filter(has_text="This passkey is not known here.")).to_be_visible()
    await enter_password(ann)
    await is_in(ann)


async def test_a_browser_without_a_passkey_says_so(enter: Enter) -> None:
    ann = await enter("Ann")
    await ann.page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
    )
    await ann.log_out()
    await press(ann.page.locator("main"), "Use a passkey")
    await expect(ann.page.get_by_role("alert").filter(has_text=re.compile("^No passkey was used."))).to_be_visible()

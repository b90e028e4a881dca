"""python -m tests.browser.screens [folder] [all]: the pictures of docs/screens, taken from the real server.

What looks much the same in every size and scheme is kept in two of the four; `all` takes them all.
"""

import asyncio
import itertools
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import tests.servers  # noqa: F401  # starts PostgreSQL and Redis, before Django reads its settings

import django  # isort: skip

os.environ["FRIENDS_ONLY"] = "yes"
django.setup()

from django.core.management import call_command  # noqa: E402
from playwright.async_api import Browser, async_playwright, expect  # noqa: E402

from tests.browser import message_desk as desk  # noqa: E402
from tests.browser.caller import Caller  # noqa: E402
from tests.browser.cast import GROUP, SAID_TO_BOB, TALK, fill  # noqa: E402
from tests.browser.crew import ASKED, CREW, DATES  # noqa: E402
from tests.browser.group_screen import GroupScreen  # noqa: E402
from tests.browser.screen import ARGUMENTS, CHROMIUM, Screen  # noqa: E402
from tests.processes import Gateway  # noqa: E402

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
TWO = {("phone", "dark"), ("desktop", "light")}
ONLINE = ("bob", "gus")
DAY = 86_400
CODES = [f"{number * 7_654_321 % 10**8:08}" for number in range(1, 11)]
FACTORS = [
    {"type": "totp", "created_at": time.time() - 40 * DAY, "last_used_at": time.time() - DAY},
    {"type": "webauthn", "id": 1, "name": "Pixel 9", "created_at": time.time() - 30 * DAY, "last_used_at": time.time()},
    {"type": "webauthn", "id": 2, "name": "Safari on Mac", "created_at": time.time() - 3 * DAY, "last_used_at": None},
    {"type": "recovery_codes", "created_at": 0, "last_used_at": None, "total_code_count": 10, "unused_code_count": 8},
]


@dataclass
class Camera:
    screen: Screen
    bob: Screen
    size: str
    scheme: str
    folder: Path
    takes_all: bool

    async def take(self, name: str) -> None:
        if not (self.takes_all or name in ("login", "list", "chat") or (self.size, self.scheme) in TWO):
            return
        await self.screen.page.mouse.move(0, 0)  # nothing is to look pointed at
        await self.screen.page.wait_for_timeout(400)
        path = self.folder / f"{name}-{self.size}-{self.scheme}.png"
        await self.screen.page.screenshot(path=path)
        print(path)


async def login(camera: Camera) -> None:
    page = camera.screen.page
    await page.goto(camera.screen.url)
    await expect(page.get_by_role("button", name="Log in")).to_be_visible()
    await camera.take("login")
    await camera.screen.log_in("ann")
    await expect(camera.screen.row("Gus Tanaka").locator(".dot")).to_be_visible()


async def conversations(camera: Camera) -> None:
    if camera.size == "phone":
        await camera.take("list")


async def people(camera: Camera) -> None:
    page = camera.screen.page
    await page.get_by_role("button", name="Friends, 1 request").click()
    await page.get_by_role("tab", name="Friends").click()
    await camera.take("friends")
    await page.get_by_role("tab", name="Requests").click()
    if camera.takes_all:
        await camera.take("requests")
    await page.keyboard.press("Escape")


async def privacy(camera: Camera) -> None:
    await camera.screen.choose("Privacy")
    await expect(camera.screen.dialog.get_by_role("switch", checked=True)).to_have_count(4)
    await camera.take("privacy")
    await camera.screen.page.keyboard.press("Escape")


async def chat(camera: Camera) -> None:
    await camera.screen.open("Bob Okafor")
    await expect(camera.screen.messages).to_have_count(SAID_TO_BOB)
    await expect(camera.screen.page.locator(".thread-subtitle")).to_have_text("online")
    await camera.take("chat")


async def to_list(camera: Camera) -> None:
    back = camera.screen.page.get_by_role("button", name="Back to the list")
    if await back.is_visible():
        await back.click()


async def group(camera: Camera) -> None:
    screen = GroupScreen(camera.screen)
    await to_list(camera)
    await camera.screen.open(GROUP)
    await expect(camera.screen.messages).to_have_count(len(TALK))
    await expect(screen.line).to_have_text("6 members")
    await camera.take("group")
    dialog = await screen.open_info()
    await expect(dialog).to_contain_text("read by 1 of 6")
    await camera.take("group-info")
    for tab in ("Joining", "Settings") if camera.takes_all else ():
        await dialog.get_by_role("tab", name=tab).click()
        await camera.take(f"group-{tab.lower()}")
    await screen.close()
    if camera.takes_all:
        await picking(camera, screen)


async def kinds(camera: Camera) -> None:
    """All that a message can be and bear, and what can be done with one."""
    await to_list(camera)
    await camera.screen.open(CREW)
    await expect(camera.screen.messages).to_have_count(len(DATES))
    await expect(desk.pinned(camera.screen)).to_contain_text("2 of 2")
    await expect(camera.screen.page.locator(".mention.me")).to_be_visible()
    scrolling = camera.screen.page.locator(".log-scroll")
    await scrolling.evaluate("node => { node.scrollTop = 0; }")
    await camera.take("kinds")
    await scrolling.evaluate("node => { node.scrollTop = node.scrollHeight; }")
    await desk.bubble(camera.screen, ASKED).click(button="right")
    await expect(camera.screen.page.get_by_role("menuitem", name="More reactions")).to_be_visible()
    await camera.take("message-menu")
    await camera.screen.page.keyboard.press("Escape")


async def picking(camera: Camera, screen: GroupScreen) -> None:
    await to_list(camera)
    await screen.page.get_by_role("button", name="New group").click()
    await screen.dialog.get_by_label("Name of the group").fill("Climbing")
    for name in ("Cem", "Gus"):
        await screen.dialog.get_by_role("button", name=name).click()
    await camera.take("group-new")
    await screen.close()


async def two_step(camera: Camera) -> None:
    """As it looks with an app, passkeys and codes; none of it is real."""
    page = camera.screen.page
    await page.route("**/v1/account/authenticators", lambda route: route.fulfill(json={"data": FACTORS}))
    await camera.screen.choose("Two-step log-in")
    await expect(camera.screen.dialog).to_contain_text("8 of 10 left")
    await camera.take("two-step")
    await page.keyboard.press("Escape")
    if not camera.takes_all:
        return
    await page.route("**/v1/account/authenticators", lambda route: route.fulfill(json={"data": []}))
    await camera.screen.choose("Two-step log-in")
    await page.get_by_role("button", name="Set up an authenticator app").click()
    await expect(page.locator(".qr")).to_be_visible()
    await page.get_by_text("It cannot be scanned?").click()
    await camera.take("app")
    await page.keyboard.press("Escape")
    await page.route("**/recovery-codes", lambda route: route.fulfill(json={"data": {"unused_codes": CODES}}))
    await page.route("**/v1/account/authenticators", lambda route: route.fulfill(json={"data": FACTORS}))
    await page.keyboard.press("Escape")
    await camera.screen.choose("Two-step log-in")
    await page.get_by_role("button", name="Show the recovery codes").click()
    await camera.take("codes")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")


async def call(camera: Camera) -> None:
    if (camera.size, camera.scheme) not in TWO:
        return
    ann, bob = Caller(camera.screen), Caller(camera.bob)
    await ann.screen.log_in("ann")
    await ann.screen.open("Bob Okafor")
    await bob.screen.open("Ann Lindqvist")
    await bob.call("Video")
    await ann.rings("Bob Okafor")
    await camera.take("ringing")
    await ann.press("Voice only")
    await ann.talks()
    await bob.press("Turn camera off")
    await expect(ann.picture).to_be_hidden()
    await camera.take("call")
    await ann.press("Hang up")
    await bob.is_quiet()


STATIONS: list[Callable[[Camera], Awaitable[None]]] = [
    login,
    conversations,
    people,
    privacy,
    two_step,
    chat,
    group,
    kinds,
]
LAST = [call]  # it leaves lines, which no other picture is to show


@asynccontextmanager
async def looking(browser: Browser, url: str, size: str, scheme: str) -> AsyncIterator[Screen]:
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if size == "phone" else 1,
        is_mobile=size == "phone",
        has_touch=size == "phone",
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en-GB",
        timezone_id="UTC",
    )
    yield Screen(url, context, await context.new_page())
    await context.close()


async def online(browser: Browser, url: str, name: str) -> Screen:
    context = await browser.new_context()
    screen = Screen(url, context, await context.new_page())
    await screen.log_in(name)
    return screen


async def photograph(url: str, folder: Path, *, takes_all: bool) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        bob, *_ = [await online(browser, url, name) for name in ONLINE]
        for stations, size, scheme in itertools.product((STATIONS, LAST), SIZES, ("light", "dark")):
            async with looking(browser, url, size, scheme) as screen:
                for station in stations:
                    await station(Camera(screen, bob, size, scheme, folder, takes_all))
        await browser.close()


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screens")
    folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    fill()
    gateway = Gateway().start()
    try:
        asyncio.run(photograph(gateway.http, folder, takes_all="all" in sys.argv[2:]))
    finally:
        gateway.stop()


if __name__ == "__main__":
    main()

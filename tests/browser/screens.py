"""python -m tests.browser.screens [folder]: the pictures of docs/screens, taken from the real server."""

import asyncio
import sys
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import tests.servers  # noqa: F401  # starts PostgreSQL and Redis, before Django reads its settings

import django  # isort: skip

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from playwright.async_api import Browser, async_playwright, expect  # noqa: E402

from accounts import actions as accounts  # noqa: E402
from messaging import actions  # noqa: E402
from tests import make  # noqa: E402
from tests.browser.screen import ARGUMENTS, CHROMIUM, PASSWORD, Screen  # noqa: E402
from tests.processes import Gateway  # noqa: E402

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
PEOPLE = {
    "ann": "Ann Lindqvist",
    "bob": "Bob Okafor",
    "cem": "Cem Yıldız",
    "dana": "Dana Whitfield-Montgomery",
    "eli": "אלי כהן",
    "fay": "Fay Marsh",
    "gus": "Gus Tanaka",
}
# (days ago, time, who, text); what the others wrote to Ann, she has read unless `unread` says so.
CHATS: dict[str, list[tuple[int, str, str, str]]] = {
    "gus": [(9, "18:02", "gus", "The keys are under the blue pot 🌿"), (9, "18:10", "ann", "Found them, thank you!")],
    "fay": [(6, "11:20", "fay", "Photos from Sunday are up: https://photos.example/lake")],
    "eli": [(4, "09:15", "eli", "שלום! מתי נפגשים?")],
    "dana": [(2, "14:01", "ann", "Thanks for the introduction!"), (2, "14:30", "dana", "Any time. Say hi to the team")],
    "ann": [(1, "08:00", "ann", "Passport renewal: bring two photos")],
    "cem": [
        (0, "08:41", "cem", "The build is green again"),
        (0, "08:42", "cem", "Can you approve the release when you have a minute?"),
        (0, "08:42", "cem", "No rush 🙂"),
    ],
    "bob": [
        (1, "16:04", "bob", "Hey Ann! Did the new office key arrive?"),
        (1, "16:06", "ann", "It did, this morning. Reception has a second one for you."),
        (1, "16:06", "ann", "They close at six though."),
        (1, "16:09", "bob", "Perfect, I'll drop by before then. The draft agenda is here, still rough: "
         "https://wiki.example/offsite-2027"),
        (1, "16:20", "ann", "Read it. Two thoughts:\n\n1. Start with the demo, people are fresh then.\n"
         "2. Keep the last hour free. We always run over."),
        (1, "16:21", "bob", "Yes to both 👍"),
        (0, "08:45", "bob", "Morning! Train is at 9:42, platform 7."),
        (0, "08:46", "ann", "See you there. I'm bringing coffee"),
        (0, "08:46", "bob", "You're the best"),
        (0, "08:47", "ann", "🎉"),
    ],
}  # fmt: skip


def fill() -> None:
    people = {name: _sign_up(name, title) for name, title in PEOPLE.items()}
    for other, lines in CHATS.items():
        conversation = make.direct(people["ann"], people[other])
        for seq, (days, clock, who, text) in enumerate(lines, 1):
            make.message(people[who], conversation, text.replace("\n", "\\n"))
            _date(conversation, seq, days, clock)
        unread = other == "cem"
        actions.mark(user_id=people["ann"].id, conversation_id=conversation, read_seq=0 if unread else len(lines))
        actions.mark(user_id=people[other].id, conversation_id=conversation, read_seq=len(lines))
    connections.close_all()


def _sign_up(name: str, title: str) -> make.Person:
    user = accounts.sign_up(username=name, email=f"{name}@example.com", password=PASSWORD, display_name=title)
    return make.Person(user.pk, name, uuid.UUID(int=0))


def _date(conversation: uuid.UUID, seq: int, days: int, clock: str) -> None:
    """A message of the past: the picture has day lines, whenever it is taken."""
    day = datetime.now(UTC).date() - timedelta(days=days)
    at = datetime.combine(day, time.fromisoformat(clock), UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            "update entry set created_at = %s where conversation_id = %s and seq = %s", [at, conversation, seq]
        )
        cursor.execute("update conversation set last_at = %s where id = %s", [at, conversation])


async def take(browser: Browser, url: str, folder: Path) -> Iterable[Path]:
    taken = []
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            context = await browser.new_context(
                viewport={"width": width, "height": height},
                device_scale_factor=2 if size == "phone" else 1,
                is_mobile=size == "phone",
                has_touch=size == "phone",
                color_scheme="dark" if scheme == "dark" else "light",
                locale="en-GB",
                timezone_id="UTC",
            )
            screen = Screen(url, context, await context.new_page())
            await screen.page.goto(url)
            await expect(screen.page.get_by_role("button", name="Log in")).to_be_visible()
            taken.append(folder / f"login-{size}-{scheme}.png")
            await screen.page.screenshot(path=taken[-1])
            await screen.log_in("ann")
            await expect(screen.row("Gus Tanaka")).to_be_visible()
            if size == "phone":
                taken.append(folder / f"list-{size}-{scheme}.png")
                await screen.page.screenshot(path=taken[-1])
            await screen.open("Bob Okafor")
            await expect(screen.messages).to_have_count(len(CHATS["bob"]))
            await screen.page.wait_for_timeout(300)
            taken.append(folder / f"chat-{size}-{scheme}.png")
            await screen.page.screenshot(path=taken[-1])
            await context.close()
    return taken


async def photograph(url: str, folder: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for path in await take(browser, url, folder):
            print(path)
        await browser.close()


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screens")
    folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    fill()
    gateway = Gateway().start()
    try:
        asyncio.run(photograph(gateway.http, folder))
    finally:
        gateway.stop()


if __name__ == "__main__":
    main()

"""What a person does with the chat page, and what that person sees."""

import itertools
import secrets

from playwright.async_api import BrowserContext, Locator, Page, expect

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]
PASSWORD = "correct-horse-7"
_numbers = itertools.count()


class Screen:
    def __init__(self, url: str, context: BrowserContext, page: Page):
        self.url, self.context = url, context
        self.username, self.password = "", PASSWORD
        self.problems: list[str] = []
        self._show(page)

    def _show(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    async def sign_up(self, name: str) -> None:
        self.username = f"{name.lower()}{next(_numbers)}{secrets.token_hex(2)}"
        await self.page.goto(self.url)
        await self.page.get_by_role("button", name="Sign up").click()
        await self.page.get_by_label("Your name").fill(name)
        await self.page.get_by_label("User name").fill(self.username)
        await self.page.get_by_label("E-mail").fill(f"{self.username}@example.com")
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Create account").click()
        await expect(self.search).to_be_visible()

    async def log_in(self, username: str, password: str = PASSWORD) -> None:
        self.username, self.password = username, password
        await self.page.goto(self.url)
        await self.page.get_by_label("User name or e-mail").fill(username)
        await self.page.get_by_label("Password").fill(password)
        await self.page.keyboard.press("Enter")
        await expect(self.search).to_be_visible()

    async def log_out(self) -> None:
        await self.choose("Log out")
        await self.answer("Log out?", "Log out")

    async def choose(self, item: str) -> None:
        """An item of the account menu."""
        await self.account.click()
        await self.page.get_by_role("menuitem", name=item).click()

    async def answer(self, question: str, answer: str) -> None:
        asked = self.page.get_by_role("dialog", name=question, exact=True)
        await asked.get_by_role("button", name=answer, exact=True).click()
        await expect(asked).to_have_count(0)

    async def find(self, other: "Screen") -> None:
        await self.look_up(other)
        await expect(self.composer).to_be_visible()

    async def look_up(self, other: "Screen") -> None:
        await self.search.fill(other.username)
        await self.found(other).locator(".row-link").click()

    def found(self, other: "Screen") -> Locator:
        """That person, among the people found."""
        return self.page.get_by_role("region", name="People").get_by_role("listitem").filter(has_text=other.username)

    async def open(self, title: str) -> None:
        await self.row(title).click()
        await expect(self.composer).to_be_visible()

    async def write(self, *texts: str) -> None:
        for text in texts:
            await self.composer.fill(text)
            await self.composer.press("Enter")

    async def sees(self, *texts: str) -> None:
        """Exactly these messages, in this order."""
        await expect(self.messages).to_have_text(list(texts))

    async def sees_progress(self, *progress: str) -> None:
        """How far each of one's own messages has come."""
        own = self.page.locator(".row.mine .ticks")
        await expect(own).to_have_count(len(progress))
        for tick, label in zip(await own.all(), progress, strict=True):
            await expect(tick).to_have_attribute("aria-label", label)

    async def act(self, text: str, action: str) -> None:
        """An action from the menu of a message."""
        await self.page.locator(".bubble").filter(has_text=text).click(button="right")
        await self.page.get_by_role("menuitem", name=action).click()

    async def close(self) -> None:
        await self.page.close()

    async def reopen(self) -> None:
        self._show(await self.context.new_page())
        await self.page.goto(self.url)

    async def keeps_nothing(self) -> bool:
        """On the device, of who was here."""
        kept: int = await self.page.evaluate("async () => (await indexedDB.databases()).length + localStorage.length")
        return kept == 0

    def row(self, title: str) -> Locator:
        named = self.page.locator(".row-title").filter(has_text=title)
        return self.page.get_by_role("navigation").get_by_role("link").filter(has=named)

    @property
    def account(self) -> Locator:
        return self.page.get_by_role("button", name="Account of")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def search(self) -> Locator:
        return self.page.get_by_role("searchbox")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    @property
    def messages(self) -> Locator:
        return self.page.locator(".bubble-text")

    @property
    def banner(self) -> Locator:
        return self.page.locator(".banner")

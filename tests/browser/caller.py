"""What somebody does who calls, or is called, and what is seen and heard."""

import re

from playwright.async_api import Locator, expect

from tests.browser.screen import Screen

PLAYS = """async (video) => {
  const from = video.currentTime;
  for (let n = 0; n < 100 && video.currentTime <= from + 0.2; n += 1) await new Promise((done) => setTimeout(done, 50));
  return video.videoWidth > 0 && video.currentTime > from + 0.2;
}"""
HAS_NO = """(name) => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
}"""


class Caller:
    def __init__(self, screen: Screen):
        self.screen, self.page = screen, screen.page

    async def call(self, kind: str) -> None:
        await self.page.get_by_role("button", name=f"{kind} call").click()

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def rings(self, name: str) -> None:
        await expect(self.incoming).to_contain_text(name)

    async def talks(self) -> None:
        await expect(self.window.get_by_role("timer")).to_contain_text(re.compile(r"^\d:\d\d$"))

    async def is_told(self, words: str) -> None:
        await expect(self.page.get_by_text(words)).to_be_visible()

    async def is_quiet(self) -> None:
        await expect(self.incoming).to_have_count(0)
        await expect(self.window).to_have_count(0)
        await expect(self.bar).to_be_hidden()

    async def sees_and_hears(self) -> None:
        await expect(self.picture).to_be_visible()
        assert await self.picture.evaluate(PLAYS)

    async def cannot_use_microphone(self, why: str) -> None:
        """What the browser answers from now on, until the page is loaded again."""
        await self.page.evaluate(HAS_NO, why)

    async def has_calls(self, title: str, count: int) -> None:
        """So many lines of the conversation are calls, and its line in the list says so."""
        await expect(self.page.locator(".log article")).to_have_count(count + 1)  # and "Hello Bob"
        await expect(self.screen.row(title)).to_contain_text(re.compile("call", re.IGNORECASE))

    @property
    def incoming(self) -> Locator:
        return self.page.get_by_role("alertdialog")

    @property
    def window(self) -> Locator:
        return self.page.locator(".call-window")

    @property
    def bar(self) -> Locator:
        return self.page.get_by_role("region", name="Call")

    @property
    def picture(self) -> Locator:
        return self.page.locator(".call-remote")

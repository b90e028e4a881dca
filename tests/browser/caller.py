"""What somebody does who calls, or is called, and what is seen and heard."""

from playwright.async_api import Locator, expect

from tests.browser.screen import Screen

PLAYS = """async (video) => {
  const from = video.currentTime;
  for (let n = 0; n < 100 && video.currentTime <= from + 0.2; n += 1) await new Promise((done) => setTimeout(done, 50));
  return video.videoWidth > 0 && video.currentTime > from + 0.2;
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
        await expect(self.window.get_by_role("timer")).to_contain_text("00:0")

    async def is_told(self, words: str) -> None:
        await expect(self.page.get_by_text(words)).to_be_visible()

    async def is_quiet(self) -> None:
        await expect(self.incoming.or_(self.window).or_(self.bar)).to_have_count(0)

    async def plays(self, picture: str) -> bool:
        found: bool = await self.page.locator(picture).evaluate(PLAYS)
        return found

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

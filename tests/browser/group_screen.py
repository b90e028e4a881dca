"""What a person does with groups on the page."""

from playwright.async_api import Locator, expect

from tests.browser.screen import Screen


class GroupScreen:
    def __init__(self, screen: Screen):
        self.screen, self.page = screen, screen.page

    async def create(self, title: str, *others: Screen) -> None:
        await self.page.get_by_role("button", name="New group").click()
        await self.dialog.get_by_label("Name of the group").fill(title)
        await self._pick(*others)
        await self.dialog.get_by_role("button", name="Create group").click()
        await expect(self.head).to_have_text(title)

    async def add(self, *others: Screen) -> None:
        await self.choose("Add people…")
        await self._pick(*others)
        await self.dialog.get_by_role("button", name="Add", exact=True).click()
        await expect(self.dialog).to_have_count(0)

    async def _pick(self, *others: Screen) -> None:
        looking = self.dialog.get_by_role("searchbox", name="Look for people")
        for other in others:
            await looking.fill(other.username)
            await self.dialog.get_by_role("button", name=other.username).click()
        await expect(self.dialog.get_by_role("button", name="Leave")).to_have_count(len(others))

    async def choose(self, item: str) -> None:
        """An item of the menu of the open group."""
        await self.page.get_by_role("button", name="More about").click()
        await self.page.get_by_role("menuitem", name=item).click()

    async def offers(self) -> list[str]:
        """What the menu of the open group holds."""
        await self.page.get_by_role("button", name="More about").click()
        await expect(self.page.get_by_role("menuitem").first).to_be_visible()
        found = await self.page.get_by_role("menuitem").all_inner_texts()
        await self.page.keyboard.press("Escape")
        return found

    async def open_info(self, tab: str = "Members") -> Locator:
        await self.choose("Group info")
        await expect(self.dialog.get_by_role("listitem").first).to_be_visible()
        if tab != "Members":
            await self.dialog.get_by_role("tab", name=tab).click()
        return self.dialog

    async def act_on(self, name: str, item: str) -> None:
        """An item of the menu of a member; the window of the group is open."""
        await self.dialog.get_by_role("button", name=f"More about {name}").click()
        await self.page.get_by_role("menuitem", name=item).click()

    async def close(self) -> None:
        await self.page.keyboard.press("Escape")
        await expect(self.dialog).to_have_count(0)

    async def answer_invitation(self, answer: str, title: str) -> None:
        await self.page.get_by_role("button", name="Friends, 1 request").click()
        await self.dialog.get_by_role("button", name=f"{answer} {title}").click()
        await expect(self.dialog.get_by_role("button", name=f"{answer} {title}")).to_have_count(0)
        await self.close()

    async def open_requests(self) -> Locator:
        """The groups to which one has asked to come."""
        await self.page.get_by_role("button", name="Friends").click()
        await self.dialog.get_by_role("tab", name="Requests").click()
        return self.dialog.get_by_role("list", name="Requests to groups")

    def member(self, name: str) -> Locator:
        return self.dialog.get_by_role("list", name="Members").get_by_role("listitem").filter(has_text=name)

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]").last

    @property
    def head(self) -> Locator:
        return self.page.locator(".thread-title")

    @property
    def line(self) -> Locator:
        return self.page.locator(".thread-subtitle")

    @property
    def notices(self) -> Locator:
        return self.page.locator(".notice")

    @property
    def gate(self) -> Locator:
        return self.page.locator(".gate")

    @property
    def toasts(self) -> Locator:
        return self.page.locator("#toasts")

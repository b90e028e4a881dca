"""What is done with a message on the page, and what is seen of it."""

import re

from playwright.async_api import Locator, expect

from tests.browser.friends.acts import press, window
from tests.browser.screen import Screen


def bubble(screen: Screen, text: str) -> Locator:
    return screen.page.locator(".bubble").filter(has=screen.page.locator(".bubble-text", has_text=text))


def chips(screen: Screen, text: str) -> Locator:
    return bubble(screen, text).locator(".reaction")


def pinned(screen: Screen) -> Locator:
    return screen.page.get_by_role("region", name="Pinned")


def saved(screen: Screen) -> Locator:
    return window(screen, "Saved messages").get_by_role("listitem")


async def react(screen: Screen, text: str, emoji: str) -> None:
    await bubble(screen, text).click(button="right")
    await screen.page.get_by_role("menuitem", name=f"React with {emoji}").click()


async def react_otherwise(screen: Screen, text: str, word: str, emoji: str) -> None:
    await bubble(screen, text).click(button="right")
    await screen.page.get_by_role("menuitem", name="More reactions").click()
    await window(screen, "React").get_by_role("searchbox").fill(word)
    await expect(window(screen, "React").locator(".emoji-grid button")).to_have_text([emoji])
    await screen.page.keyboard.press("Enter")


async def sees_reactions(screens: list[Screen], text: str, *labels: str) -> None:
    for screen in screens:
        await expect(chips(screen, text)).to_have_count(len(labels))
        for index, label in enumerate(labels):
            await expect(chips(screen, text).nth(index)).to_have_text(re.compile(re.sub(r"\s+", r"\\s*", label)))


async def forward(screen: Screen, *titles: str) -> None:
    place = window(screen, "Forward to")
    for title in titles:
        await place.get_by_role("searchbox").fill(title)
        await place.get_by_role("checkbox", name=title).check()
    await press(place, "Forward")
    await expect(place).to_have_count(0)


async def delete_for_me(screen: Screen, text: str) -> None:
    await screen.act(text, "Delete for me")
    await screen.answer("Delete this message for you?", "Delete")


async def choose_clear(screen: Screen) -> None:
    await press(screen.page.locator(".thread-head"), "More about")
    await screen.page.get_by_role("menuitem", name="Clear history").click()


async def copy(screen: Screen, text: str, outcome: str) -> None:
    await screen.act(text, "Copy text")
    await expect(screen.page.locator(".toast").last).to_contain_text(outcome)


async def marked_up(screen: Screen, text: str) -> list[tuple[str, str]]:
    """The stretches of a message that look different: tag or class, and text."""
    found: list[list[str]] = await (
        bubble(screen, text)
        .locator(".bubble-text")
        .evaluate(
            "node => [...node.querySelectorAll('strong, em, s, code, .spoiler')]"
            ".map(one => [one.className || one.tagName.toLowerCase(), one.textContent])"
        )
    )
    return [(tag, inside) for tag, inside in found]

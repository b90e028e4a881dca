"""What friends do with each other on the page, and by REST where only the outcome is wanted."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.screen import Screen

everybody_writes = pytest.mark.parametrize("live", ["no"], indirect=True)
CALL = """async ([method, path, body]) => {
  const token = JSON.parse(localStorage["im.session"]).access;
  const headers = {Authorization: `Bearer ${token}`, "Content-Type": "application/json"};
  const answer = await fetch(path, {method, headers, body: body && JSON.stringify(body)});
  return answer.status === 204 ? null : answer.json();
}"""
Both = tuple[Screen, Screen]


async def call(screen: Screen, method: str, path: str, body: object = None) -> Any:
    return await screen.page.evaluate(CALL, [method, path, body])


async def id_of(screen: Screen) -> str:
    found: str = await screen.page.evaluate('JSON.parse(localStorage["im.session"]).user.id')
    return found


async def request_id(screen: Screen) -> str:
    found: str = (await call(screen, "GET", "/v1/friend-requests"))["items"][0]["id"]
    return found


async def ask(one: Screen, other: Screen, message: str = "") -> None:
    await call(one, "POST", "/v1/friend-requests", {"user": await id_of(other), "message": message})


async def befriend(one: Screen, other: Screen) -> None:
    await ask(one, other)
    await call(other, "POST", f"/v1/friend-requests/{await request_id(other)}/accept")


def friends_button(screen: Screen) -> Locator:
    return screen.page.get_by_role("navigation").get_by_role("button", name=re.compile("^Friends"))


def window(screen: Screen, title: str = "Friends") -> Locator:
    return screen.page.get_by_role("dialog", name=title, exact=True)


async def show(screen: Screen, tab: str) -> Locator:
    """The people below a tab of the friends."""
    if not await window(screen).is_visible():
        await friends_button(screen).click()
    await window(screen).get_by_role("tab", name=tab).click()
    return window(screen).get_by_role("listitem")


async def leave(screen: Screen) -> None:
    await screen.page.keyboard.press("Escape")
    await expect(window(screen)).to_have_count(0)


async def choose(screen: Screen, item: str) -> None:
    await screen.page.get_by_role("menuitem", name=item, exact=True).click()


async def press(place: Locator, name: str) -> None:
    await place.get_by_role("button", name=name).click()


async def head_menu(screen: Screen, item: str) -> None:
    await press(screen.page.locator(".thread-head"), "More about")
    await choose(screen, item)


async def write_remark(screen: Screen, remark: str) -> None:
    await window(screen, "Remark").get_by_role("textbox").fill(remark)
    await press(window(screen, "Remark"), "Save")
    await expect(window(screen, "Remark")).to_have_count(0)


def gate(screen: Screen) -> Locator:
    """What stands there in place of the composer."""
    return screen.page.locator(".gate")


def title(screen: Screen) -> Locator:
    return screen.page.locator(".thread-title")

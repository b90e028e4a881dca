"""What a person does with the list and with what is typed; and by REST, what a page would take long for."""

import json
from typing import Any

from playwright.async_api import Locator, expect

from tests.browser.screen import Screen

CALL = """async ([method, path, body]) => {
  const {access} = JSON.parse(localStorage.getItem("im.session"));
  const headers = {Authorization: `Bearer ${access}`, "Content-Type": "application/json"};
  const response = await fetch(path, {method, headers, body});
  return response.status === 204 ? null : await response.json();
}"""


async def rest(screen: Screen, method: str, path: str, body: Any = None) -> Any:
    """In the person's name."""
    return await screen.page.evaluate(CALL, [method, path, body if body is None else json.dumps(body)])


async def me(screen: Screen) -> str:
    found: str = (await rest(screen, "GET", "/v1/me"))["id"]
    return found


async def group(owner: Screen, title: str, *others: Screen) -> str:
    """A group of these people."""
    for other in others:
        await rest(other, "PATCH", "/v1/me/privacy", {"added_to_groups": "all"})
    members = [await me(other) for other in others]
    made = await rest(owner, "POST", "/v1/groups", {"title": title, "members": members})
    found: str = made["group"]["id"]
    return found


async def send(screen: Screen, conversation: str, text: str, **more: Any) -> None:
    message = {"kind": "text", "content": {"text": text}, **more}
    key = await screen.page.evaluate("crypto.randomUUID()")
    await rest(screen, "POST", f"/v1/conversations/{conversation}/messages", {"key": key, **message})


async def send_many(screen: Screen, conversation: str, count: int) -> None:
    """number 1, number 2 ..."""
    await screen.page.evaluate(
        """async ([id, count]) => {
          const {access} = JSON.parse(localStorage.getItem("im.session"));
          const headers = {Authorization: `Bearer ${access}`, "Content-Type": "application/json"};
          for (let n = 1; n <= count; n += 1) {
            const body = JSON.stringify({key: crypto.randomUUID(), kind: "text", content: {text: `number ${n}`}});
            await fetch(`/v1/conversations/${id}/messages`, {method: "POST", headers, body});
          }
        }""",
        [conversation, count],
    )


async def set_for(screen: Screen, title: str, *labels: str) -> None:
    """From the menu of a conversation in the list, one item after the other."""
    await screen.row(title).click(button="right")
    for label in labels:
        await screen.page.get_by_role("menu").get_by_text(label, exact=True).click()
    await expect(screen.page.get_by_role("menu")).to_have_count(0)


def listed(screen: Screen) -> Locator:
    """The titles, from the top."""
    return screen.page.get_by_role("navigation").get_by_role("link").locator(".row-title")


def folder(screen: Screen) -> Locator:
    return screen.page.get_by_role("button", name="Archived")


def open_id(screen: Screen) -> str:
    return screen.page.url.rpartition("#")[2]

"""The REST door as one person uses it. Each call asserts its status and hands out the body."""

from typing import Any
from uuid import UUID

from imserver.ids import uuid7
from tests.accounts.conftest import Api
from tests.make import Person


class Door(Api):
    def __init__(self, person: Person) -> None:
        super().__init__(person.token)
        self.person = person

    def send(self, conversation: UUID, text: str = "hello", *, status: int = 201, **more: Any) -> Any:
        body = {"key": str(uuid7()), "kind": "text", "content": {"text": text}, **more}
        return self.post(f"/v1/conversations/{conversation}/messages", body, status=status)

    def said(self, conversation: UUID, **window: int) -> list[Any]:
        """A page of history."""
        items: list[Any] = self.get(f"/v1/conversations/{conversation}/messages?{spelled(window)}")["items"]
        return items

    def texts(self, conversation: UUID, **window: int) -> list[str | None]:
        return [(one["content"] or {}).get("text") for one in self.said(conversation, **window)]

    def message(self, conversation: UUID, seq: int) -> Any:
        return self.get(f"/v1/conversations/{conversation}/messages/{seq}")

    def pull(self, conversation: UUID, **window: int) -> Any:
        return self.get(f"/v1/conversations/{conversation}/entries?{spelled(window)}")

    def head(self, conversation: UUID) -> Any:
        return self.get(f"/v1/conversations/{conversation}")

    def heads(self) -> list[Any]:
        items: list[Any] = self.get("/v1/conversations?limit=200")["items"]
        return items

    def edit(self, conversation: UUID, seq: int, text: str, *, status: int = 200) -> Any:
        content = {"content": {"text": text}}
        return self.call("PATCH", f"/v1/conversations/{conversation}/messages/{seq}", content, status=status)

    def recall(self, conversation: UUID, seq: int, *, status: int = 200) -> Any:
        return self.delete(f"/v1/conversations/{conversation}/messages/{seq}", status=status)

    def mark(self, conversation: UUID, read_seq: int, *, status: int = 200) -> Any:
        return self.post(f"/v1/conversations/{conversation}/mark", {"read_seq": read_seq}, status=status)

    def sync(self, heads: dict[str, list[int | None]]) -> Any:
        return self.post("/v1/sync", {"heads": heads})

    def turned_away(self, conversation: UUID) -> list[Any]:
        """What every door to a conversation says to who is none of its people."""
        at, text = f"/v1/conversations/{conversation}", {"kind": "text", "content": {"text": "x"}}
        key, other = str(uuid7()), str(self.person.id)
        calls: list[tuple[str, str, Any]] = [
            ("GET", at, None),
            ("GET", f"{at}/messages", None),
            ("GET", f"{at}/messages?before_seq=2", None),
            ("GET", f"{at}/messages?after_seq=0", None),
            ("GET", f"{at}/messages/1", None),
            ("GET", f"{at}/messages/1/readers", None),
            ("GET", f"{at}/messages/1/reactions/👍/people", None),
            ("GET", f"{at}/entries?after_rev=0", None),
            ("GET", f"{at}/pins", None),
            ("GET", f"{at}/draft", None),
            ("POST", f"{at}/messages", {"key": key, **text}),
            ("POST", f"{at}/messages", {"key": key, **text, "reply_to": 1}),
            ("POST", f"{at}/messages", {"key": key, **text, "mentions": [other]}),
            ("POST", f"{at}/mark", {"read_seq": 1}),
            ("POST", f"{at}/clear", {"before_seq": 1}),
            ("PATCH", f"{at}/settings", {"notify": "nothing"}),
            ("PATCH", f"{at}/messages/1", {"content": {"text": "x"}}),
            ("DELETE", f"{at}/messages/1", None),
            ("DELETE", f"{at}/messages/1?for=me", None),
            ("PUT", f"{at}/draft", {"draft": {"text": "x"}}),
            ("PUT", f"{at}/messages/1/star", None),
            ("PUT", f"{at}/messages/1/reactions/👍", None),
            ("PUT", f"{at}/pins/1", None),
        ]
        return [self.call(*call, status=404) for call in calls]


def spelled(window: dict[str, int]) -> str:
    return "&".join(f"{name}={value}" for name, value in window.items())

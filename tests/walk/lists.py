"""What a device knows of its person alone: into what he is invited or has asked to come, and whom he blocks."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.knowledge import Json


class Lists:
    def __init__(self, invitations: Iterable[Json] = (), asked: Iterable[Json] = (), blocks: Iterable[Json] = ()):
        self.invitations: Json = {one["id"]: one for one in invitations}
        self.asked: Json = {one["id"]: one for one in asked}
        self.blocks: set[str] = {one["person"]["id"] for one in blocks}
        self.kinds: dict[str, Callable[..., Any]] = {
            "invitation.received": lambda invitation: self.invitations.update({invitation["id"]: invitation}),
            "invitation.closed": lambda invitation: self.invitations.pop(invitation, None),
            "person.blocked": lambda block: self.blocks.add(block["person"]["id"]),
            "person.unblocked": self.blocks.discard,
        }

    def take(self, kind: str, content: Json) -> None:
        if kind in self.kinds:
            self.kinds[kind](*content.values())

    def state(self) -> Json:
        return {"invitations": self.invitations, "asked": self.asked, "blocks": self.blocks}

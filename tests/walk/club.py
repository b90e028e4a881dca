"""What a device knows of a group: what it fetched once, and the notices it has applied since."""

from collections.abc import Callable
from typing import Any

from tests.knowledge import Json

Seats = dict[str, tuple[str, str | None, str]]  # role, muted until, nickname


class Club:
    def __init__(self, me: str, group: Json, members: list[Json], requests: list[Json]):
        self.me, self.group = me, group
        self.members: Seats = {
            seat["person"]["id"]: (seat["role"], seat["muted_until"], seat["nickname"]) for seat in members
        }
        self.requests: Json = {request["id"]: request for request in requests}

    def state(self) -> Json:
        return {"group": self.group, "members": self.members, "requests": self.requests}

    def take(self, kind: str, content: Json | None) -> bool:
        """Apply a notice of the group. Says whether it has to be fetched anew instead."""
        known: dict[str, Callable[..., bool]] = {
            "group.updated": self._updated,
            "group.dismissed": self._dismissed,
            "member.joined": self._joined,
            "member.left": self._left,
            "member.role": self._role,
            "member.muted": self._muted,
            "member.named": self._named,
            "members.changed": lambda **_: True,  # too many to be told one by one
        }
        return kind in known and known[kind](**content or {})

    def _updated(self, **content: Any) -> bool:
        """Whether one has read a new announcement is one's own."""
        if "announcement" in content:
            return True
        self.group |= content
        return False

    def _dismissed(self) -> bool:
        self.group |= {"dismissed": True, "only_admins_post": False}
        return False

    def _joined(self, user: str, via: str = "", muted_until: str | None = None) -> bool:
        self.members[user] = ("member", muted_until, "")
        self.group["members"] = len(self.members)
        return False

    def _left(self, user: str, how: str = "") -> bool:
        self.members.pop(user, None)
        self.group["members"] = len(self.members)
        return False

    def _role(self, user: str, role: str) -> bool:
        """With one's own role changes what one may see."""
        self.members[user] = (role, *self._seat(user)[1:])
        return user == self.me

    def _muted(self, user: str, until: str | None) -> bool:
        role, _, nickname = self._seat(user)
        self.members[user] = (role, until, nickname)
        if user == self.me:
            self.group["muted_until"] = until
        return False

    def _named(self, user: str, nickname: str) -> bool:
        self.members[user] = (*self._seat(user)[:2], nickname)
        return False

    def _seat(self, user: str) -> tuple[str, str | None, str]:
        return self.members.get(user, ("member", None, ""))

    def has_read(self, number: int) -> None:
        if said := self.group["announcement"]:
            said["read"] = number >= said["number"]

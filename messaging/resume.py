"""What the gateway asks of the log. Implements imserver.realtime.listener.Store."""

from collections.abc import Sequence
from uuid import UUID

from imserver import database
from messaging import epochs, heads, queries
from messaging.heads import Asked, Heads, Said


class Resume:
    async def epoch(self) -> str:
        return str(await database.arun(epochs.current()))

    async def heads(self, asked: Sequence[tuple[UUID, Said]]) -> list[Heads]:
        return await database.arun(heads.differing([Asked(user, said) for user, said in asked]))

    async def groups_of(self, users: Sequence[UUID]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for user, group in await database.arun(queries.groups_of(users)):
            found.setdefault(str(user), []).append(str(group))
        return found

    async def between(self, conversation: str, first_rev: int, last_rev: int) -> list[bytes]:
        return await database.arun(queries.between(UUID(conversation), first_rev, last_rev))

    async def groups(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str, int]]:
        found = await database.arun(queries.memberships([(UUID(user), UUID(group)) for user, group in pairs]))
        return [(str(user), str(group), rev) for user, group, rev in found]

    async def changed(self, users: Sequence[str], seconds: float) -> list[tuple[str, tuple[str, ...], int]]:
        return await database.arun(queries.changed([UUID(user) for user in users], seconds))


STORE = Resume()

"""The client's side of `presence`."""

import asyncio

from messaging.load import client
from messaging.load.plan import Ready
from messaging.load.presence.plan import Plan, Tally
from messaging.load.presence.screen import Screen
from messaging.load.presence.sockets import Crowd, Watcher


async def play(plan: Plan, ready: Ready) -> Tally:
    """Watch; let people come and go while the window lasts; when their going must be known, see what is shown."""
    tally = Tally()
    crowd = Crowd(plan, tally)
    watchers = [Watcher(crowd, watch) for watch in plan.watches]
    crowd.screens = _by_user(watchers)
    try:
        await client.connect(plan.url, watchers)
        await client.settle(lambda: all(watcher.screen.is_complete for watcher in watchers))
        crowd.window = await ready()
        await crowd.flap()
        await asyncio.sleep(_grace(watchers))
        await client.settle(lambda: not any(watcher.screen.wrong() for watcher in watchers))
        for watcher in watchers:
            _note(watcher.screen, tally)
    finally:
        crowd.leave()
        for watcher in watchers:
            watcher.leave()
    return tally


def _by_user(watchers: list[Watcher]) -> dict[str, list[Screen]]:
    found: dict[str, list[Screen]] = {}
    for watcher in watchers:
        for user in watcher.users:
            found.setdefault(user, []).append(watcher.screen)
    return found


def _grace(watchers: list[Watcher]) -> int:
    """For how long somebody who went is shown as if he were there."""
    limits = [watcher.welcomed.result().data.limits for watcher in watchers]
    return max((limit.presence_grace_s for limit in limits if limit), default=0)


def _note(screen: Screen, tally: Tally) -> None:
    tally.wrong += screen.wrong()
    tally.unseen += screen.unseen
    tally.repeated += screen.faults.pop("repeated", 0)
    tally.errors += screen.faults

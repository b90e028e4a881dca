"""One log-in on a socket: its renewal, and the acknowledgements of what was sent."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.module_loading import import_string

from imserver import commands as table
from imserver.errors import NotAuthenticated
from imserver.gateway.logins import Logins
from imserver.gateway.protocol import Ack, Nothing, Refresh
from imserver.gateway.socket import Call
from imserver.gateway.table import command
from imserver.realtime.hub import Hub


class Session:
    def __init__(self, hub: Hub, store: Any, arrived: Callable[[UUID, dict[str, int]], None]):
        self._told_arrived = arrived
        self._subject = import_string(table.SUBJECT)
        self.greeting = {"hello": command(Logins(hub, store, self._subject).hello)}
        self.commands = {
            "ack": command(self.ack),
            "pong": command(self.pong),
            "auth.refresh": command(self.refresh),
        }

    def refresh(self, call: Call, data: Refresh) -> None:
        subject = self._subject(data.token)
        if str(subject.device_id) != call.socket.session:
            raise NotAuthenticated("This token is of another session.")
        call.socket.expires_at, call.socket.expiring = subject.expires_at, False
        call.ok(b"{}")

    def ack(self, call: Call, data: Ack) -> None:
        if arrived := call.socket.window.ack(data.frame):
            self._told_arrived(call.socket.user_id, arrived)
        call.done()

    def pong(self, call: Call, data: Nothing) -> None:
        del data
        call.socket.ponged_at = asyncio.get_running_loop().time()
        call.done()

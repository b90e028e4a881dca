"""HTTP to Django, sockets to the gateway; /healthz is answered before Django, in a tenth of its time."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any, cast

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from servestatic import ServeStaticASGI

from imserver.api.handler import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imserver.settings")
django.setup(set_prefix=False)

from imserver.urls import sockets  # noqa: E402

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

requests: set[asyncio.Future[None]] = set()
static: Any = ServeStaticASGI(Handler(), root=settings.STATIC_ROOT, prefix="static/", autorefresh=settings.DEBUG)


async def http(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["path"] == "/healthz":
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"3")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok\n"})
    else:
        # Daphne cancels a request whose client has been gone for a while. Django must come to its end all the same, or
        # its database connection never finds back to the pool.
        request = asyncio.ensure_future(static(scope, receive, send))
        requests.add(request)
        request.add_done_callback(requests.discard)
        await asyncio.shield(request)


application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(cast(Any, sockets))})

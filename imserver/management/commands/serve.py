from imserver.gateway.server import FrameServer, endpoint, twisted_loop  # isort: skip  # before Twisted's reactor

import asyncio
import gc
import logging
import os
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from imserver.asgi import application, requests
from imserver.gateway.gateway import current

END_SECONDS = 4  # what it still has to write and to sign off waits no longer, for stores that do not answer


class Command(BaseCommand):
    help = "Serve HTTP and sockets: the roles web and gateway. SIGTERM drains."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--share-port", action="store_true", help="let several processes listen on the same port")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            place = endpoint(options["host"], options["port"], shared=options["share_port"])
        except OSError as e:
            raise CommandError(f"{options['host']}:{options['port']} cannot be used ({e.strerror}); try --port.") from e
        asyncio.set_event_loop(twisted_loop)
        gateway = twisted_loop.run_until_complete(current())
        server = FrameServer(
            application,
            endpoints=[place],
            signal_handlers=False,
            websocket_timeout=-1,
            ping_interval=10**9,
            websocket_max_frame_size=settings.LIMITS["frame_bytes"],
            websocket_max_message_size=settings.LIMITS["frame_bytes"],
            verbosity=0,
            proxy_forwarded_address_header="X-Real-IP" if settings.PROXIES else None,
        )

        async def drain() -> None:
            server.refuse_new()
            drained = twisted_loop.create_task(gateway.drain())
            await asyncio.wait([drained, *requests], timeout=settings.DRAIN_SECONDS + 0.5)
            await asyncio.wait([twisted_loop.create_task(gateway.stop())], timeout=END_SECONDS)
            server.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(number, lambda: twisted_loop.create_task(drain()))
        # What is loaded stays: the collector need not look at it again, nor often at the rest. This took the 99th
        # percentile of an acknowledgement from 102 to 43 ms (docs/benchmarks.md).
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        self.stdout.write(f"Serving on {options['host']}:{options['port']}")
        server.run()
        self.stdout.flush()
        logging.shutdown()
        os._exit(0)  # Python would wait for each thread, also for one that no store answers

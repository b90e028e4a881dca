"""A TCP proxy in the test's loop, to stand between a gateway and what it needs."""

import asyncio
from urllib.parse import urlsplit


class Proxy:
    def __init__(self, host: str, port: int):
        self._upstream = (host, port)
        self._links: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._reachable = True
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._wanted = b""
        self.swallowed = asyncio.Event()

    @classmethod
    def before(cls, url: str) -> "Proxy":
        place = urlsplit(url)
        return cls(place.hostname or "", place.port or 0)

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_reason: object) -> None:
        assert self._server
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Nothing gets through from now on."""
        self._reachable = False
        for link in self._links:
            link.transport.abort()

    def hush(self) -> None:
        """Links stay and new ones are taken, and nothing moves in them from now on."""
        self._flowing.clear()

    def restore(self) -> None:
        self._reachable = True

    def swallow(self, answer_to: bytes) -> None:
        """Let a request with these bytes through, and the connection die before its answer, once it is done."""
        self._wanted = answer_to
        self.swallowed.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self._links.add(writer)
        try:
            if self._reachable:
                await self._relay(reader, writer)
        except OSError:
            pass
        finally:
            self._links.discard(writer)
            self._tasks.discard(task)
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, upstream = await asyncio.open_connection(*self._upstream)
        self._links.add(upstream)
        dying = asyncio.Event()
        halves = [
            asyncio.ensure_future(self._requests(reader, upstream, dying)),
            asyncio.ensure_future(self._answers(answers, writer, dying)),
        ]
        await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        for half in halves:
            half.cancel()
        await asyncio.gather(*halves, return_exceptions=True)
        self._links.discard(upstream)
        upstream.transport.abort()

    async def _requests(
        self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter, dying: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            if self._wanted and self._wanted in data:
                self._wanted = b""
                dying.set()
            await self._flowing.wait()
            upstream.write(data)

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, dying: asyncio.Event) -> None:
        while data := await reader.read(65536):
            await self._flowing.wait()
            if not dying.is_set():
                writer.write(data)
            elif data.endswith(b"Z\x00\x00\x00\x05I"):  # PostgreSQL: ready, with nothing open
                self.swallowed.set()
                return

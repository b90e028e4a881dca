"""A WebSocket client made by hand, for frames that no library would send."""

import asyncio
import json
import os

from tests.make import Person
from tests.processes import Gateway

TEXT, CONTINUATION, CLOSE = 1, 0, 8
_NO_MASK = b"\x00\x00\x00\x00"


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False) -> bytes:
    """A client's frame; masked with zeros, which changes nothing."""
    first = bytes([fin << 7 | rsv1 << 6 | opcode])
    size = len(payload)
    if size < 126:
        return first + bytes([0x80 | size]) + _NO_MASK + payload
    if size < 1 << 16:
        return first + b"\xfe" + size.to_bytes(2) + _NO_MASK + payload
    return first + b"\xff" + size.to_bytes(8) + _NO_MASK + payload


class Raw:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: str):
        self.reader, self.writer, self.answer = reader, writer, answer

    @classmethod
    async def open(cls, gateway: Gateway, path: str = "/v1/ws", **headers: str) -> "Raw":
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, limit=1 << 24)
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {os.urandom(16).hex()[:22]}==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: im.v1.json\r\n{more}\r\n".encode()
        )
        return cls(reader, writer, (await reader.read(4096)).decode())

    async def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))
        await self.writer.drain()

    async def receive(self) -> tuple[int, bytes]:
        """The opcode and the payload of the next frame."""
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        if size >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8))
        return first & 0xF, await self.reader.readexactly(size)

    async def close_code(self, seconds: float = 10) -> int:
        """The code the server closes with; 0 if it just hung up."""
        async with asyncio.timeout(seconds):
            try:
                while True:
                    opcode, payload = await self.receive()
                    if opcode == CLOSE:
                        return int.from_bytes(payload[:2])
            except (asyncio.IncompleteReadError, ConnectionError):
                return 0

    async def hello(self, person: Person) -> None:
        await self.send(frame(TEXT, json.dumps({"type": "hello", "id": 1, "data": {"token": person.token}}).encode()))
        assert json.loads((await self.receive())[1])["type"] == "welcome"

    async def abort(self) -> None:
        self.writer.transport.abort()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)

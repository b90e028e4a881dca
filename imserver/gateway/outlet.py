"""The way out of a socket: numbered frames, bounded by what is acknowledged."""

from imserver.gateway.protocol import Close
from imserver.gateway.window import Window
from imserver.gateway.wire import Wire
from imserver.realtime.listener import Arrived

EPHEMERAL_ROOM = 32  # frames under way, beyond which typing and the like are dropped


class Outlet:
    __slots__ = ("closed", "frame", "held", "window", "wire")

    def __init__(self, wire: Wire):
        self.wire, self.window = wire, Window()
        self.held: list[tuple[bytes, Arrived]] | None = []  # until the welcome is out
        self.frame = 0
        self.closed = False

    def push(self, body: bytes, arrived: Arrived = (), *, droppable: bool = False, asked: bool = False) -> None:
        """A numbered frame. A reader that is too slow is closed and comes back: the socket is lost, not the message.

        The bytes that a client asked for do not count, or large pages would close it again and again.
        """
        if self.closed or (droppable and (self.held is not None or len(self.window) > EPHEMERAL_ROOM)):
            return
        if self.held is not None:
            self.held.append((body, arrived))
            return
        self.frame += 1
        message = b'{"frame":%d,%b' % (self.frame, body)
        if self.window.add(self.frame, 0 if asked else len(message), arrived):
            self.wire.write(message)
        else:
            self.close(Close.SLOW)

    def close(self, code: int) -> None:
        if not self.closed:
            self.closed = True
            self.wire.close(code)

import random
import socket

# Below the range that the kernel gives to outgoing connections: one of those could take the port while its server is
# being restarted, or a client that keeps trying could connect to itself.
_RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(kept: int | None = None) -> int:
    """The port of last time, or another if somebody else has it now."""
    if kept and is_free(kept):
        return kept
    return next(port for port in random.sample(_RANGE, len(_RANGE)) if is_free(port))

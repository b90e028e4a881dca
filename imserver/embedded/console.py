import contextlib
import os
import sys
import threading

_COLOURS = {"im": "1", "postgres": "34", "valkey": "35", "setup": "33", "web": "32", "worker": "36", "beat": "36"}
_WIDTH = max(map(len, _COLOURS))
_lock = threading.Lock()


def say(name: str, line: str) -> None:
    label = f"{name:<{_WIDTH}} |"
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        label = f"\033[{_COLOURS.get(name, '0')}m{label}\033[0m"
    # The reader of the pipe may be gone (`make run | head`): the servers go on.
    with _lock, contextlib.suppress(OSError):
        sys.stdout.write(f"{label} {line}\n")
        sys.stdout.flush()

"""`python -m messaging.load`: `manage.py load` with servers of its own, which are gone again afterwards.

No Django in this process: settings want the addresses of servers that are still to be started.
"""

import os
import signal
import sys

from imserver.embedded.process import Child
from imserver.embedded.trouble import Trouble
from messaging.load import conduct, options, servers


def main(arguments: list[str]) -> int:
    wanted = options.parse(arguments)
    mine = os.sched_getaffinity(0)
    conduct.keep_off(conduct.cores(wanted.processes))
    with servers.databases() as data:
        servers.prepare()
        with servers.serving(data.folder, relay=wanted.relay) as target:
            os.sched_setaffinity(0, mine)
            found = [f"--url={target.url}", f"--server-pids={target.server}", f"--redis-pids={data.redis}"]
            relay = [f"--relay-pids={target.relay}"] if target.relay else []
            return _measure([*arguments, *found, *relay])


def _measure(arguments: list[str]) -> int:
    command = Child(
        "load", [sys.executable, "manage.py", "load", *arguments], orphan_signal=signal.SIGTERM, grace=20, say=_say
    )
    command.start()
    try:
        command.wait()
    finally:
        command.stop()
    return command.code or 0


def _say(_name: str, line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _end(_signal: int, _frame: object) -> None:
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    try:
        sys.exit(main(sys.argv[1:]))
    except (conduct.Failed, Trouble) as e:
        sys.exit(f"load: {e}")
    except KeyboardInterrupt:
        sys.exit(130)

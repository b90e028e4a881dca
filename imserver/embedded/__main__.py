"""`make run`: one folder, one supervisor; whatever is wrong is said in one sentence."""

import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from imserver import env
from imserver.embedded import ports
from imserver.embedded.process import wait_for
from imserver.embedded.supervisor import Supervisor
from imserver.embedded.trouble import Trouble, disk_full, spelled

BASE_DIR = Path(__file__).resolve().parents[2]
_FREE_BYTES = 200 << 20
_END_SECONDS = 60
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    os.chdir(BASE_DIR)
    data_dir = Path(env.text("DATA_DIR", ".data")).resolve()
    try:
        _run(data_dir)
    except (Trouble, ImproperlyConfigured) as e:
        return _say(str(e))
    except OSError as e:
        return _say(str(spelled(e, data_dir)))
    return 0


def _say(sentence: str) -> int:
    sys.stderr.write(f"make run: {sentence}\n")
    return 1


def _run(data_dir: Path) -> None:
    if env.text("IM_ENV") == "production":
        raise Trouble("This is the trial on one machine; with IM_ENV=production start the roles of docs/operations.md.")
    port = env.integer("PORT", 8000)
    if not 0 < port < 1 << 16:
        raise Trouble(f"PORT={port}: choose a number from 1 to 65535.")
    supervisor = Supervisor(data_dir, port)  # it knows from now on who must not go away
    data_dir.mkdir(parents=True, exist_ok=True)
    with _alone(data_dir, port):
        if not wait_for(lambda: ports.is_free(port), 3):
            raise Trouble(f"Port {port} belongs to another program: end that one or choose another, PORT={port + 1}.")
        if shutil.disk_usage(data_dir).free < _FREE_BYTES:
            raise disk_full(data_dir)
        _supervise(supervisor)


@contextmanager
def _alone(data_dir: Path, port: int) -> Iterator[None]:
    """One supervisor a folder. One that is ending has emptied the file: it is waited for."""
    with (data_dir / "lock").open("a+") as lock:

        def taken() -> bool:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        def holder() -> str:
            lock.seek(0)
            return lock.read()

        if not wait_for(taken, 2) and (holder() or not wait_for(taken, _END_SECONDS)):
            raise Trouble(f"This folder is already being run ({holder()}): use that, or end it with Ctrl-C.")
        lock.truncate(0)
        lock.write(f"http://127.0.0.1:{port}, process {os.getpid()}")
        lock.flush()
        yield


def _supervise(supervisor: Supervisor) -> None:
    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        """The first ends everything in order, a second one at once."""
        for number in _SIGNALS:
            signal.signal(number, lambda _signal, _frame: supervisor.hurry())
        raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, interrupt)
    try:
        supervisor.start()
        supervisor.watch()
    except KeyboardInterrupt:
        pass
    finally:
        (supervisor.data_dir / "lock").write_text("")
        supervisor.stop()


if __name__ == "__main__":
    sys.exit(main())

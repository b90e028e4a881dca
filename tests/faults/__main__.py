"""`python -m tests.faults --seconds 600 [--seed 1]`: kill the server's processes under load, count the messages.

`--walks 5000`: nothing is killed; people walk at random instead, and every device must know in the end what a new one
fetches. `--replay '...'`: one walk again.
"""

import argparse
import importlib
import os
import random
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

import django

from tests.faults import house


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=0, help="instead of --seconds: until so many are killed")
    parser.add_argument("--victims", default="", help="only these, with commas; tests/faults/chaos.py names them")
    parser.add_argument("--away", type=float, default=0, help="seconds that Kafka and MongoDB stay away when killed")
    parser.add_argument("--rate", type=float, default=120, help="messages a second")
    parser.add_argument("--people", type=int, default=12, help="two of three have two devices")
    parser.add_argument("--history", type=Path, help="a file for every operation; tests.faults.history checks it")
    parser.add_argument("--walks", type=int, default=0, help="instead of kills: so many random walks")
    parser.add_argument("--replay", default="", help="instead of kills: this walk, as a failing one is printed")
    parser.add_argument("--log", type=Path, help="a file for what the servers say")
    return parser.parse_args()


def main() -> int:
    wanted = options()
    print(f"seed {wanted.seed}", flush=True)
    with ExitStack() as cleanup:
        log = cleanup.enter_context(wanted.log.open("w")) if wanted.log else None
        home = cleanup.enter_context(house.opened(log))
        home.start()
        home.prepare()
        home.start_roles()
        django.setup()
        if wanted.walks or wanted.replay:
            walks = importlib.import_module("tests.faults.walks")
            return 0 if walks.run(home, wanted.walks, wanted.seed, wanted.replay) else 1
        run = importlib.import_module("tests.faults.run")  # Django's settings name the servers just started
        plan = run.Plan(wanted.seconds, wanted.kills, tuple(filter(None, wanted.victims.split(","))), wanted.away)
        kept = run.run(home, run.Wanted(plan, wanted.seed, wanted.rate, wanted.people, wanted.history))
        return 0 if kept else 1


def _end(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    os.chdir(Path(__file__).resolve().parents[2])
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("faults: ended by hand; nothing was checked")

"""Random walks (tests/walk) over the processes of this house, whose workers tell everything a second time."""

import asyncio
import time

from asgiref.sync import sync_to_async
from django.db import connections

from imserver import database
from tests.faults.house import House
from tests.processes import is_ready
from tests.walk.walks import Report, Walks, read
from tests.walk.web import Web


def run(house: House, count: int, seed: int, replay: str) -> bool:
    """Whether all ended with what new devices fetch."""
    if not all(is_ready(f"http://127.0.0.1:{port}") for port in house.ports.values()):
        raise RuntimeError("the gateways did not start")
    began = time.monotonic()
    report = asyncio.run(_walked(house, range(seed, seed + count), replay))
    if report.failure:
        print(report.failure)
    said = "".join(f", {line} ({count})" for line, count in sorted(house.said.items()))
    print(f"{time.monotonic() - began:.0f} s, seed {seed}: {report}{said}")
    return not (report.failure or said)


async def _walked(house: House, seeds: range, replay: str) -> Report:
    urls = [f"ws://127.0.0.1:{port}/v1/ws" for port in house.ports.values()]
    walks = Walks([(url, Web(url)) for url in urls])
    try:
        return await (walks.replay(read(replay)) if replay else walks.run(seeds))
    finally:
        await database.close()
        await sync_to_async(connections.close_all)()

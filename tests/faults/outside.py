"""Kafka and MongoDB, where the environment names them: servers of somebody else, with a topic and a database of ours.

They are found by their ports. Who is killed comes back by SERVERS_UP, a command that starts again whatever is not
running, on its data; without it they are only stopped for a while.
"""

import contextlib
import os
import secrets
import shlex
import subprocess
import sys
import time
from urllib.parse import urlsplit

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.faults import sockets

UP_SECONDS = 60
VARIABLES = {"kafka": "KAFKA_BOOTSTRAP", "mongo": "MONGO_URL"}


class Outside:
    def __init__(self) -> None:
        urls = {name: os.environ.get(variable, "") for name, variable in VARIABLES.items()}
        self.ports = {name: _port(url) for name, url in urls.items() if url}
        self.name = f"im.faults-{secrets.token_hex(6)}"
        self.names = tuple(VARIABLES)  # also of those that are not used
        self._up = shlex.split(os.environ.get("SERVERS_UP", ""))

    def environment(self) -> dict[str, str]:
        """With a partition more than there are subscribers, and members that are missed soon."""
        kafka = {"KAFKA_TOPIC": self.name, "KAFKA_PARTITIONS": "3", "KAFKA_POLL_SECONDS": "15"}
        mongo = {"MONGO_DATABASE": self.name.replace(".", "-")}
        return (kafka if "kafka" in self.ports else {}) | (mongo if "mongo" in self.ports else {})

    def prepare(self) -> list[list[str]]:
        """The commands that make what we need there."""
        commands = {"kafka": ["events", "topic"], "mongo": ["inbox", "indexes"]}
        return [[sys.executable, "manage.py", *commands[name]] for name in self.ports]

    def pids(self, name: str) -> list[int]:
        return sockets.listeners(self.ports[name])

    def stoppable(self) -> list[str]:
        return [name for name in self.ports if self.pids(name)]

    def killable(self) -> list[str]:
        return self.stoppable() if self._up else []

    def up(self) -> None:
        """Until whoever was killed runs again."""
        end = time.monotonic() + UP_SECONDS
        while True:
            done = subprocess.run(self._up, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return
            if time.monotonic() > end:
                raise RuntimeError(f"{shlex.join(self._up)} does not start them: {done.stderr}")
            time.sleep(0.5)

    def clear(self) -> None:
        """Take along what was made there."""
        if self._up and self.ports:
            self.up()
        if "mongo" in self.ports:
            with contextlib.suppress(PyMongoError):
                client: MongoClient[dict[str, object]] = MongoClient(os.environ["MONGO_URL"])
                client.drop_database(os.environ["MONGO_DATABASE"])
                client.close()
        if "kafka" in self.ports:
            admin = AdminClient({"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"]})
            for done in admin.delete_topics([self.name]).values():
                with contextlib.suppress(KafkaException):
                    done.result(20)


def _port(url: str) -> int:
    first = url.partition(",")[0]
    found = urlsplit(first if "//" in first else f"//{first}").port
    if found is None:
        raise ValueError(f"{url}: the faults need a port to find the server by")
    return found

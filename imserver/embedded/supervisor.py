"""Every part of the server under one parent: started in order, healed while it runs, ended in order."""

import http.client
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from imserver import env
from imserver.embedded import console, environment, postgres, prepare, valkey
from imserver.embedded.healer import Healer
from imserver.embedded.process import Child, wait_for
from imserver.embedded.trouble import Trouble

_READY_SECONDS = 60


def roles(port: int, data_dir: Path) -> dict[str, list[str]]:
    celery = ["-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "imserver.celery"]
    return {
        "web": ["manage.py", "serve", "--port", str(port)],
        "worker": [
            *celery,
            "worker",
            "--subscribe",
            "--pool=threads",
            "--concurrency=4",
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [*celery, "beat", "--schedule", str(data_dir / "beat"), "--pidfile="],
    }


@dataclass
class Supervisor:
    data_dir: Path
    port: int
    children: list[Child] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    healer: Healer = field(default_factory=Healer)
    parent: int = field(default_factory=os.getppid)

    def start(self) -> None:
        values = self._servers()
        child_env = {
            **values,
            "DRAIN_SECONDS": "1",
            "PYTHONUNBUFFERED": "1",
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "imserver.settings",
            "DATA_DIR": str(self.data_dir),
        }
        self._prepare(child_env)
        self._remember_logins(values)
        for name, arguments in roles(self.port, self.data_dir).items():
            child = Child(name, [sys.executable, *arguments], env=child_env, say=console.say)
            self.children.append(child)
            child.start()
        self._until_ready()

    def _servers(self) -> dict[str, str]:
        """The embedded servers, for each that the environment does not name; returns the addresses and secrets."""
        path = self.data_dir / "env"
        values = environment.with_secrets(environment.read(path))
        for name, title, server in (("DATABASE_URL", "PostgreSQL", postgres), ("REDIS_URL", "Valkey", valkey)):
            if given := env.text(name):
                if not server.answers(given):
                    raise Trouble(f"No {title} answers at {name}: start that server, correct {name}, or unset it.")
                continue
            console.say("im", f"{title}: starting")
            child = server.start(self.data_dir, values.get(name, ""), say=console.say)
            self.children.append(child)
            values[name] = child.url
            environment.write(path, values)
        return values

    def _prepare(self, child_env: dict[str, str]) -> None:
        console.say("im", "Tables, static files, demo people: preparing")
        setup = Child("setup", [sys.executable, "-m", prepare.__name__], env=child_env, say=self._hear_setup)
        self.children.append(setup)
        setup.start()
        setup.wait()
        self.children.remove(setup)
        if setup.code:
            raise Trouble(setup.last[-1] if setup.last else "The preparation of the database failed.")

    def _remember_logins(self, values: dict[str, str]) -> None:
        """Demo people are made, and told, on the first start only."""
        if self.logins:
            environment.write(self.data_dir / "env", values | {"DEMO_LOGINS": "; ".join(self.logins)})
        elif known := values.get("DEMO_LOGINS"):
            self.logins = known.split("; ")

    def _hear_setup(self, name: str, line: str) -> None:
        if line.startswith(prepare.LOGIN):
            self.logins.append(line.removeprefix(prepare.LOGIN))
        else:
            console.say(name, line)

    def _until_ready(self) -> None:
        def ready() -> bool:
            self.healer.heal(self.children)
            return self._ready()

        if not wait_for(ready, _READY_SECONDS):
            console.say("im", f"/readyz does not answer 200 after {_READY_SECONDS} s: see the lines above; trying on.")
            return
        address = f"http://127.0.0.1:{self.port}"
        for line in (
            "",
            f"Chat      {address}/",
            f"Admin     {address}/admin/",
            f"API docs  {address}/docs",
            *(f"Log in    {login}" for login in self.logins),
            "Ctrl-C ends everything; the data stay.",
            "",
        ):
            console.say("im", line)

    def _ready(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            link.request("GET", "/readyz")
            return link.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()

    def watch(self) -> None:
        """Until somebody ends us, or `make` above us is killed."""
        while os.getppid() == self.parent:
            self.healer.heal(self.children)
            time.sleep(0.2)

    def stop(self) -> None:
        """The roles first, then the servers under them."""
        servers = [child for child in self.children if child.url]
        for child in [child for child in self.children if not child.url] + servers[::-1]:
            if child.running:
                console.say("im", f"{child.name}: ending")
                child.stop()

    def hurry(self) -> None:
        for child in self.children:
            child.send(signal.SIGKILL)

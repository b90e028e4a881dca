"""A mail server that keeps what it is given, the worker that brings it there, and who reads it."""

import asyncio
import itertools
import re
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from allauth.core.internal import ratelimit
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import RequestFactory
from playwright.async_api import Locator, expect

from tests.browser.screen import PASSWORD, Screen
from tests.processes import ROOT, server_environment

WORKER = ("-m", "celery", "--quiet", "-A", "imserver.celery", "worker", "--pool=threads", "--concurrency=1")
_numbers = itertools.count()


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as Django speaks."""

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                text = b"".join(iter(self.rfile.readline, b".\r\n")).replace(b"\r\n", b"\n")
                cast(Post, self.server).mails.append(
                    cast(EmailMessage, message_from_bytes(text, policy=policy.default))
                )
            self._say("221 bye" if verb == b"QUIT" else "250 fine")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Post(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[EmailMessage] = []

    def to(self, address: str) -> list[str]:
        """What came for somebody, the oldest first: subject and text."""
        mails = [mail for mail in self.mails if mail["To"] == address]
        return [f"{mail['Subject']}\n{mail.get_content()}" for mail in mails]

    async def receive(self, address: str, count: int = 1) -> str:
        """The last of so many mails."""
        for _ in range(300):
            if len(found := self.to(address)) >= count:
                assert len(found) == count, found
                return found[-1]
            await asyncio.sleep(0.1)
        raise AssertionError(f"no {count} mails came for {address}: {self.to(address)}")

    async def code(self, address: str, count: int = 1) -> str:
        [found] = re.findall(r"^ {4}(\d{6})$", await self.receive(address, count), re.MULTILINE)
        return str(found)


@contextmanager
def delivering() -> Iterator[Post]:
    with Post() as post:
        threading.Thread(target=post.serve_forever, daemon=True).start()
        try:
            with _worker(post.server_address[1]):
                yield post
        finally:
            post.shutdown()


@contextmanager
def _worker(port: int) -> Iterator[None]:
    environment = server_environment(EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(port), EMAIL_TLS="no")
    with (Path(settings.DATA_DIR) / "worker.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, *WORKER], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()


class Visitor:
    """Somebody at the entrance, with a mailbox."""

    def __init__(self, screen: Screen, post: Post):
        self.screen, self.page, self.post = screen, screen.page, post
        self.username = f"ann{next(_numbers)}"
        self.email = f"{self.username}@example.com"

    async def sign_up(self) -> None:
        await self.page.get_by_role("button", name="Sign up").click()
        for label, value in {
            "Your name": "Ann",
            "User name": self.username,
            "E-mail": self.email,
            "Password": PASSWORD,
        }.items():
            await self.page.get_by_label(label).fill(value)
        await self.page.keyboard.press("Enter")
        await expect(self.code).to_be_focused()

    async def log_in(self, password: str = PASSWORD, login: str = "") -> None:
        await self.page.get_by_label("User name or e-mail").fill(login or self.email)
        await self.page.get_by_label("Password").fill(password)
        await self.page.keyboard.press("Enter")

    async def ask(self, way: str) -> None:
        """For a mail, from the log-in on."""
        await self.page.get_by_role("button", name=way).click()
        await self.page.get_by_label("E-mail").fill(self.email)
        await self.page.keyboard.press("Enter")
        await expect(self.code).to_be_focused()

    async def enter(self, code: str) -> None:
        await self.code.fill("")
        await self.code.press_sequentially(code)

    async def is_in(self) -> None:
        await expect(self.screen.search).to_be_visible()

    async def is_told(self, text: str) -> None:
        await expect(self.page.get_by_role("alert").filter(has_text=text)).to_be_visible()

    async def sees(self) -> str:
        return re.sub(r"\d+ s$", "", await self.page.locator("main").inner_text(), flags=re.MULTILINE)

    async def minutes_pass(self) -> None:
        """On the page and on the server."""
        await sync_to_async(forget_limits)(self.email)
        await self.page.clock.fast_forward(61_000)

    async def joins(self) -> None:
        """Has an account, and leaves again."""
        await self.sign_up()
        await self.enter(await self.post.code(self.email))
        await self.is_in()
        await self.screen.log_out()
        await sync_to_async(forget_limits)(self.email)
        self.post.mails.clear()

    @property
    def code(self) -> Locator:
        return self.page.get_by_label("Code", exact=True)

    @property
    def again(self) -> Locator:
        return self.page.get_by_role("button", name="Send again")


def forget_limits(address: str) -> None:
    for action in ("confirm_email", "request_login_code", "reset_password"):
        ratelimit.clear(RequestFactory().post("/"), app="allauth.account", action=action, key=address)

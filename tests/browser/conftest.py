from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from django.core.management import call_command
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.screen import ARGUMENTS, CHROMIUM, Screen
from tests.processes import Gateway

HERE = Path(__file__).parent
Blank = Callable[..., Awaitable[Screen]]
Enter = Callable[..., Awaitable[Screen]]
Again = Callable[..., Awaitable[Screen]]

expect.set_options(timeout=15_000)  # what takes that long is not there; a busy machine is just slow


@contextmanager
def serving(**environment: str) -> Iterator[Gateway]:
    call_command("collectstatic", interactive=False, verbosity=0)
    gateway = Gateway(LIMIT_SIGN_UPS="1000/m/ip", LIMIT_LOG_INS="1000/m/ip", **environment)
    try:
        yield gateway.start()
    finally:
        gateway.stop()


@pytest.fixture(scope="session")
def live(django_db_setup: None) -> Iterator[Gateway]:
    """The server that browsers open."""
    with serving() as gateway:
        yield gateway


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests: each opens windows of its own in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def blank(live: Gateway, browser: Browser, transactional_db: None) -> AsyncIterator[Blank]:
    """await blank(): a browser in which nobody is logged in."""
    screens: list[Screen] = []

    async def begin(**options: Any) -> Screen:
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, **options)
        screens.append(Screen(live.http, context, await context.new_page()))
        return screens[-1]

    yield begin
    for screen in screens:
        await screen.context.close()
    assert [problem for screen in screens for problem in screen.problems] == []


@pytest_asyncio.fixture(loop_scope="session")
async def enter(blank: Blank) -> Enter:
    """await enter("Ann"): somebody with a browser of her own, who has just signed up."""

    async def come(name: str, **options: Any) -> Screen:
        screen = await blank(**options)
        await screen.sign_up(name)
        return screen

    return come


@pytest_asyncio.fixture(loop_scope="session")
async def again(blank: Blank) -> Again:
    """await again(ann): the same person in another browser."""

    async def come(first: Screen, **options: Any) -> Screen:
        screen = await blank(**options)
        await screen.log_in(first.username, first.password)
        return screen

    return come


@pytest_asyncio.fixture(loop_scope="session")
async def pair(enter: Enter) -> tuple[Screen, Screen]:
    """Ann and Bob, each in the conversation with the other."""
    ann, bob = await enter("Ann"), await enter("Bob")
    await ann.find(bob)
    await ann.write("Hello Bob")
    await bob.open("Ann")
    await bob.sees("Hello Bob")
    await ann.sees_progress("Read")
    return ann, bob


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here share the browser's loop."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)

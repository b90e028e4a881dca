"""Asking to be friends, and what becomes of it."""

import asyncio
import re

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from playwright.async_api import Locator, expect

from tests.browser.conftest import Again
from tests.browser.friends.acts import (
    Both,
    ask,
    call,
    choose,
    everybody_writes,
    friends_button,
    gate,
    leave,
    press,
    request_id,
    show,
    window,
)
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser


async def test_strangers_become_friends_and_then_write(both: Both) -> None:
    ann, bob = both
    await ann.look_up(bob)
    await expect(gate(ann)).to_contain_text("You can write to each other once you are friends.")
    await expect(ann.composer).to_have_count(0)
    await press(gate(ann), "Add friend")
    await window(ann, "Add friend").get_by_role("textbox").fill("We met at <b>work</b>")
    await press(window(ann, "Add friend"), "Send request")
    await expect(gate(ann)).to_contain_text("You have asked Bob to be friends.")
    await expect(friends_button(bob)).to_have_accessible_name("Friends, 1 request")
    await friends_button(bob).click()
    asked = window(bob).get_by_role("list", name="Requests to you").get_by_role("listitem")
    await expect(asked).to_contain_text(f"@{ann.username}")
    await expect(asked).to_contain_text("We met at <b>work</b>")
    await asked.get_by_role("button", name="Accept Ann").dblclick()
    await expect(window(bob)).to_contain_text("No requests.")
    await expect(window(bob).get_by_role("alert")).to_have_text("")
    await expect(friends_button(bob)).to_have_accessible_name("Friends", timeout=5_000)
    await expect(ann.composer).to_be_visible()
    await expect(gate(ann)).to_have_count(0)
    await ann.write("Hello Bob")
    await ann.sees("Hello Bob")
    await (await show(bob, "Friends")).get_by_role("button", name="Ann").first.click()
    await bob.sees("Hello Bob")
    await bob.write("Hello Ann")
    await ann.sees("Hello Bob", "Hello Ann")


async def test_people_found_say_what_they_are_to_one(both: Both) -> None:
    ann, bob = both
    await ann.search.fill(bob.username)
    await press(ann.found(bob), "Add friend")
    await press(window(ann, "Add friend"), "Send request")
    await expect(ann.found(bob)).to_contain_text("Requested")
    await bob.search.fill(ann.username)
    await press(bob.found(ann), "Accept")
    for one, other in ((ann, bob), (bob, ann)):
        await expect(one.found(other)).not_to_contain_text(re.compile("Requested|Accept|Add"))
    await bob.found(ann).locator(".row-link").click()
    await expect(bob.composer).to_be_focused()


async def test_a_request_is_answered_where_one_would_write(both: Both) -> None:
    ann, bob = both
    await ask(ann, bob, "Hi, it is me")
    await bob.look_up(ann)
    await expect(gate(bob)).to_contain_text("Ann would like to be friends.")
    await expect(gate(bob)).to_contain_text("Hi, it is me")
    await press(gate(bob), "Accept")
    await expect(bob.composer).to_be_focused()
    await bob.write("Sure")
    await ann.open("Bob")
    await ann.sees("Sure")


async def test_a_declined_request_looks_open_to_who_asked(both: Both) -> None:
    ann, bob = both
    await ann.look_up(bob)
    await ask(ann, bob)
    await press(await show(bob, "Requests"), "Decline Ann")
    await expect(window(bob)).to_contain_text("No requests.")
    await expect(gate(ann)).to_contain_text("You have asked Bob to be friends.")
    await ann.page.reload()
    await expect(gate(ann)).to_contain_text("You have asked Bob to be friends.")
    await expect(await show(ann, "Requests")).to_contain_text("Take back")


async def test_a_request_is_taken_back_and_then_one_has_to_wait(both: Both) -> None:
    ann, bob = both
    await ask(ann, bob)
    await expect(friends_button(bob)).to_have_accessible_name("Friends, 1 request")
    await press(await show(ann, "Requests"), "Take back Bob")
    await expect(window(ann)).to_contain_text("No requests.")
    await expect(friends_button(bob)).to_have_accessible_name("Friends", timeout=5_000)
    await leave(ann)
    await ann.look_up(bob)
    await press(gate(ann), "Add friend")
    await press(window(ann, "Add friend"), "Send request")
    await expect(window(ann, "Add friend").get_by_role("alert")).to_contain_text("once a day")


async def test_another_device_shows_the_same_without_a_reload(both: Both, again: Again) -> None:
    ann, bob = both
    phone = await again(ann)
    requests = await show(phone, "Requests")
    await ask(ann, bob)
    await expect(requests).to_contain_text("Bob")
    await call(bob, "POST", f"/v1/friend-requests/{await request_id(bob)}/accept")
    await expect(window(phone)).to_contain_text("No requests.")
    rows = await show(phone, "Friends")
    await expect(rows).to_contain_text("Bob")
    await press(await show(ann, "Friends"), "More about Bob")
    await choose(ann, "Block…")
    await ann.answer("Block Bob?", "Block")
    await expect(await show(phone, "Blocked")).to_contain_text("Bob")


async def test_what_happened_while_one_was_offline_is_there_afterwards(both: Both) -> None:
    ann, bob = both
    await bob.look_up(ann)
    await bob.context.set_offline(True)
    await expect(bob.banner).to_contain_text("You are offline")
    await ask(ann, bob)
    await press(gate(bob), "Add friend")
    await press(window(bob, "Add friend"), "Send request")
    await expect(window(bob, "Add friend").get_by_role("alert")).to_contain_text("cannot be reached")
    await bob.page.keyboard.press("Escape")
    await bob.context.set_offline(False)
    await expect(gate(bob)).to_contain_text("Ann would like to be friends.")
    await expect(friends_button(bob)).to_have_accessible_name("Friends, 1 request")


@everybody_writes
async def test_strangers_write_and_may_become_friends(both: Both) -> None:
    ann, bob = both
    await ann.find(bob)
    await ann.write("Hello Bob")
    await press(ann.page.locator(".thread-head"), "Add friend")
    await press(window(ann, "Add friend"), "Send request")
    await expect(ann.page.locator(".thread-head")).to_contain_text("Requested")
    await bob.open("Ann")
    await bob.sees("Hello Bob")
    await press(bob.page.locator(".thread-head"), "Accept")
    for screen in both:
        await expect(screen.page.locator(".thread-head")).not_to_contain_text(re.compile("Accept|Requested|Add"))
        await expect(screen.composer).to_be_visible()
    await expect(await show(ann, "Friends")).to_contain_text("Bob")


def told(screen: Screen) -> Locator:
    return screen.page.locator(".toast")


async def test_who_is_asked_and_who_is_accepted_is_told_quietly(both: Both, again: Again) -> None:
    ann, bob = both
    phone = await again(bob)
    said = "Ann would like to be friends."
    seen = asyncio.gather(*(expect(told(screen)).to_have_text(said, timeout=15_000) for screen in (bob, phone)))
    await ask(ann, bob)
    await seen  # it does not stay for long
    seen = asyncio.gather(expect(told(ann)).to_have_text("You and Bob are friends now.", timeout=15_000))
    await call(bob, "POST", f"/v1/friend-requests/{await request_id(bob)}/accept")
    await seen
    for screen in (bob, phone):
        await expect(friends_button(screen)).to_have_accessible_name("Friends")
        await expect(told(screen)).to_have_count(0, timeout=6_000)


async def test_a_request_that_came_long_ago_is_no_news(both: Both) -> None:
    ann, bob = both
    await ann.look_up(bob)
    await bob.close()
    await press(gate(ann), "Add friend")
    await press(window(ann, "Add friend"), "Send request")
    await expect(gate(ann)).to_contain_text("You have asked Bob")
    await sync_to_async(an_hour_passes)()
    await bob.reopen()
    await expect(friends_button(bob)).to_have_accessible_name("Friends, 1 request")
    await expect(told(bob)).to_have_count(0)


def an_hour_passes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("update entry set created_at = created_at - interval '1 hour'")
        cursor.execute("update friend_request set asked_at = asked_at - interval '1 hour'")
    connection.close()

"""Who is whose friend, on a server where only friends write to each other, and on one where everybody does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Again, Blank, Enter, serving
from tests.browser.screen import Screen
from tests.processes import Gateway

pytestmark = pytest.mark.browser
everybody_writes = pytest.mark.parametrize("live", ["no"], indirect=True)
CALL = """async ([method, path, body]) => {
  const token = JSON.parse(localStorage["im.session"]).access;
  const headers = {Authorization: `Bearer ${token}`, "Content-Type": "application/json"};
  const answer = await fetch(path, {method, headers, body: body && JSON.stringify(body)});
  return answer.status === 204 ? null : answer.json();
}"""
HEART = "Ann ❤️ <b>"
Both = tuple[Screen, Screen]


@pytest.fixture(scope="module")
def live(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[Gateway]:
    with serving(FRIENDS_ONLY=getattr(request, "param", "yes")) as gateway:
        yield gateway


@pytest.fixture
async def both(enter: Enter) -> Both:
    """Ann and Bob, who do not know each other."""
    return await enter("Ann"), await enter("Bob")


@pytest.fixture
async def friends(both: Both) -> Both:
    """Ann and Bob, friends, who have talked."""
    ann, bob = both
    await ask(ann, bob)
    await call(bob, "POST", f"/v1/friend-requests/{await request_id(bob)}/accept")
    await ann.find(bob)
    await ann.write("Hello Bob")
    await bob.open("Ann")
    await bob.sees("Hello Bob")
    return both


async def call(screen: Screen, method: str, path: str, body: object = None) -> Any:
    return await screen.page.evaluate(CALL, [method, path, body])


async def id_of(screen: Screen) -> str:
    found: str = await screen.page.evaluate('JSON.parse(localStorage["im.session"]).user.id')
    return found


async def request_id(screen: Screen) -> str:
    found: str = (await call(screen, "GET", "/v1/friend-requests"))["items"][0]["id"]
    return found


async def ask(one: Screen, other: Screen, message: str = "") -> None:
    await call(one, "POST", "/v1/friend-requests", {"user": await id_of(other), "message": message})


def friends_button(screen: Screen) -> Locator:
    return screen.page.get_by_role("navigation").get_by_role("button", name=re.compile("^Friends"))


def window(screen: Screen, title: str = "Friends") -> Locator:
    return screen.page.get_by_role("dialog", name=title, exact=True)


async def show(screen: Screen, tab: str) -> Locator:
    """The people below a tab of the friends."""
    if not await window(screen).is_visible():
        await friends_button(screen).click()
    await window(screen).get_by_role("tab", name=tab).click()
    return window(screen).get_by_role("listitem")


async def leave(screen: Screen) -> None:
    await screen.page.keyboard.press("Escape")
    await expect(window(screen)).to_have_count(0)


async def choose(screen: Screen, item: str) -> None:
    await screen.page.get_by_role("menuitem", name=item, exact=True).click()


async def press(place: Locator, name: str) -> None:
    await place.get_by_role("button", name=name).click()


async def head_menu(screen: Screen, item: str) -> None:
    await press(screen.page.locator(".thread-head"), "More about")
    await choose(screen, item)


async def write_remark(screen: Screen, remark: str) -> None:
    await window(screen, "Remark").get_by_role("textbox").fill(remark)
    await press(window(screen, "Remark"), "Save")
    await expect(window(screen, "Remark")).to_have_count(0)


def gate(screen: Screen) -> Locator:
    """What stands there in place of the composer."""
    return screen.page.locator(".gate")


def title(screen: Screen) -> Locator:
    return screen.page.locator(".thread-title")


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
    await press(asked, "Accept Ann")
    await expect(window(bob)).to_contain_text("No requests.")
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


async def test_a_remark_replaces_the_name_on_all_of_ones_devices_and_nowhere_else(friends: Both, again: Again) -> None:
    ann, bob = friends
    phone = await again(bob)
    await phone.open("Ann")
    await head_menu(bob, "Remark…")
    await write_remark(bob, HEART)
    for screen in (bob, phone):
        await expect(title(screen)).to_have_text(HEART)
        await expect(screen.row(HEART)).to_contain_text("Hello Bob")
    await expect(title(ann)).to_have_text("Bob")
    await bob.search.fill(HEART[:3])
    await expect(bob.row(HEART)).to_be_visible()
    await bob.search.fill("")
    await phone.page.reload()
    await expect(title(phone)).to_have_text(HEART)
    await head_menu(bob, "Remark…")
    await write_remark(bob, "")
    for screen in (bob, phone):
        await expect(title(screen)).to_have_text("Ann")


async def test_a_friend_is_found_by_the_remark_before_anything_is_written(both: Both) -> None:
    ann, bob = both
    await ask(ann, bob)
    await call(bob, "POST", f"/v1/friend-requests/{await request_id(bob)}/accept")
    await call(bob, "PATCH", f"/v1/friends/{await id_of(ann)}", {"remark": "Plumber"})
    await bob.search.fill("plum")
    await expect(bob.found(ann)).to_contain_text("Plumber")


async def test_friends_have_tags_and_pins(enter: Enter) -> None:
    ann, bob, cem = await enter("Ann"), await enter("Bob"), await enter("Cem")
    for other in (bob, cem):
        await ask(ann, other)
        await call(other, "POST", f"/v1/friend-requests/{await request_id(other)}/accept")
    rows = await show(ann, "Friends")
    await expect(rows).to_have_text([re.compile("^B.*Bob"), re.compile("^C.*Cem")])
    await press(rows.filter(has_text="Cem"), "More about Cem")
    await choose(ann, "Pin")
    await expect(rows).to_have_text([re.compile("Cem"), re.compile("Bob")])
    await expect(rows.first.get_by_role("img", name="Pinned")).to_be_visible()
    await press(rows.filter(has_text="Bob"), "More about Bob")
    await choose(ann, "Tags…")
    await window(ann, "Tags of Bob").get_by_label("New tags").fill("work, <i>climbing</i>")
    await ann.page.keyboard.press("Enter")
    await expect(rows.filter(has_text="Bob").locator(".tag")).to_have_text(["<i>climbing</i>", "work"])
    await press(rows.filter(has_text="Cem"), "More about Cem")
    await choose(ann, "Tags…")
    await window(ann, "Tags of Cem").get_by_role("checkbox", name="work").check()
    await press(window(ann, "Tags of Cem"), "Save")
    await expect(rows.filter(has_text="Cem").locator(".tag")).to_have_text(["work"])
    await window(ann).get_by_role("button", name="<i>climbing</i>", exact=True).click()
    await expect(rows).to_have_text([re.compile("Bob")])
    await window(ann).get_by_role("button", name="<i>climbing</i>", exact=True).click()
    await window(ann).get_by_label("Filter friends").fill("WORK")
    await expect(rows).to_have_count(2)
    await window(ann).get_by_label("Filter friends").fill(cem.username)
    await expect(rows).to_have_text([re.compile("Cem")])
    await press(rows, "More about Cem")
    await choose(ann, "Unpin")
    await window(ann).get_by_label("Filter friends").fill("")
    await expect(rows).to_have_text([re.compile("Bob"), re.compile("Cem")])


async def test_a_tag_that_is_refused_is_said_at_its_field(friends: Both) -> None:
    ann, _ = friends
    await head_menu(ann, "Tags…")
    await window(ann, "Tags of Bob").get_by_label("New tags").fill("x" * 33)
    await ann.page.keyboard.press("Enter")
    await expect(window(ann, "Tags of Bob")).to_contain_text("A tag has 1 to 32 characters")
    await expect(window(ann, "Tags of Bob").get_by_label("New tags")).to_be_focused()


async def test_a_removed_friend_is_gone_on_both_sides_and_what_was_written_stays(friends: Both) -> None:
    ann, bob = friends
    await ann.composer.fill("half a sentence")
    await head_menu(ann, "Remove friend…")
    await ann.answer("Remove Bob?", "Cancel")
    await expect(ann.composer).to_be_visible()
    await head_menu(ann, "Remove friend…")
    await ann.answer("Remove Bob?", "Remove")
    for screen in friends:
        await expect(gate(screen)).to_contain_text("once you are friends")
        await expect(screen.composer).to_have_count(0)
        await screen.sees("Hello Bob")
    await ann.page.locator(".bubble").click(button="right")
    await expect(ann.page.get_by_role("menuitem", name="Copy text")).to_be_visible()
    await expect(ann.page.get_by_role("menuitem", name=re.compile("Reply|Edit"))).to_have_count(0)
    await ann.page.keyboard.press("Escape")
    await press(gate(bob), "Add friend")
    await press(window(bob, "Add friend"), "Send request")
    await press(gate(ann), "Accept")
    for screen in friends:
        await expect(screen.composer).to_be_visible()
    await expect(ann.composer).to_have_value("half a sentence")


async def test_who_is_blocked_sees_nothing_but_that_he_cannot_write(friends: Both) -> None:
    ann, bob = friends
    await head_menu(ann, "Block…")
    await ann.answer("Block Bob?", "Block")
    await expect(gate(ann)).to_contain_text("You have blocked Bob.")
    await expect(await show(ann, "Blocked")).to_contain_text(f"@{bob.username}")
    await bob.write("Are you there?")
    await expect(bob.page.locator(".failure")).to_contain_text("You cannot write to this person.")
    await expect(await show(bob, "Friends")).to_contain_text("Ann")
    await leave(bob)
    await ann.sees("Hello Bob")
    await press(window(ann), "Unblock Bob")
    await expect(window(ann)).to_contain_text("You have blocked nobody.")
    await leave(ann)
    await expect(ann.composer).to_be_visible()
    await bob.page.locator(".failure").get_by_role("button", name="Try again").click()
    await ann.sees("Hello Bob", "Are you there?")


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


async def test_the_keyboard_is_enough(friends: Both) -> None:
    ann, _ = friends
    keys = ann.page.keyboard
    await friends_button(ann).focus()
    await keys.press("Enter")
    await expect(window(ann).get_by_role("tab", name="Friends")).to_be_focused()
    await keys.press("ArrowRight")
    await expect(window(ann).get_by_role("tab", name="Requests")).to_be_focused()
    await expect(window(ann)).to_contain_text("No requests.")
    await keys.press("Home")
    await keys.press("Tab")
    await expect(window(ann).get_by_label("Filter friends")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(ann.page.get_by_role("menuitem", name="Remark…")).to_be_focused()
    await keys.press("Escape")
    await expect(window(ann).get_by_role("button", name="More about Bob")).to_be_focused()
    await keys.press("Enter")
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(window(ann).get_by_role("img", name="Pinned")).to_be_visible()
    await expect(window(ann).get_by_role("button", name="More about Bob")).to_be_focused()
    await keys.press("Escape")
    await expect(window(ann)).to_have_count(0)
    await expect(friends_button(ann)).to_be_focused()


async def test_nobody_yet_is_said_in_words(enter: Enter) -> None:
    ann = await enter("Ann")
    await friends_button(ann).click()
    await expect(window(ann)).to_contain_text("No friends yet.")
    await press(window(ann), "Find people")
    await expect(ann.search).to_be_focused()


async def test_a_link_leads_to_a_person(both: Both) -> None:
    ann, bob = both
    await ann.page.goto(f"{ann.url}/u/{bob.username}")
    await expect(title(ann)).to_have_text("Bob")
    await expect(gate(ann).get_by_role("button", name="Add friend")).to_be_visible()
    await expect(ann.page).to_have_url(re.compile(rf"^{ann.url}/#[0-9a-f-]{{36}}$"))
    await ann.page.goto(f"{ann.url}/u/{ann.username}")
    await expect(window(ann, "Profile")).to_be_visible()
    await ann.page.goto(f"{ann.url}/u/nobody-at-all")
    await expect(ann.page.get_by_text("There is nobody with the user name “nobody-at-all”.")).to_be_visible()
    await expect(ann.page).to_have_url(f"{ann.url}/")


async def test_a_link_waits_for_who_has_to_log_in(both: Both, blank: Blank) -> None:
    ann, bob = both
    screen = await blank()
    await screen.page.goto(f"{ann.url}/u/{bob.username}")
    await screen.page.get_by_label("User name or e-mail").fill(ann.username)
    await screen.page.get_by_label("Password").fill(ann.password)
    await screen.page.keyboard.press("Enter")
    await expect(title(screen)).to_have_text("Bob")


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


@everybody_writes
async def test_a_stranger_is_blocked_and_unblocked(both: Both) -> None:
    ann, bob = both
    await bob.find(ann)
    await bob.write("Buy this")
    await ann.open("Bob")
    await head_menu(ann, "Block…")
    await ann.answer("Block Bob?", "Block")
    await expect(gate(ann)).to_contain_text("You have blocked Bob.")
    await expect(ann.composer).to_have_count(0)
    await bob.write("And that")
    await expect(bob.page.locator(".failure")).to_be_visible()
    await press(gate(ann), "Unblock")
    await expect(ann.composer).to_be_focused()
    await bob.write("Sorry")
    await ann.sees("Buy this", "Sorry")

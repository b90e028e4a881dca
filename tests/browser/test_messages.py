"""What can be done with a message, seen by two people of whom one has two devices."""

import pytest
from playwright.async_api import expect

from tests.browser import message_desk as desk
from tests.browser.conftest import Again, Enter
from tests.browser.friends.acts import call, id_of, press, window
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser
Pair = tuple[Screen, Screen]


async def test_reactions_edits_and_pins_show_on_all_devices(pair: Pair, again: Again) -> None:
    ann, bob = pair
    phone = await again(ann)
    await phone.open("Bob")
    everybody = [ann, bob, phone]
    await desk.react(bob, "Hello Bob", "❤️")
    await desk.sees_reactions(everybody, "Hello Bob", "❤️ 1")
    await desk.chips(phone, "Hello Bob").click()
    await desk.sees_reactions(everybody, "Hello Bob", "❤️ 2")
    await expect(desk.chips(ann, "Hello Bob")).to_have_attribute("aria-label", "❤️ You and Bob")
    await expect(desk.chips(ann, "Hello Bob")).to_have_attribute("aria-pressed", "true")
    await desk.chips(bob, "Hello Bob").click()
    await desk.sees_reactions(everybody, "Hello Bob", "❤️ 1")
    await expect(desk.chips(bob, "Hello Bob")).to_have_attribute("aria-label", "❤️ Ann")
    await desk.react_otherwise(bob, "Hello Bob", "rocket", "🚀")
    await desk.sees_reactions(everybody, "Hello Bob", "❤️ 1", "🚀 1")

    await ann.write("Meet at *nine* by the _old_ `door()`, it is ||a secret||")
    for screen in everybody:
        await expect(desk.bubble(screen, "Meet at nine").locator("strong")).to_have_text("nine")
    styles = [("strong", "nine"), ("em", "old"), ("code", "door()"), ("spoiler", "a secret")]
    assert await desk.marked_up(bob, "Meet at") == styles
    await expect(bob.row("Ann")).to_contain_text("it is ▒▒▒▒▒▒▒▒")
    await bob.page.get_by_role("button", name="Spoiler").click()
    await expect(bob.page.locator(".spoiler.open")).to_have_text("a secret")
    await desk.copy(ann, "Meet at", "The text is copied.")
    await ann.page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('denied')))")
    await desk.copy(ann, "Meet at", "It could not be copied")
    await ann.act("Meet at", "Edit")
    await expect(ann.composer).to_have_value("Meet at *nine* by the _old_ `door()`, it is ||a secret||")
    await ann.write("Meet at *ten* by the door")
    for screen in everybody:
        await expect(desk.bubble(screen, "Meet at ten").locator("strong")).to_have_text("ten")
        await expect(desk.bubble(screen, "Meet at ten").locator(".edited")).to_be_visible()

    await bob.act("Meet at", "Pin")
    await ann.act("Hello Bob", "Pin")
    for screen in everybody:
        await expect(desk.pinned(screen)).to_contain_text("2 of 2")
        await expect(desk.pinned(screen)).to_contain_text("Hello Bob")
    await desk.pinned(phone).get_by_role("button").first.click()
    await expect(phone.page.locator(".row.flash")).to_contain_text("Hello Bob")
    await expect(desk.pinned(phone)).to_contain_text("1 of 2")
    await press(desk.pinned(phone), "All pinned")
    await expect(window(phone, "Pinned messages").get_by_role("listitem")).to_have_count(2)
    await ann.act("Hello Bob", "Delete for everyone")
    await ann.answer("Delete this message?", "Delete")
    await expect(window(phone, "Pinned messages").get_by_role("listitem")).to_have_count(1)
    await bob.act("Meet at", "Unpin")
    for screen in everybody:
        await expect(desk.pinned(screen)).to_have_count(0)
    await desk.sees_reactions(everybody, "Message deleted")


async def test_what_one_keeps_and_deletes_for_oneself_is_so_on_all_ones_devices(pair: Pair, again: Again) -> None:
    ann, bob = pair
    phone = await again(ann)
    await phone.open("Bob")
    await bob.write("two", "three", "four")
    await ann.sees("Hello Bob", "two", "three", "four")
    await ann.act("two", "Save")
    await expect(desk.bubble(phone, "two").get_by_label("Saved")).to_be_visible()
    await phone.choose("Saved messages")
    await expect(desk.saved(phone)).to_contain_text(["two"])
    await desk.saved(phone).get_by_role("button", name="two").click()
    await expect(phone.page.locator(".row.flash")).to_contain_text("two")
    await phone.act("two", "Take from saved")
    await expect(desk.bubble(ann, "two").get_by_label("Saved")).to_have_count(0)

    await desk.delete_for_me(phone, "four")
    for screen in (ann, phone):
        await screen.sees("Hello Bob", "two", "three")
        await expect(screen.row("Bob")).to_contain_text("three")
    await bob.sees("Hello Bob", "two", "three", "four")
    await bob.act("four", "Edit")
    await bob.write("four again")
    await bob.write("five")
    for screen in (ann, phone):
        await screen.sees("Hello Bob", "two", "three", "five")

    await phone.page.wait_for_timeout(500)  # the store is written behind
    await phone.close()
    await desk.delete_for_me(ann, "three")
    await phone.reopen()
    await phone.open("Bob")
    await phone.sees("Hello Bob", "two", "five")
    await bob.sees("Hello Bob", "two", "three", "four again", "five")

    await desk.choose_clear(ann)
    await bob.write("six")
    await ann.sees("Hello Bob", "two", "five", "six")
    await ann.answer("Clear the history?", "Clear")
    for screen in (ann, phone):
        await screen.sees("six")
    await desk.choose_clear(ann)
    await ann.answer("Clear the history?", "Clear")
    for screen in (ann, phone):
        await screen.sees()
        await expect(screen.row("Bob")).to_contain_text("No messages yet")
    await bob.write("seven")
    for screen in (ann, phone):
        await screen.sees("seven")
        await screen.page.reload()
        await screen.sees("seven")
    await bob.sees("Hello Bob", "two", "three", "four again", "five", "six", "seven")


async def test_messages_are_forwarded_and_a_group_says_who_has_read(pair: Pair, enter: Enter) -> None:
    ann, bob = pair
    eve = await enter("Eve")
    people = [await id_of(bob), await id_of(eve)]
    await call(ann, "POST", "/v1/groups", {"title": "Climbing", "members": people})
    await bob.write("From *Bob*")
    await ann.write("and Ann")
    await bob.write("slip")
    selected = ann.page.get_by_role("toolbar", name="Selected messages")
    await ann.act("slip", "Select")
    await desk.bubble(ann, "and Ann").click()
    await desk.bubble(ann, "and Ann").focus()
    await ann.page.keyboard.press("Escape")
    await expect(selected).to_be_hidden()
    await expect(ann.composer).to_be_visible()
    await ann.act("From Bob", "Select")
    await desk.bubble(ann, "slip").click()
    await desk.bubble(ann, "and Ann").click()
    await expect(selected).to_contain_text("3 selected")
    await bob.act("slip", "Delete for everyone")
    await bob.answer("Delete this message?", "Delete")
    await expect(selected).to_contain_text("2 selected")
    await press(selected, "Forward")
    await desk.forward(ann, "Climbing", "Notes to self")
    await eve.open("Climbing")
    await eve.sees("From Bob", "and Ann")
    await expect(desk.bubble(eve, "From Bob")).to_contain_text("Forwarded from Bob")
    await expect(desk.bubble(eve, "From Bob").locator(".bubble-text strong")).to_have_text("Bob")
    await ann.open("Notes to self")
    await ann.sees("From Bob", "and Ann")
    await ann.open("Climbing")
    await ann.act("and Ann", "Read by")
    await expect(window(ann, "Read by").get_by_role("list", name="Read by")).to_contain_text("Eve")
    await expect(window(ann, "Read by").get_by_role("list", name="Delivered to")).to_contain_text("Bob")
    await ann.page.keyboard.press("Escape")
    await ann.act("From Bob", "Pin")
    await expect(desk.pinned(eve)).to_contain_text("From Bob")
    await desk.bubble(eve, "From Bob").click(button="right")
    await expect(eve.page.get_by_role("menuitem", name="Save")).to_be_visible()
    await expect(eve.page.get_by_role("menuitem", name="Unpin")).to_have_count(0)
    await eve.page.keyboard.press("Escape")
    await desk.react(eve, "and Ann", "👍")
    await expect(desk.chips(ann, "and Ann")).to_have_attribute("aria-label", "👍 Eve")

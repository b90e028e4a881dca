"""Groups on the page, with two and three people, each in a browser of their own."""

import re

import pytest
from playwright.async_api import expect

from tests.browser import message_desk as desk
from tests.browser.conftest import Again, Enter
from tests.browser.group_screen import GroupScreen
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser


async def may_be_added_by(screen: Screen, who: str) -> None:
    await screen.choose("Privacy")
    wish = screen.dialog.get_by_role("group", name="Added to groups").get_by_role("radio", name=who)
    await expect(screen.dialog.get_by_role("switch", name="Read receipts")).to_be_checked()
    await wish.check()
    await expect(wish).to_be_checked()
    await screen.page.keyboard.press("Escape")


async def test_a_group_begins_with_who_is_added_and_who_accepts(enter: Enter, again: Again) -> None:
    ann, bob, cem = await enter("Ann"), await enter("Bob"), await enter("Cem")
    await may_be_added_by(bob, "Everybody")
    await may_be_added_by(cem, "Nobody")
    group, guest = GroupScreen(ann), GroupScreen(cem)
    await group.create("Book club", bob, cem)
    await expect(group.toasts).to_contain_text("Bob is in. Cem is invited and can accept.")
    await expect(group.line).to_have_text("2 members")
    await ann.write("Welcome")
    await expect(bob.row("Book club")).to_contain_text("Ann: Welcome")
    await guest.answer_invitation("Join", "Book club")
    await expect(group.line).to_have_text("3 members")
    await cem.open("Book club")
    await expect(guest.notices).to_have_text(["You joined by invitation"])
    await cem.write("Hello")
    await expect(ann.page.locator(".sender")).to_have_text(["Cem"])
    await expect(group.notices).to_have_text(["You created “Book club”", "Cem joined by invitation"])
    await expect(bob.row("Book club")).to_contain_text("Cem: Hello")
    await expect(bob.row("Book club")).to_contain_text("2 unread")
    await bob.open("Book club")
    await ann.page.reload()
    await expect(group.notices).to_have_text(["You created “Book club”", "Cem joined by invitation"])
    await expect(ann.page.locator(".sender")).to_have_text(["Cem"])
    await expect(GroupScreen(bob).notices).to_have_text(["Ann created “Book club”", "Cem joined by invitation"])
    other = await again(ann)
    await other.open("Book club")
    await expect(GroupScreen(other).notices).to_have_text(["You created “Book club”", "Cem joined by invitation"])


async def keeps_the_choir(cem: Screen) -> None:
    """To be read, and no more than that."""
    third = GroupScreen(cem)
    await expect(cem.row("Choir")).to_contain_text("You are no longer in this group")
    await expect(third.gate).to_contain_text("You are no longer in this group")
    await expect(cem.composer).to_have_count(0)
    await cem.sees("I sing tenor", "We meet at eight")
    await expect(desk.chips(cem, "I sing tenor")).to_have_accessible_name("👍 Bob")
    await expect(cem.page.get_by_role("button", name="👍")).to_have_count(0)
    assert await third.offers() == ["Delete from this device"]


async def comes_back_and_goes(group: GroupScreen, cem: Screen) -> None:
    third = GroupScreen(cem)
    await group.add(cem)
    await cem.write("Back again")
    await cem.sees("Back again")
    await group.open_info()
    await group.act_on("Cem", "Remove…")
    await group.screen.answer("Remove Cem?", "Remove")
    await expect(third.gate).to_contain_text("You are no longer in this group")
    await third.choose("Delete from this device")
    await cem.answer("Delete “Choir”?", "Delete")
    await expect(cem.row("Choir")).to_have_count(0)
    await expect(third.head).to_have_count(0)
    await group.close()


async def test_what_admins_do_about_members(enter: Enter) -> None:
    ann, bob, cem = await enter("Ann"), await enter("Bob"), await enter("Cem")
    for screen in (bob, cem):
        await may_be_added_by(screen, "Everybody")
    group, second, third = GroupScreen(ann), GroupScreen(bob), GroupScreen(cem)
    await group.create("Choir", bob, cem)
    for screen in (bob, cem):
        await screen.open("Choir")
    await group.open_info()
    await group.act_on("Bob", "Make admin")
    await expect(group.member("Bob")).to_contain_text("Admin")
    await second.open_info()
    await second.act_on("Cem", "Mute…")
    await second.dialog.get_by_role("radio", name="1 hour").check()
    await second.dialog.get_by_role("button", name="Mute", exact=True).click()
    await expect(third.gate).to_contain_text("An admin has muted you until")
    await expect(group.member("Cem")).to_contain_text("muted until")
    await cem.page.reload()
    await expect(third.gate).to_contain_text("An admin has muted you until")
    await second.act_on("Cem", "Let write again")
    await expect(cem.composer).to_be_visible()
    assert await group.member("Ann").get_by_role("button").count() == 0
    await second.close()
    await expect(second.notices.last).to_have_text("You let Cem write again")
    await cem.write("I sing tenor")
    await desk.react(bob, "I sing tenor", "👍")
    await bob.write("We meet at eight")
    await cem.sees("I sing tenor", "We meet at eight")
    await group.act_on("Cem", "Ban…")
    await group.dialog.get_by_label("Reason").fill("Sings too loud")
    await group.dialog.get_by_role("button", name="Ban", exact=True).click()
    await expect(third.toasts).to_contain_text("You are no longer in “Choir”.")
    for _ in range(2):
        await keeps_the_choir(cem)
        await cem.page.wait_for_timeout(1_000)  # the store is written behind
        await cem.page.reload()
    await expect(group.member("Cem")).to_have_count(0)
    await expect(second.notices.last).to_have_text("Ann banned Cem")
    await group.dialog.get_by_role("tab", name="Settings").click()
    await expect(group.dialog.get_by_role("list", name="Banned people")).to_contain_text("Sings too loud")
    await group.dialog.get_by_role("button", name="Unban Cem").click()
    await expect(group.dialog.get_by_role("list", name="Banned people")).to_have_count(0)
    await group.close()
    await comes_back_and_goes(group, cem)
    await bob.sees("I sing tenor", "We meet at eight", "Back again")
    await group.choose("Leave group…")
    await group.dialog.get_by_role("button", name="Choose Bob").click()
    await ann.answer("Make Bob the owner?", "Make owner")
    await expect(ann.row("Choir")).to_have_count(0)
    await expect(second.line).to_have_text("1 member")
    await second.choose("Leave group…")
    await bob.answer("Leave “Choir”?", "Leave")
    await expect(bob.row("Choir")).to_have_count(0)


async def test_a_link_leads_in_once_an_admin_agrees(enter: Enter) -> None:
    ann, bob, cem = await enter("Ann"), await enter("Bob"), await enter("Cem")
    group, guest = GroupScreen(ann), GroupScreen(bob)
    await group.create("Chess")
    await group.open_info("Joining")
    await group.dialog.get_by_role("button", name="Make a link").click()
    await group.dialog.get_by_role("switch", name="An admin agrees first").check()
    await group.dialog.get_by_role("button", name="Make link").click()
    link = group.dialog.locator(".link-address")
    await expect(link).to_have_text(re.compile("/g/"))
    await group.dialog.get_by_role("button", name="Show the QR code").click()
    await expect(ann.page.locator(".qr path")).to_have_attribute("d", re.compile("M"))
    await ann.page.keyboard.press("Escape")
    address = f"http://{await link.inner_text()}"
    await bob.page.goto(address)
    await expect(guest.dialog).to_contain_text("Chess")
    await expect(guest.dialog).to_contain_text("1 member")
    await guest.dialog.get_by_label("A few words").fill("I know all openings")
    await guest.dialog.get_by_role("button", name="Ask to join").click()
    await expect(guest.toasts).to_contain_text("You have asked")
    await expect(group.toasts).to_contain_text("Bob asks to join “Chess”.")
    await expect(group.dialog.get_by_role("list", name="Requests to join")).to_contain_text("I know all openings")
    await bob.page.reload()
    waiting = await guest.open_requests()
    await expect(waiting).to_contain_text("Chess")
    await expect(waiting).to_contain_text("I know all openings")
    await group.dialog.get_by_role("button", name="Let in Bob").click()
    await expect(waiting).to_be_hidden()
    await guest.close()
    await expect(guest.toasts).to_contain_text("You were let into “Chess”.")
    await bob.open("Chess")
    await expect(guest.notices).to_have_text(["Ann let you in"])
    await changes_his_mind(cem, group, address)
    await group.dialog.get_by_role("button", name="Revoke the link").click()
    await expect(link).to_have_count(0)
    await bob.page.goto(address)
    await expect(guest.toasts).to_contain_text("does not lead into a group")


async def changes_his_mind(cem: Screen, group: GroupScreen, address: str) -> None:
    await cem.page.goto(address)
    guest, asking = GroupScreen(cem), group.dialog.get_by_role("list", name="Requests to join")
    await guest.dialog.get_by_role("button", name="Ask to join").click()
    await expect(asking).to_contain_text("Cem")
    waiting = await guest.open_requests()
    await waiting.get_by_role("button", name="Take back Chess").click()
    await expect(guest.dialog).to_contain_text("No requests.")
    await expect(asking).to_be_hidden()


async def test_settings_and_announcements_reach_everybody(enter: Enter, again: Again) -> None:
    ann, bob = await enter("Ann"), await enter("Bob")
    await may_be_added_by(bob, "Everybody")
    group, member = GroupScreen(ann), GroupScreen(bob)
    await group.create("Garden", bob)
    await bob.open("Garden")
    phone = await again(bob)
    await phone.open("Garden")
    await group.choose("Announce…")
    await group.dialog.get_by_label("Announcement").fill("Tools are due on Friday")
    await group.dialog.get_by_role("button", name="Announce", exact=True).click()
    bars = [screen.page.get_by_role("complementary", name="Announcement") for screen in (bob, phone)]
    for bar in bars:
        await expect(bar).to_contain_text("Tools are due on Friday")
    await bob.page.reload()
    await bars[0].get_by_role("button", name="Got it").click()
    for bar in bars:
        await expect(bar).to_have_count(0)
    dialog = await group.open_info("Settings")
    await expect(dialog).to_contain_text("read by 1 of 2")
    await dialog.get_by_label("Name").fill("Herb garden")
    await dialog.get_by_label("Description").fill("Mint and thyme")
    await dialog.get_by_role("button", name="Save").click()
    for screen in (bob, phone, ann):
        await expect(screen.row("Herb garden")).to_be_visible()
    await expect(member.head).to_have_text("Herb garden")
    await dialog.get_by_role("switch", name="Only admins write").check()
    await expect(member.gate).to_have_text("Only admins write in this group.")
    await dialog.get_by_role("switch", name="Only admins write").uncheck()
    await dialog.get_by_role("radio", name="1 min").check()
    await expect(member.notices.last).to_have_text("Ann set slow mode to 1 minute")
    await bob.write("One question")
    await expect(member.gate).to_contain_text(re.compile(r"Slow mode: you can write again in (1:00|0:5\d)"))
    await dialog.get_by_role("radio", name="Off").check()
    await bob.write("Another")
    await dialog.get_by_role("button", name="Dismiss group").click()
    await ann.answer("Dismiss “Herb garden”?", "Dismiss")
    await group.close()
    for screen in (group, member, GroupScreen(phone)):
        await expect(screen.gate).to_contain_text("This group was dismissed.")
    await phone.sees("One question", "Another")

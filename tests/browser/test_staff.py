"""Who deleted a message is said to those who had it: its author is not named, an admin is, of the staff nobody is."""

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from playwright.async_api import expect

from accounts.models import User
from messaging.models import Profile
from tests import make
from tests.browser.conftest import Blank, Enter
from tests.browser.group_screen import GroupScreen
from tests.browser.test_groups import may_be_added_by

pytestmark = pytest.mark.browser
PASSWORD = "a-long-enough-password"


def moderator(title: str) -> tuple[str, str]:
    """The name of one, and the id of that group."""
    user = User.objects.get(pk=make.person("mod").id)
    user.is_staff = user.is_superuser = True
    user.set_password(PASSWORD)
    user.save()
    group = str(Profile.objects.get(title=title).pk)
    connections.close_all()
    return user.username, group


async def test_who_deleted_a_message_is_said(enter: Enter, blank: Blank) -> None:
    ann, bob = await enter("Ann"), await enter("Bob")
    await may_be_added_by(bob, "Everybody")
    await GroupScreen(ann).create("Garden", bob)
    await bob.open("Garden")
    await bob.write("mine", "hers to delete", "an abuse")
    await ann.sees("mine", "hers to delete", "an abuse")
    for screen, text in ((bob, "mine"), (ann, "hers to delete")):
        await screen.act(text, "Delete for everyone")
        await screen.answer("Delete this message?", "Delete")
    office = await blank()
    page, (name, group) = office.page, await sync_to_async(moderator)("Garden")
    await page.goto(f"{office.url}/admin/messaging/conversation/?q={group}")
    await page.get_by_label("Username").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.locator("input[name=_selected_action]").check()
    await page.get_by_label("Select action to run").select_option(label="Recall a message for everyone")
    await page.get_by_label("Number of the message").fill("3")
    await page.get_by_label("Reason").fill("threats")
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_text("Message 3 is recalled.")).to_be_visible()
    await ann.sees("Message deleted", "Message deleted by you", "Message deleted by staff")
    await bob.sees("Message deleted", "Message deleted by Ann", "Message deleted by staff")
    for screen in (ann, bob):
        await screen.page.reload()
    await bob.sees("Message deleted", "Message deleted by Ann", "Message deleted by staff")

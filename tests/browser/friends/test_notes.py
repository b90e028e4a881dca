"""What one notes of a friend: remark, tags, pins."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Again, Enter
from tests.browser.friends.acts import (
    Both,
    befriend,
    call,
    choose,
    head_menu,
    id_of,
    press,
    show,
    title,
    window,
    write_remark,
)

pytestmark = pytest.mark.browser
HEART = "Ann ❤️ <b>"


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
    await befriend(ann, bob)
    await call(bob, "PATCH", f"/v1/friends/{await id_of(ann)}", {"remark": "Plumber"})
    await bob.search.fill("plum")
    await expect(bob.found(ann)).to_contain_text("Plumber")


async def test_friends_have_tags_and_pins(enter: Enter) -> None:
    ann, bob, cem = await enter("Ann"), await enter("Bob"), await enter("Cem")
    for other in (bob, cem):
        await befriend(ann, other)
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


async def test_a_tag_is_renamed_and_removed_with_all_who_have_it(friends: Both, again: Again) -> None:
    ann, bob = friends
    await call(ann, "PATCH", f"/v1/friends/{await id_of(bob)}", {"tags": ["climbing", "wrok"]})
    phone = await again(ann)
    tags = {screen: (await show(screen, "Friends")).locator(".tag") for screen in (ann, phone)}
    for shown in tags.values():
        await expect(shown).to_have_text(["climbing", "wrok"])
    await window(ann).get_by_role("button", name="wrok", exact=True).click()
    await press(window(ann), "More about the tag wrok")
    await choose(ann, "Rename tag…")
    await window(ann, "Rename tag").get_by_label("Name of the tag").fill("\u200b")
    await press(window(ann, "Rename tag"), "Save")
    await expect(window(ann, "Rename tag")).to_contain_text("A tag has 1 to 32 characters")
    await window(ann, "Rename tag").get_by_label("Name of the tag").fill("<b>work</b>")
    await ann.page.keyboard.press("Enter")
    await expect(window(ann, "Rename tag")).to_have_count(0)
    for shown in tags.values():
        await expect(shown).to_have_text(["<b>work</b>", "climbing"])
    await expect(window(ann).get_by_role("button", name="<b>work</b>", pressed=True)).to_be_visible()
    await press(window(ann), "More about the tag <b>work</b>")
    await choose(ann, "Remove tag…")
    await ann.answer("Remove “<b>work</b>”?", "Cancel")
    await press(window(ann), "More about the tag <b>work</b>")
    await choose(ann, "Remove tag…")
    await ann.answer("Remove “<b>work</b>”?", "Remove")
    for shown in tags.values():
        await expect(shown).to_have_text(["climbing"])
    await expect(window(ann).get_by_label("Filter friends")).to_be_focused()

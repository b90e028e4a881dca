import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Again, Enter
from tests.browser.screen import Screen
from tests.gateway.stage import until
from tests.processes import Gateway

pytestmark = pytest.mark.browser
Pair = tuple[Screen, Screen]


async def test_two_people_find_each_other_and_talk(pair: Pair) -> None:
    ann, bob = pair
    await bob.composer.press_sequentially("Hello A")
    await expect(ann.page.locator(".thread-subtitle")).to_have_text("typing…")
    await bob.write("Hello Ann")
    await ann.sees("Hello Bob", "Hello Ann")
    await expect(ann.page.locator(".thread-subtitle")).to_have_text("online")


async def test_what_was_written_to_a_closed_page_waits_there(pair: Pair) -> None:
    ann, bob = pair
    await bob.close()
    await ann.write("one", "two")
    await ann.sees_progress("Read", "Sent", "Sent")
    await bob.reopen()
    await expect(bob.page).to_have_title("(2) Messages")
    await expect(bob.row("Ann")).to_contain_text("2 unread")
    await ann.sees_progress("Read", "Delivered", "Delivered")
    await bob.open("Ann")
    await bob.sees("Hello Bob", "one", "two")
    await expect(bob.page.get_by_text("New messages")).to_be_visible()
    await ann.sees_progress("Read", "Read", "Read")
    await expect(bob.page).to_have_title("Messages")


async def test_messages_written_offline_go_out_once(pair: Pair) -> None:
    ann, bob = pair
    await ann.context.set_offline(True)
    await expect(ann.banner).to_contain_text("You are offline")
    await ann.write("one", "two")
    await ann.sees_progress("Read", "Sending", "Sending")
    await ann.context.set_offline(False)
    await bob.sees("Hello Bob", "one", "two")
    await ann.sees_progress("Read", "Read", "Read")
    await expect(ann.banner).to_be_hidden()
    await ann.sees("Hello Bob", "one", "two")


async def test_a_message_written_offline_survives_a_reload(pair: Pair) -> None:
    ann, bob = pair
    await ann.context.set_offline(True)
    await ann.write("kept")
    await ann.sees_progress("Read", "Sending")
    await ann.context.set_offline(False)
    await ann.page.reload()
    await bob.sees("Hello Bob", "kept")
    await ann.sees("Hello Bob", "kept")


async def test_a_reload_resumes_with_what_it_has(pair: Pair) -> None:
    ann, _ = pair
    sent: list[str] = []
    ann.page.on("websocket", lambda socket: socket.on("framesent", lambda payload: sent.append(str(payload))))
    await ann.page.wait_for_timeout(500)  # the store is written behind
    await ann.page.reload()
    await ann.sees("Hello Bob")
    await expect(ann.banner).to_be_hidden()
    await until(lambda: sent)
    await ann.page.wait_for_timeout(500)
    assert '"type":"hello"' in sent[0]
    assert '"heads":{"' in sent[0]
    assert not [frame for frame in sent if '"type":"pull"' in frame]


async def test_the_page_heals_when_the_server_is_killed(live: Gateway, pair: Pair) -> None:
    ann, bob = pair
    assert live.process
    live.process.kill()
    live.process.wait()
    try:
        await expect(ann.banner).to_contain_text("Connecting")
        await ann.write("written", "meanwhile")
        await ann.sees_progress("Read", "Sending", "Sending")
    finally:
        await asyncio.to_thread(live.start)
    for screen in pair:
        await expect(screen.banner).to_be_hidden(timeout=30_000)
        await screen.sees("Hello Bob", "written", "meanwhile")
    await bob.write("and on it goes")
    await ann.sees("Hello Bob", "written", "meanwhile", "and on it goes")


async def test_the_page_says_that_it_is_not_live_however_quickly_it_is_refused(live: Gateway, pair: Pair) -> None:
    ann, _ = pair
    quick = Screen(ann.url, ann.context, await ann.context.new_page())
    await quick.page.add_init_script("Math.random = () => 0.01")  # it tries again after 10 to 300 ms
    await quick.page.goto(ann.url)
    await quick.open("Bob")
    await quick.sees("Hello Bob")
    assert live.process
    live.process.kill()
    live.process.wait()
    try:
        await expect(quick.banner).to_contain_text("Connecting")
    finally:
        await asyncio.to_thread(live.start)
    await expect(quick.banner).to_be_hidden(timeout=30_000)


async def test_two_tabs_show_the_same(pair: Pair) -> None:
    ann, bob = pair
    second = Screen(ann.url, ann.context, await ann.context.new_page())
    await second.page.goto(ann.url)
    await second.open("Bob")
    await second.write("from the second tab")
    for screen in (ann, bob, second):
        await screen.sees("Hello Bob", "from the second tab")


async def test_edits_and_recalls_reach_the_other_screen(pair: Pair) -> None:
    ann, bob = pair
    await ann.write("teh second")
    await bob.sees("Hello Bob", "teh second")
    await ann.act("teh second", "Edit")
    await ann.write("the second")
    await bob.sees("Hello Bob", "the second")
    await expect(bob.page.get_by_text("edited", exact=True)).to_be_visible()
    await ann.act("Hello Bob", "Delete for everyone")
    await ann.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await bob.sees("Message deleted", "the second")
    await bob.page.reload()
    await bob.sees("Message deleted", "the second")


async def test_an_edit_that_fails_stays_and_a_conversation_that_is_not_there_closes_no_other(pair: Pair) -> None:
    ann, bob = pair
    await ann.act("Hello Bob", "Edit")
    await ann.context.set_offline(True)
    await ann.write("Hello Bobby")
    await expect(ann.page.locator(".toast")).to_contain_text("the message was not edited")
    await expect(ann.page.locator(".composer-context")).to_contain_text("Edit message")
    await expect(ann.composer).to_have_value("Hello Bobby")
    await ann.context.set_offline(False)
    await ann.open("Notes to self")
    await expect(ann.composer).to_have_value("")
    await ann.write("a slip", "a note")
    await ann.sees_progress("Sent", "Sent")
    await ann.act("a note", "Delete for everyone")
    await ann.answer("Delete this message?", "Delete")
    await ann.sees("a slip", "Message deleted")
    await ann.composer.press("ArrowUp")
    await expect(ann.composer).to_have_value("a slip")
    await ann.composer.press("Escape")

    asked = asyncio.Event()

    async def late(route: Route) -> None:
        asked.set()
        await expect(ann.composer).to_have_value("Hello Bobby")
        await route.fulfill(status=404, json={})

    nowhere = "01890000-0000-7000-8000-000000000000"
    await ann.page.route(f"**/conversations/{nowhere}", late)
    await ann.page.evaluate("id => { location.hash = id; }", nowhere)
    await asked.wait()
    async with ann.page.expect_response(f"**/conversations/{nowhere}"):
        await ann.open("Bob")
    await expect(ann.page.locator(".composer-context")).to_contain_text("Edit message")
    await ann.composer.press("Enter")
    await bob.sees("Hello Bobby")
    await expect(ann.page.locator(".composer-context")).to_be_hidden()


async def test_a_reply_quotes_what_it_answers(pair: Pair) -> None:
    ann, bob = pair
    await bob.act("Hello Bob", "Reply")
    await bob.write("Hello yourself")
    await expect(ann.page.locator(".quote")).to_contain_text("Hello Bob")
    await ann.page.locator(".bubble").first.click(button="right")
    await ann.page.get_by_role("menuitem", name="Delete for everyone").click()
    await ann.answer("Delete this message?", "Delete")
    for screen in pair:
        await expect(screen.page.locator(".quote")).to_contain_text("Message deleted")
        await expect(screen.page.locator(".quote")).not_to_contain_text("Hello Bob")


async def test_text_is_never_markup(pair: Pair) -> None:
    ann, bob = pair
    text = '<img src=x onerror="document.title=1"><b>bold</b> &amp; javascript:alert(1) https://example.com/a?b=<i>'
    await ann.write(text)
    await bob.sees("Hello Bob", text)
    await expect(bob.row("Ann")).to_contain_text("<b>bold</b>")
    assert await bob.page.locator(".bubble-body :is(img, b, i)").count() == 0
    links = bob.page.locator(".bubble-text a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://example.com/a?b=")


async def test_a_long_conversation_is_loaded_page_by_page_and_read_on_a_device_that_holds_nothing_of_it(
    pair: Pair, again: Again
) -> None:
    ann, bob = pair
    await bob.close()
    await ann.page.evaluate(
        """async () => {
          const {access} = JSON.parse(localStorage.getItem("im.session"));
          const path = `/v1/conversations/${location.hash.slice(1)}/messages`;
          const headers = {Authorization: `Bearer ${access}`, "Content-Type": "application/json"};
          for (let n = 1; n <= 160; n += 1) {
            const body = JSON.stringify({key: crypto.randomUUID(), kind: "text", content: {text: `number ${n}`}});
            await fetch(path, {method: "POST", headers, body});
          }
        }"""
    )
    await ann.page.reload()
    await expect(ann.page.get_by_text("number 160", exact=True).last).to_be_visible()
    assert await ann.messages.count() < 120
    while await ann.messages.count() < 161:
        before = await ann.messages.count()
        await ann.page.locator(".log-scroll").evaluate("node => node.scrollTop = 0")
        await expect(ann.messages).not_to_have_count(before)
    await ann.sees("Hello Bob", *(f"number {n}" for n in range(1, 161)))
    await ann.close()
    late = await again(ann)
    await bob.reopen()
    await bob.open("Ann")
    await bob.write("just now")
    await expect(late.row("Bob")).to_contain_text("1 unread")
    await late.open("Bob")
    await bob.sees_progress("Read")
    await expect(late.messages.last).to_have_text("just now")


async def test_the_keyboard_is_enough(enter: Enter) -> None:
    ann, bob = await enter("Ann"), await enter("Bob")
    keys = ann.page.keyboard
    await keys.press("Control+k")
    await keys.type(bob.username)
    await expect(ann.page.get_by_role("region", name="People").get_by_role("button")).to_be_visible()
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(ann.composer).to_be_focused()
    await keys.type("first line")
    await keys.press("Shift+Enter")
    await keys.type("second line")
    await keys.press("Enter")
    await ann.sees("first line\nsecond line")
    await expect(ann.page.locator(".row.mine .ticks")).not_to_have_attribute("aria-label", "Sending")  # only then edits
    await keys.press("ArrowUp")
    await keys.type(", edited")
    await keys.press("Enter")
    await ann.sees("first line\nsecond line, edited")
    await expect(ann.page.locator(".composer-context")).to_be_hidden()
    await keys.press("Escape")
    await expect(ann.composer).to_be_hidden()
    await keys.press("ArrowDown")
    await expect(ann.row("Notes to self")).to_be_focused()
    await keys.press("Enter")
    await expect(ann.composer).to_be_focused()
    await keys.type("remember the milk")
    await keys.press("Enter")
    await ann.sees("remember the milk")
    await ann.sees_progress("Sent")
    await keys.press("Shift+Tab")
    await keys.press("ArrowUp")
    await keys.press("Enter")
    await expect(ann.page.get_by_role("menuitem", name="Reply")).to_be_focused()


async def test_a_phone_shows_one_pane_at_a_time(enter: Enter) -> None:
    ann, bob = await enter("Ann"), await enter("Bob", has_touch=True, is_mobile=True)
    await bob.page.set_viewport_size({"width": 390, "height": 844})
    await ann.find(bob)
    await ann.write("Hello")
    await bob.row("Ann").tap()
    await bob.sees("Hello")
    await expect(bob.search).to_be_hidden()
    await bob.page.get_by_role("button", name="Back to the list").tap()
    await expect(bob.search).to_be_visible()
    await expect(bob.composer).to_be_hidden()


async def test_logging_out_leaves_nothing_behind_in_any_tab(pair: Pair) -> None:
    ann, _ = pair
    second = Screen(ann.url, ann.context, await ann.context.new_page())
    await second.page.goto(ann.url)
    await second.composer.or_(second.search).first.wait_for()
    await ann.log_out()
    for screen in (ann, second):
        await expect(screen.page.get_by_role("heading", name="Welcome back")).to_be_visible()
    await until(ann.keeps_nothing)
    await ann.log_in(ann.username)
    await ann.open("Bob")
    await ann.sees("Hello Bob")


async def test_a_form_says_what_is_wrong_with_which_field(enter: Enter) -> None:
    ann = await enter("Ann")
    await ann.log_out()
    await ann.page.get_by_role("button", name="Sign up").click()
    await ann.page.get_by_label("Your name").fill("Ann again")
    await ann.page.get_by_label("User name").fill(ann.username)
    await ann.page.get_by_label("E-mail").fill("another@example.com")
    await ann.page.get_by_label("Password").fill("correct-horse-7")
    await ann.page.keyboard.press("Enter")
    await expect(ann.page.get_by_label("User name")).to_be_focused()
    await expect(ann.page.get_by_label("User name")).to_have_attribute("aria-invalid", "")

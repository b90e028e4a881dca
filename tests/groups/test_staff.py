"""What staff do with groups, in the admin: see them, give them room, dismiss them; each with a reason that is kept."""

from functools import partial
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from groups.models import Group
from messaging.models import Entry
from messaging.rules import NIL
from tests import make
from tests.groups.conftest import api, found, inside, refused, wishes
from tests.make import Person

pytestmark = pytest.mark.django_db
LIST = "/admin/groups/group/"


staff = partial(make.staff, "groups")


@pytest.fixture
def mod(db: None) -> Client:
    return staff("view_group", "change_group")


def page(group: str) -> str:
    return f"{LIST}{group}/change/"


def seen(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_staff_find_a_group_by_title_or_id(mod: Client, ann: Person, bob: Person) -> None:
    group, other = found(ann, bob), found(bob)
    api(bob).call("PATCH", f"/v1/groups/{other}", {"title": "Chess"}, status=200)
    everything = seen(mod, LIST)
    assert group in everything
    assert other in everything
    assert ann.username in everything
    for text in ("clu", group):
        shown = seen(mod, f"{LIST}?q={text}")
        assert group in shown
        assert other not in shown


def test_a_list_of_groups_takes_the_same_queries_however_long_it_is(
    mod: Client, ann: Person, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    found(ann)
    with django_assert_max_num_queries(10) as few:
        seen(mod, LIST)
    count = len(few)
    for _ in range(10):
        found(ann)
    with django_assert_num_queries(count):
        seen(mod, LIST)


def test_staff_see_who_is_in_it_who_may_not_and_no_whole_link(mod: Client, ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    User.objects.filter(pk=ann.id).update(display_name="<b>Ann</b>")
    body = {"reason": "spam"}
    token = api(ann).post(f"/v1/groups/{group}/links", {})["link"]["token"]
    assert bob.username in seen(mod, page(group))
    api(ann).call("PUT", f"/v1/groups/{group}/bans/{bob.id}", body, status=204)
    shown = seen(mod, page(group))
    assert "spam" in shown
    assert bob.username in shown
    assert f"{token[:6]}..." in shown
    assert token not in shown
    assert "<b>Ann" not in shown
    assert "&lt;b&gt;Ann" in shown


def test_a_limit_by_staff_lets_more_in_than_the_server_does(
    mod: Client, ann: Person, bob: Person, eve: Person, settings: Any
) -> None:
    settings.LIMITS = {**settings.LIMITS, "group_members": 1}
    group = found(ann)
    for person in (bob, eve):
        wishes(person, "all")
    path, body = f"/v1/groups/{group}/members", {"users": [str(bob.id)]}
    refused(ann, "group_full", "POST", path, body, status=409)
    for limit, reason in (("", ""), ("2", ""), ("0", "x"), ("10001", "x")):
        if (limit, reason) != ("", ""):
            assert mod.post(page(group), {"limit": limit, "reason": reason}).status_code == 200
    assert mod.post(page(group), {"limit": "2", "reason": "a club"}).status_code == 302
    api(ann).post(path, body)
    assert inside(group) == {ann.id, bob.id}
    refused(ann, "group_full", "POST", path, {"users": [str(eve.id)]}, status=409)
    line = LogEntry.objects.get()
    assert (line.object_id, line.change_message) == (group, "limit from None to 2; reason: a club; from 127.0.0.1")
    assert mod.post(page(group), {"limit": "", "reason": "no more"}).status_code == 302
    assert Group.objects.get(pk=group).limit is None
    assert inside(group) == {ann.id, bob.id}, "nobody has to go"


def dismissed(client: Client, group: str, reason: str) -> int:
    body = {"action": "dismiss", "_selected_action": [group], "reason": reason}
    return client.post(LIST, body).status_code


def test_staff_dismiss_a_group_with_a_reason_that_is_kept(mod: Client, ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    dismissed(mod, group, " ")
    assert not api(bob).get(f"/v1/groups/{group}")["group"]["dismissed"]
    for _ in range(2):
        dismissed(mod, group, "fraud")
    assert api(bob).get(f"/v1/groups/{group}")["group"]["dismissed"]
    [told] = [one for one in Entry.objects.filter(conversation_id=group) if one.kind_name == "group.dismissed"]
    assert told.sender_id == NIL, "the group does not learn who of the staff it was"
    line = LogEntry.objects.get()
    assert line.user.username.startswith("mod")
    assert line.change_message == "dismissed; reason: fraud; from 127.0.0.1"


def test_staff_do_what_their_rights_allow(ann: Person) -> None:
    group, reader, nobody = found(ann), staff("view_group"), staff()
    assert nobody.get(LIST).status_code == nobody.get(page(group)).status_code == 403
    assert ann.username in seen(reader, page(group))
    assert reader.post(page(group), {"limit": "2", "reason": "x"}).status_code == 403
    dismissed(reader, group, "fraud")
    found_again = Group.objects.get(pk=group)
    assert (found_again.limit, found_again.dismissed_at) == (None, None)
    superuser = staff("view_group", "change_group", "add_group", "delete_group")
    assert superuser.get(f"{LIST}add/").status_code == 403
    assert superuser.post(f"{LIST}{group}/delete/", {"post": "yes"}).status_code == 403

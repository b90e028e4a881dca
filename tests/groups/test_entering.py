"""The ways into a group: invitations with consent, links, requests; and what is answered to whom."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

from friends import actions as friends
from groups import actions
from groups.models import Invitation, JoinRequest
from messaging.models import Entry
from messaging.rules import pair
from tests import make
from tests.groups.conftest import api, appoint, found, inside, refused, wishes
from tests.make import Person

pytestmark = pytest.mark.django_db


def invite(by: Person, group: str, *others: Person) -> Any:
    return api(by).post(f"/v1/groups/{group}/members", {"users": [str(other.id) for other in others]})


def invitations(person: Person) -> list[Any]:
    return list(api(person).get("/v1/group-invitations")["items"])


def own_log(person: Person) -> list[str]:
    entries = Entry.objects.filter(conversation_id=pair(person.id, person.id)).order_by("rev")
    return [entry.kind_name for entry in entries]


def last_said(person: Person) -> Any:
    return json.loads(Entry.objects.filter(conversation_id=pair(person.id, person.id)).latest("rev").content or "{}")


def a_day_passes() -> None:
    for asked in (Invitation, JoinRequest):
        asked.objects.update(at=F("at") - timedelta(days=1), closed_at=F("closed_at") - timedelta(days=1))


def invited(ann: Person, bob: Person) -> tuple[str, str]:
    wishes(bob, "nobody")
    group = found(ann)
    assert invite(ann, group, bob) == {"added": [], "invited": [str(bob.id)]}
    return group, str(invitations(bob)[0]["id"])


def test_who_does_not_want_to_be_put_in_is_asked(ann: Person, bob: Person) -> None:
    group, invitation = invited(ann, bob)
    invite(ann, group, bob)
    assert len(invitations(bob)) == 1, "asked again it is the same"
    joined = api(bob).post(f"/v1/group-invitations/{invitation}/accept", None)
    assert joined["group"]["id"] == group
    assert inside(group) == {ann.id, bob.id}
    assert invitations(bob) == []
    assert own_log(bob) == ["invitation.received", "conversation.joined", "invitation.closed"]
    refused(bob, "invitation_gone", "POST", f"/v1/group-invitations/{invitation}/accept", status=404)
    assert invite(ann, group, bob) == {"added": [], "invited": []}


def test_declined_withdrawn_and_expired_invitations_are_gone(ann: Person, bob: Person, cat: Person) -> None:
    group, declined = invited(ann, bob)
    refused(cat, "invitation_gone", "POST", f"/v1/group-invitations/{declined}/accept", status=404)
    api(bob).post(f"/v1/group-invitations/{declined}/decline", None, status=204)
    assert api(ann).get(f"/v1/groups/{group}/invitations")["items"] == []
    a_day_passes()
    invite(ann, group, bob)
    withdrawn = invitations(bob)[0]["id"]
    refused(cat, "not_a_member", "DELETE", f"/v1/group-invitations/{withdrawn}", status=404)
    api(ann).delete(f"/v1/group-invitations/{withdrawn}", status=204)
    a_day_passes()
    invite(ann, group, bob)
    expired = invitations(bob)[0]["id"]
    Invitation.objects.filter(pk=expired).update(at=timezone.now() - timedelta(days=31))
    for gone in (declined, withdrawn, expired):
        refused(bob, "invitation_gone", "POST", f"/v1/group-invitations/{gone}/accept", status=404)
    invite(ann, group, bob)
    assert len(invitations(bob)) == 1


def test_a_member_withdraws_what_he_asked_and_an_admin_anything(
    ann: Person, bob: Person, cat: Person, eve: Person
) -> None:
    group = found(ann, bob, cat, members_invite=True)
    wishes(eve, "nobody")
    invite(bob, group, eve)
    invitation = invitations(eve)[0]["id"]
    refused(cat, "needs_role", "DELETE", f"/v1/group-invitations/{invitation}")
    api(bob).delete(f"/v1/group-invitations/{invitation}", status=204)
    a_day_passes()
    invite(bob, group, eve)
    api(ann).delete(f"/v1/group-invitations/{invitations(eve)[0]['id']}", status=204)


def test_members_invite_where_the_group_says_so(ann: Person, bob: Person, eve: Person) -> None:
    group = found(ann, bob)
    wishes(eve, "all")
    for path, body in (("members", {"users": [str(eve.id)]}), ("links", {})):
        refused(bob, "needs_role", "POST", f"/v1/groups/{group}/{path}", body)
    api(ann).call("PATCH", f"/v1/groups/{group}", {"members_invite": True}, status=200)
    assert invite(bob, group, eve)["added"] == [str(eve.id)]


def test_who_blocks_the_one_who_invites_hears_nothing_and_seems_asked(ann: Person, bob: Person, eve: Person) -> None:
    for person in (bob, eve):
        wishes(person, "friends")
    friends.block(user_id=bob.id, other_id=ann.id, now=timezone.now())
    before, group = own_log(bob), found(ann)
    answers = [invite(ann, group, person) for person in (bob, eve, bob)]
    assert [answer["invited"] for answer in answers] == [[str(bob.id)], [str(eve.id)], [str(bob.id)]]
    assert (invitations(bob), own_log(bob)) == ([], before)
    pending = api(ann).get(f"/v1/groups/{group}/invitations")["items"]
    assert {one["person"]["id"] for one in pending} == {str(bob.id), str(eve.id)}
    wishes(bob, "all")
    assert invite(ann, group, bob)["added"] == []


def link(by: Person, group: str, **terms: Any) -> str:
    return str(api(by).post(f"/v1/groups/{group}/links", terms)["link"]["token"])


def test_a_link_leads_in_for_as_long_and_as_often_as_it_says(
    ann: Person, bob: Person, cat: Person, eve: Person
) -> None:
    group = found(ann)
    token = link(ann, group, most_uses=1)
    assert api(bob).get(f"/v1/group-links/{token}") == {
        "title": "Club",
        "description": "",
        "members": 1,
        "needs_approval": False,
    }
    for _ in range(2):
        assert api(bob).post(f"/v1/group-links/{token}/join", {})["group"]["id"] == group
    refused(cat, "link_gone", "POST", f"/v1/group-links/{token}/join", {}, status=404)
    soon = (timezone.now() + timedelta(minutes=1)).isoformat()
    late, revoked = link(ann, group, expires_at=soon), link(ann, group)
    for _ in range(2):
        api(ann).delete(f"/v1/groups/{group}/links/{revoked}", status=204)
    refused(eve, "link_gone", "POST", f"/v1/group-links/{revoked}/join", {}, status=404)
    refused(eve, "link_gone", "GET", "/v1/group-links/nothing", status=404)
    assert [one["token"] for one in api(ann).get(f"/v1/groups/{group}/links")["items"]] == [late]
    with pytest.raises(Exception, match="does not lead"):
        actions.join(user_id=eve.id, token=late, message="", now=timezone.now() + timedelta(minutes=2))


def drawn_from(address: str) -> bytes:
    code, drawn = QRCode(image_factory=SvgPathImage, border=2), BytesIO()
    code.add_data(address)
    code.make_image().save(drawn)
    return drawn.getvalue()


def test_a_link_is_drawn(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    token = link(ann, group)
    path = f"/v1/groups/{group}/links/{token}/qr.svg"
    drawn = api(ann).client.get(path, headers={"authorization": f"Bearer {ann.token}"})
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    leads_to, elsewhere = (drawn_from(f"http://testserver/g/{end}") for end in (token, "elsewhere"))
    assert drawn.content == leads_to != elsewhere
    refused(bob, "needs_role", "GET", path)
    refused(ann, "link_gone", "GET", f"/v1/groups/{found(ann)}/links/{token}/qr.svg", status=404)


def test_there_is_an_end_of_links(ann: Person) -> None:
    group = found(ann)
    for _ in range(20):
        link(ann, group)
    refused(ann, "too_many_links", "POST", f"/v1/groups/{group}/links", {}, status=409)


def requests(by: Person, group: str) -> list[str]:
    return [one["person"]["id"] for one in api(by).get(f"/v1/groups/{group}/join-requests")["items"]]


def test_an_admin_says_who_comes_in_by_request_or_by_such_a_link(
    ann: Person, bob: Person, cat: Person, eve: Person
) -> None:
    group = found(ann, cat, takes_requests=True)
    appoint(ann, group, cat)
    token = link(ann, group, needs_approval=True)
    first = api(bob).post(f"/v1/groups/{group}/join-requests", {"message": "Hi, it is Bob"})["request"]
    assert api(bob).post(f"/v1/groups/{group}/join-requests", {})["request"]["id"] == first["id"]
    assert "request" in api(eve).post(f"/v1/group-links/{token}/join", {"message": "by the link"})
    assert requests(cat, group) == [str(bob.id), str(eve.id)]
    for person in (ann, cat):
        assert own_log(person)[-2:] == ["join.requested"] * 2
    api(cat).post(f"/v1/groups/{group}/join-requests/{bob.id}/approve", None, status=204)
    api(ann).post(f"/v1/groups/{group}/join-requests/{eve.id}/decline", None, status=204)
    assert inside(group) == {ann.id, bob.id, cat.id}
    assert own_log(eve) == ["join.requested", "join.closed"]
    club = {"id": group, "title": "Club"}
    for person in (eve, ann, cat):
        said = last_said(person)
        assert said.pop("request")
        assert said == {"state": "declined", "person": str(eve.id), "group": club}
    for answer in ("approve", "decline"):
        refused(ann, "join_gone", "POST", f"/v1/groups/{group}/join-requests/{eve.id}/{answer}", status=404)
    refused(bob, "already_in_group", "POST", f"/v1/groups/{group}/join-requests", {}, status=409)
    refused(bob, "needs_role", "GET", f"/v1/groups/{group}/join-requests")


def test_a_request_is_taken_back(ann: Person, bob: Person) -> None:
    group = found(ann, takes_requests=True)
    api(bob).post(f"/v1/groups/{group}/join-requests", {})
    api(bob).delete(f"/v1/groups/{group}/join-requests", status=204)
    refused(bob, "join_gone", "DELETE", f"/v1/groups/{group}/join-requests", status=404)
    assert requests(ann, group) == []


def test_to_a_stranger_no_group_is_there_to_take_a_request_back_from(ann: Person, bob: Person) -> None:
    groups = (found(ann, takes_requests=True), found(ann), str(make.direct(ann, bob)), str(uuid4()))
    answers = [refused(bob, "join_gone", "DELETE", f"/v1/groups/{group}/join-requests", status=404) for group in groups]
    assert all(answer == answers[0] for answer in answers)


def test_after_a_no_one_asks_again_the_next_day(ann: Person, bob: Person, cat: Person) -> None:
    group = found(ann, takes_requests=True)
    path, token = f"/v1/groups/{group}/join-requests", link(ann, group, needs_approval=True)
    ways = (path, f"/v1/group-links/{token}/join")
    for person in (bob, cat):
        api(person).post(path, {})
    api(ann).post(f"{path}/{bob.id}/decline", None, status=204)
    api(cat).delete(path, status=204)
    heard = own_log(ann)
    for person in (bob, cat):
        for way in ways:
            answer = refused(person, "asked_recently", "POST", way, {}, status=429)
            assert 86_000_000 < answer["retry_after_ms"] <= 86_400_000
    assert own_log(ann) == heard
    a_day_passes()
    for person, way in zip((bob, cat), ways, strict=True):
        assert "request" in api(person).post(way, {})
    JoinRequest.objects.update(at=timezone.now() - timedelta(days=30, seconds=1))
    assert "request" in api(bob).post(path, {}), "nobody said no: it expired"


def test_after_a_no_one_is_invited_again_the_next_day(ann: Person, bob: Person, cat: Person, dan: Person) -> None:
    group = found(ann, cat, members_invite=True)
    for person in (bob, dan):
        wishes(person, "nobody")
    invite(ann, group, bob, dan)
    api(bob).post(f"/v1/group-invitations/{invitations(bob)[0]['id']}/decline", None, status=204)
    api(ann).delete(f"/v1/group-invitations/{invitations(dan)[0]['id']}", status=204)
    heard, path = own_log(bob), f"/v1/groups/{group}/members"
    for by, person in ((ann, bob), (cat, bob), (ann, dan)):
        answer = refused(by, "asked_recently", "POST", path, {"users": [str(person.id)]}, status=429)
        assert answer["details"] == {"users": [str(person.id)]}
    assert invite(cat, group, dan)["invited"] == [str(dan.id)], "another may ask who was not asked in the end"
    assert invite(ann, group, dan)["invited"] == [str(dan.id)], "now he is asked"
    assert own_log(bob) == heard
    a_day_passes()
    assert invite(cat, group, bob)["invited"] == [str(bob.id)]


def test_a_pause_does_not_say_who_blocks_whom(ann: Person, bob: Person, cat: Person, eve: Person) -> None:
    group = found(ann, cat, members_invite=True)
    for person in (bob, eve):
        wishes(person, "nobody")
    friends.block(user_id=bob.id, other_id=ann.id, now=timezone.now())
    for person in (bob, eve):
        invite(ann, group, person)
        [mine] = [
            one
            for one in api(ann).get(f"/v1/groups/{group}/invitations")["items"]
            if one["person"]["id"] == str(person.id)
        ]
        api(ann).delete(f"/v1/group-invitations/{mine['id']}", status=204)
        refused(ann, "asked_recently", "POST", f"/v1/groups/{group}/members", {"users": [str(person.id)]}, status=429)
        assert invite(cat, group, person)["invited"] == [str(person.id)]


def test_a_link_that_needs_a_yes_is_used_by_who_asks(ann: Person, bob: Person, cat: Person) -> None:
    group = found(ann)
    token = link(ann, group, needs_approval=True, most_uses=1)
    asked = [api(bob).post(f"/v1/group-links/{token}/join", {})["request"]["id"] for _ in range(2)]
    assert asked[0] == asked[1]
    refused(cat, "link_gone", "POST", f"/v1/group-links/{token}/join", {}, status=404)
    api(ann).post(f"/v1/groups/{group}/join-requests/{bob.id}/approve", None, status=204)
    assert inside(group) == {ann.id, bob.id}


def test_a_group_that_takes_no_requests_is_not_there(ann: Person, bob: Person) -> None:
    for group in (found(ann), str(uuid4())):
        refused(bob, "not_a_member", "POST", f"/v1/groups/{group}/join-requests", {}, status=404)


def test_who_comes_in_one_way_has_nothing_open_on_another(ann: Person, bob: Person) -> None:
    group, invitation = invited(ann, bob)
    api(ann).call("PATCH", f"/v1/groups/{group}", {"takes_requests": True}, status=200)
    api(bob).post(f"/v1/groups/{group}/join-requests", {})
    api(bob).post(f"/v1/group-links/{link(ann, group)}/join", {})
    assert (requests(ann, group), invitations(bob)) == ([], [])
    refused(bob, "invitation_gone", "POST", f"/v1/group-invitations/{invitation}/accept", status=404)
    assert JoinRequest.objects.get().closed_at


def test_a_full_group_takes_nobody_by_any_way(ann: Person, bob: Person, eve: Person, settings: Any) -> None:
    group, invitation = invited(ann, bob)
    api(ann).call("PATCH", f"/v1/groups/{group}", {"takes_requests": True}, status=200)
    api(eve).post(f"/v1/groups/{group}/join-requests", {})
    token = link(ann, group)
    settings.LIMITS = {**settings.LIMITS, "group_members": 1}
    refused(bob, "group_full", "POST", f"/v1/group-invitations/{invitation}/accept", status=409)
    refused(bob, "group_full", "POST", f"/v1/group-links/{token}/join", {}, status=409)
    refused(ann, "group_full", "POST", f"/v1/groups/{group}/join-requests/{eve.id}/approve", status=409)
    assert inside(group) == {ann.id}
    assert (len(invitations(bob)), requests(ann, group)) == (1, [str(eve.id)]), "all of it stays open"


def test_an_invitation_that_nobody_heard_of_is_taken_back_like_any_other(ann: Person, bob: Person) -> None:
    wishes(bob, "friends")
    friends.block(user_id=bob.id, other_id=ann.id, now=timezone.now())
    group = found(ann)
    for _ in range(2):
        invite(ann, group, bob)
        [pending] = api(ann).get(f"/v1/groups/{group}/invitations")["items"]
        api(ann).delete(f"/v1/group-invitations/{pending['id']}", status=204)
        assert api(ann).get(f"/v1/groups/{group}/invitations")["items"] == []
        a_day_passes()


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-15:00", "0001-01-01T00:00:00+14:00", "1999-12-31T00:00:00Z"])
def test_a_moment_at_the_edge_of_calendars_is_refused(ann: Person, bob: Person, moment: str) -> None:
    group = found(ann, bob)
    refused(ann, "bad_group", "POST", f"/v1/groups/{group}/links", {"expires_at": moment}, status=400)
    refused(ann, "bad_group", "PUT", f"/v1/groups/{group}/bans/{bob.id}", {"until": moment}, status=400)
    refused(ann, "bad_group", "PATCH", f"/v1/groups/{group}/members/{bob.id}", {"muted_until": moment}, status=400)


def test_what_cannot_be_stored_is_told_so(ann: Person) -> None:
    group = found(ann)
    refused(ann, "bad_content", "GET", "/v1/group-links/%00", status=400)
    refused(ann, "bad_content", "GET", f"/v1/groups/{group}/members?q=%00", status=400)
    refused(ann, "user_not_found", "PUT", f"/v1/groups/{group}/bans/{uuid4()}", {}, status=404)
    eve = make.person("eve")
    api(ann).call("PATCH", f"/v1/groups/{group}", {"takes_requests": True}, status=200)
    for who, method, path, name in [
        (ann, "POST", "/v1/groups", "title"),
        (ann, "PATCH", f"/v1/groups/{group}", "title"),
        (ann, "PATCH", f"/v1/groups/{group}", "description"),
        (ann, "PUT", f"/v1/groups/{group}/announcement", "text"),
        (ann, "PUT", f"/v1/groups/{group}/bans/{eve.id}", "reason"),
        (eve, "POST", f"/v1/groups/{group}/join-requests", "message"),
        (ann, "PATCH", f"/v1/conversations/{group}/settings", "nickname"),
    ]:
        for unstorable in ("a\0b", "a\ud800b"):
            refused(who, "bad_content", method, path, {name: unstorable}, status=400)

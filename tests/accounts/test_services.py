"""The host app's own server: its people, their log-ins, and what it may do as them."""

from datetime import timedelta
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import actions, keys
from accounts.models import ApiKey, Device, User
from tests.accounts.conftest import PASSWORD, Api
from tests.messaging.race import results

pytestmark = pytest.mark.django_db
ALL = [f"--scope={scope}" for scope in keys.SCOPES]


def key(*options: str, name: str = "shop") -> str:
    out = StringIO()
    call_command("service", "key", name, *options, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def shop(db: None) -> Api:
    return Api(key(*ALL))


def act(api: Api, who: str, method: str, path: str, data: Any = None, status: int = 200) -> Any:
    return api.call(method, path, data, status=status, headers={"x-act-as": who})


def test_a_person_is_created_and_changed_by_the_id_of_the_host_app(shop: Api) -> None:
    path = "/v1/server/users/customer-17"
    said = {"display_name": "Ann", "email": "Ann@Example.com", "language": "pt"}
    made = shop.call("PUT", path, said, status=201)
    assert (made["external_id"], made["username"], made["email"]) == ("customer-17", "customer-17", "ann@example.com")
    assert shop.call("PUT", path, said, status=200) == made
    changed = shop.call("PUT", path, {"display_name": "Anna", "email": None}, status=200)
    assert changed == made | {"display_name": "Anna", "email": None}
    assert shop.get(path) == changed
    assert User.objects.filter(external_id="customer-17").count() == 1


def test_a_user_name_is_found_where_none_is_given(shop: Api) -> None:
    made = [shop.call("PUT", f"/v1/server/users/{name}", {}, status=201) for name in ("42", "a b", "x" * 100)]
    assert all(one["username"].startswith("u-") and one["display_name"] == one["username"] for one in made)
    assert len({one["username"] for one in made}) == 3


@pytest.mark.parametrize(
    ("said", "code", "status"),
    [
        ({"username": "a b"}, "bad_username", 400),
        ({"display_name": "\u202e"}, "bad_name", 400),
        ({"email": "nonsense"}, "bad_request", 400),
        ({"time_zone": "Mars"}, "bad_profile", 400),
        ({"phone": "030"}, "bad_phone", 400),
        ({"is_active": "no"}, "bad_request", 400),
        ({"username": "ann"}, "username_taken", 400),
        ({"email": "ANN@example.com"}, "email_taken", 400),
    ],
)
def test_what_is_not_taken_is_named(shop: Api, ann: User, said: dict[str, Any], code: str, status: int) -> None:
    assert shop.call("PUT", "/v1/server/users/17", said, status=status)["code"] == code
    shop.call("GET", "/v1/server/users/17", status=404)
    made = shop.call("PUT", "/v1/server/users/17", {}, status=201)
    assert shop.call("PUT", "/v1/server/users/17", said, status=status)["code"] == code
    assert shop.get("/v1/server/users/17") == made


def test_an_external_id_is_plain(shop: Api) -> None:
    for name in ("%01", "é", "x" * 129):
        assert shop.call("PUT", f"/v1/server/users/{name}", {}, status=400)["code"] == "bad_request"
    assert shop.call("GET", "/v1/server/users/nobody", status=404)["code"] == "person_not_found"


def test_the_host_app_logs_its_people_in(shop: Api) -> None:
    shop.call("PUT", "/v1/server/users/17", {"display_name": "Ann"}, status=201)
    place = {"name": "Pixel", "platform": "android", "app_version": "3"}
    minted = shop.post("/v1/server/users/17/token", place)
    ann = Api(minted["access_token"])
    assert ann.get("/v1/me")["id"] == minted["user"]["id"]
    [device] = ann.get("/v1/me/devices")["items"]
    assert {name: device[name] for name in place} == place
    renewed = Api().post("/v1/tokens/refresh", {"refresh_token": minted["refresh_token"]})
    assert Api(renewed["data"]["access_token"]).get("/v1/me")["display_name"] == "Ann"
    assert ann.get("/v1/auth/session")["meta"]["is_authenticated"]
    shop.post("/v1/server/users/17/token", {})
    assert len(ann.get("/v1/me/devices")["items"]) == 2
    shop.call("DELETE", "/v1/server/users/17/devices", status=204)
    assert ann.call("GET", "/v1/me", status=401)["code"] == "session_ended"
    Api().refuses("bad_credentials", "/v1/auth/login", {"username": minted["user"]["username"], "password": "x"})


def test_a_closed_account_is_logged_out_and_stays_out(shop: Api) -> None:
    shop.call("PUT", "/v1/server/users/17", {}, status=201)
    ann = Api(shop.post("/v1/server/users/17/token", {})["access_token"])
    shop.call("PUT", "/v1/server/users/17", {"is_active": False}, status=200)
    ann.call("GET", "/v1/me", status=401)
    shop.refuses("account_inactive", "/v1/server/users/17/token", {}, status=403)
    assert act(shop, "17", "GET", "/v1/me", status=403)["code"] == "account_inactive"
    shop.call("PUT", "/v1/server/users/17", {"is_active": True}, status=200)
    Api(shop.post("/v1/server/users/17/token", {})["access_token"]).get("/v1/me")
    assert Device.objects.count() == 1


def test_it_acts_as_them_and_as_itself(shop: Api) -> None:
    people = [shop.call("PUT", f"/v1/server/users/{name}", {}, status=201)["id"] for name in ("17", "18")]
    place = act(shop, "17", "POST", "/v1/conversations", {"user": people[1]})["conversation"]
    message = {"key": "5c0d9d5e-5b1e-4c8a-9d55-1d8a3d7b6c11", "kind": "text", "content": {"text": "hi"}}
    act(shop, "17", "POST", f"/v1/conversations/{place}/messages", message, 201)
    [seen] = act(shop, "18", "GET", f"/v1/conversations/{place}/messages")["items"]
    assert (seen["sender"], seen["content"]) == (people[0], {"text": "hi"})
    assert shop.call("GET", f"/v1/conversations/{place}/messages", status=404)["code"] == "not_a_member"
    assert shop.get("/v1/me")["username"] == "shop"
    assert act(shop, "nobody", "GET", "/v1/me", status=404)["code"] == "person_not_found"


def test_a_key_does_what_its_scopes_allow(ann: User) -> None:
    api = Api(key())
    for method, path in (("PUT", ""), ("GET", ""), ("POST", "/token"), ("DELETE", "/devices")):
        refused = api.call(method, f"/v1/server/users/17{path}", {}, status=403)
        assert refused["code"] == "scope_missing"
    assert act(api, "17", "GET", "/v1/me", status=403)["code"] == "scope_missing"
    assert api.get("/v1/me")["username"] == "shop"
    person = Api().log_in("ann")
    assert person.call("PUT", "/v1/server/users/17", {}, status=401)["code"] == "key_invalid"
    assert Api().call("PUT", "/v1/server/users/17", {}, status=401)["code"] in ("not_authenticated", "key_invalid")


def test_what_belongs_to_a_device_is_not_for_keys(shop: Api) -> None:
    for method, path in (("GET", "/v1/me/devices"), ("DELETE", "/v1/me/devices")):
        assert shop.call(method, path, status=403)["code"] == "device_needed"
    said = {"current_password": PASSWORD, "new_password": "a-much-better-one"}
    shop.refuses("device_needed", "/v1/account/password/change", said, status=403)


def test_two_keys_live_while_programs_change_over(shop: Api) -> None:
    second = Api(key(*ALL))
    with pytest.raises(CommandError, match="two live keys"):
        key()
    shop.get("/v1/me")
    second.get("/v1/me")
    first = ApiKey.objects.order_by("created_at")[0]
    call_command("service", "revoke", first.prefix, stdout=StringIO())
    assert shop.call("GET", "/v1/me", status=401)["code"] == "key_invalid"
    second.get("/v1/me")
    key()
    with pytest.raises(CommandError, match="no live key"):
        call_command("service", "revoke", first.prefix)


def test_a_key_expires(shop: Api) -> None:
    ApiKey.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    shop.get("/v1/me")
    ApiKey.objects.update(expires_at=timezone.now())
    assert shop.call("GET", "/v1/me", status=401)["code"] == "key_invalid"


def test_only_the_whole_key_opens(shop: Api) -> None:
    spelled = shop.token
    prefix, secret = spelled[:16], spelled[17:]
    assert secret not in str(list(ApiKey.objects.values()))
    for wrong in (f"{prefix}_{'A' * 43}", spelled[:-1], spelled + "A", "imk_", f"imk_{'a' * 12}_{secret}", "imk_\0"):
        assert Api(wrong).call("GET", "/v1/me", status=401)["code"] == "key_invalid"


def test_a_service_account_that_is_closed_closes_its_keys(shop: Api) -> None:
    User.objects.filter(username="shop").update(is_active=False)
    assert shop.call("GET", "/v1/me", status=403)["code"] == "account_inactive"


def test_the_list_says_who_and_when_but_never_the_key(shop: Api) -> None:
    shop.get("/v1/me")
    out = StringIO()
    call_command("service", "list", stdout=out)
    [line] = out.getvalue().splitlines()
    assert line.startswith(f"shop  {shop.token[4:16]}  scopes act,groups,tokens,users")
    assert "never used" not in line
    assert shop.token[17:] not in line


def test_a_person_gets_no_key(ann: User) -> None:
    with pytest.raises(CommandError, match="a person"):
        key(name="ann")
    with pytest.raises(CommandError):
        call_command("service", "key", "x y")


@pytest.mark.django_db(transaction=True)
def test_of_those_that_create_one_person_at_once_one_creates() -> None:
    for number in range(20):
        put = partial(actions.put_user, external_id=str(number), changes={"bio": "x"}, now=timezone.now())
        made = results(put, put, put)
        assert sorted(is_new for _, is_new in made) == [False, False, True]
        assert len({user.pk for user, _ in made}) == 1

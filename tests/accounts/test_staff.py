import io
import secrets
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import Device, LoginEvent, User
from tests.accounts.conftest import PASSWORD, Api, sign_up
from tests.accounts.keys import totp

pytestmark = pytest.mark.django_db


@pytest.fixture
def mod(db: None) -> Client:
    User.objects.create_superuser("mod", "mod@example.com", PASSWORD)
    client = Client()
    answer = client.post("/admin/login/?next=/admin/", {"username": "mod", "password": PASSWORD})
    assert answer.status_code == 302
    return client


def form(person: User, **changed: str) -> dict[str, str]:
    fields = {
        "username": person.username,
        "email": person.email,
        "display_name": person.display_name,
        "is_active": "on",
    }
    return {name: value for name, value in {**fields, **changed}.items() if value}


def test_people_do_not_enter_the_staff_door(ann: User) -> None:
    client = Client()
    assert client.post("/admin/login/?next=/admin/", {"username": "ann", "password": PASSWORD}).status_code == 200
    assert client.get("/admin/accounts/user/").status_code == 302


def enter(**said: str) -> int:
    return Client().post("/admin/login/?next=/admin/", {"username": "mod", "password": PASSWORD, **said}).status_code


def test_staff_with_a_second_factor_need_it_here_too(mod: Client) -> None:
    assert "one-time-code" in Client().get("/admin/login/").content.decode()
    phone = Api().log_in("mod")
    phone.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    secret = phone.get("/v1/account/authenticators/totp", status=404)["meta"]["secret"]
    phone.post("/v1/account/authenticators/totp", {"code": totp(secret)})
    code = totp(secret, 1)
    assert [enter(), enter(code="000000"), enter(code=code), enter(code=code)] == [200, 200, 302, 200]
    codes = phone.get("/v1/account/authenticators/recovery-codes")["data"]["unused_codes"]
    assert enter(code=codes[0]) == 302


def test_the_staff_door_is_audited(mod: Client, ann: User) -> None:
    enter(password="wrong")
    enter(username="ann")
    assert [(one.happened, one.user, one.code) for one in LoginEvent.objects.filter(means="staff").order_by("at")] == [
        ("logged_in", User.objects.get(username="mod"), ""),
        ("refused", User.objects.get(username="mod"), "bad_credentials"),
        ("refused", ann, "bad_credentials"),
    ]


def test_passwords_of_staff_are_not_guessed_at_their_own_door(mod: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/key"}
    name = f"mod{secrets.token_hex(4)}"
    User.objects.filter(username="mod").update(username=name)
    assert [enter(username=name, password="wrong") for _ in range(2)] == [200, 200]
    assert [enter(username=name) for _ in range(3)] == [200, 200, 200]
    assert LoginEvent.objects.filter(means="staff", code="rate_limited").count() == 1, "one a minute"


def test_empty_fields_are_no_log_in(db: None) -> None:
    for said in ({"username": ""}, {"password": ""}):
        assert enter(**said) == 200


def test_staff_find_people_and_see_no_password(mod: Client, ann: User) -> None:
    assert "ann@example.com" in mod.get("/admin/accounts/user/?q=ann").content.decode()
    assert "argon2" not in mod.get(f"/admin/accounts/user/{ann.pk}/change/").content.decode()


def test_staff_see_devices_and_change_none(mod: Client, ann: User) -> None:
    actions.log_in(user=ann, session_key="phone", origin=actions.Origin(name="Pixel 9"), now=timezone.now())
    assert "Pixel 9" in mod.get("/admin/accounts/device/").content.decode()
    page = f"/admin/accounts/device/{Device.objects.get().pk}"
    assert mod.get(f"{page}/change/").status_code == 200
    assert mod.post(f"{page}/delete/", {"post": "yes"}).status_code == 403


def test_closing_an_account_ends_its_devices(mod: Client, ann: User) -> None:
    actions.log_in(user=ann, session_key="phone", origin=actions.Origin(), now=timezone.now())
    answer = mod.post(f"/admin/accounts/user/{ann.pk}/change/", form(ann, is_active=""))
    assert answer.status_code == 302
    assert not User.objects.get(pk=ann.pk).is_active
    assert not Device.objects.exists()


def test_a_taken_name_is_refused_in_the_admin_too(mod: Client, ann: User, bob: User) -> None:
    answer = mod.post(f"/admin/accounts/user/{ann.pk}/change/", form(ann, username="bob"))
    assert "Somebody has this user name." in answer.content.decode()


@pytest.fixture
def junior(ann: User) -> Client:
    """One of the staff who may change people, and is no superuser."""
    User.objects.filter(pk=ann.pk).update(is_staff=True)
    ann.user_permissions.set(Permission.objects.filter(codename="change_user"))
    client = Client()
    client.force_login(ann, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_staff_do_not_raise_themselves(junior: Client, ann: User, bob: User) -> None:
    raised = {"is_staff": "on", "is_superuser": "on"}
    assert junior.post(f"/admin/accounts/user/{ann.pk}/change/", form(ann, **raised)).status_code == 403
    assert junior.post(f"/admin/accounts/user/{bob.pk}/change/", form(bob, **raised)).status_code == 302
    assert not User.objects.filter(is_superuser=True).exists()


def test_staff_do_not_take_over_others_by_their_address(junior: Client, mod: Client, bob: User) -> None:
    boss = User.objects.get(username="mod")
    mine = {"email": "mine@example.com"}
    assert junior.post(f"/admin/accounts/user/{boss.pk}/change/", form(boss, **mine)).status_code == 403
    assert junior.post(f"/admin/accounts/user/{bob.pk}/change/", form(bob, **mine)).status_code == 302
    assert not User.objects.filter(email="mine@example.com").exists()


def test_what_opens_an_account_is_not_in_the_admin(mod: Client) -> None:
    for path in ("account/emailaddress", "mfa/authenticator", "socialaccount/socialaccount"):
        assert mod.get(f"/admin/{path}/").status_code == 404


def demo() -> str:
    out = io.StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_an_empty_server_gets_demo_people(db: None, settings: Any) -> None:
    settings.DEMO_PASSWORD = PASSWORD
    assert demo().splitlines() == [f"chat   ann / {PASSWORD}", f"chat   bob / {PASSWORD}", f"admin  mod / {PASSWORD}"]
    assert User.objects.get(username="bob").check_password(PASSWORD)
    assert User.objects.get(is_staff=True).username == "mod"


def test_demo_people_are_made_once(settings: Any) -> None:
    settings.DEMO_PASSWORD = PASSWORD
    sign_up("zoe")
    assert demo() == ""
    assert User.objects.get().username == "zoe"


def test_no_demo_password_is_known_to_all(db: None, settings: Any) -> None:
    settings.DEMO_PASSWORD = ""
    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        demo()

"""Six digits by mail: who signs up, who forgot the password, who logs in without one."""

import re
import smtplib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from celery.exceptions import Retry
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connections
from django.test import Client

from accounts import tasks
from accounts.models import Device, User
from imserver.celery import app
from tests.accounts.conftest import PASSWORD, Api

ANN = {"username": "ann", "email": "Ann@Example.com", "password": PASSWORD}
NEW = "a-much-better-one"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_mail(settings: Any) -> Iterator[None]:
    """No worker runs here: mails go out at once."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = settings.ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def ann(ann: User) -> User:
    EmailAddress.objects.create(user=ann, email=ann.email, verified=True, primary=True)
    return ann


class Flow(Api):
    """One that has begun, and goes on with what the server gave it."""

    def begin(self, path: str, data: Any) -> "Flow":
        begun = self.post(path, data, status=401)
        self.flows = {flow["id"] for flow in begun["data"]["flows"] if flow.get("is_pending")}
        self.session = begun["meta"]["session_token"]
        return self

    def go_on(self, path: str, data: Any, status: int = 200) -> Any:
        return self.post(path, data, status=status, headers={"x-session-token": self.session})


def code() -> str:
    """That of the newest mail."""
    [found] = re.findall(r"^ {4}(\d{6})$", str(mail.outbox[-1].body), re.MULTILINE)
    return str(found)


def wrong(right: str) -> str:
    return "000000" if right != "000000" else "000001"


def test_a_sign_up_waits_for_its_code() -> None:
    flow = Flow().begin("/v1/auth/signup", ANN)
    assert flow.flows == {"verify_email"}
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["ann@example.com"], f"{code()} is your code for testserver")
    assert not Device.objects.exists()
    right = code()
    assert Flow().begin("/v1/auth/login", {"username": "ann", "password": PASSWORD}).flows == {"verify_email"}
    answer = flow.go_on("/v1/auth/email/verify", {"key": right})
    assert set(answer["meta"]) == {"is_authenticated", "access_token", "refresh_token"}
    assert Api(answer["meta"]["access_token"]).get("/v1/me")["email"] == "ann@example.com"
    Api().post("/v1/auth/login", {"username": "ann", "password": PASSWORD})


def test_three_wrong_codes_end_the_try() -> None:
    flow = Flow().begin("/v1/auth/signup", ANN)
    right = code()
    for _ in range(3):
        assert flow.go_on("/v1/auth/email/verify", {"key": wrong(right)}, 400)["code"] == "incorrect_code"
    assert flow.go_on("/v1/auth/email/verify", {"key": right}, 409)["code"] == "conflict"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("begin", "path", "guess"),
    [
        ("/v1/auth/password/request", "/v1/auth/password/reset", {"key": "wrong", "password": NEW}),
        ("/v1/auth/code/request", "/v1/auth/code/confirm", {"code": "wrong"}),
    ],
)
def test_many_guesses_at_once_are_no_more_than_three(ann: User, begin: str, path: str, guess: dict[str, str]) -> None:
    flow = Flow().begin(begin, {"email": "ann@example.com"})
    begun = threading.Barrier(8)

    def enter(_number: int) -> str:
        begun.wait(10)
        try:
            client = Client(REMOTE_ADDR="10.9.9.9")
            answer = client.post(path, guess, "application/json", headers={"x-session-token": flow.session})
            return str(answer.json()["code"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(enter, range(8)))
    assert answers.count("incorrect_code") == 3


def test_a_code_is_good_for_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = Flow().begin("/v1/auth/signup", ANN)
    now = time.time()
    clock = "allauth.account.internal.flows.code_verification.time.time"
    monkeypatch.setattr(clock, lambda: now + 601)
    flow.go_on("/v1/auth/email/verify", {"key": code()}, 409)


def test_a_code_is_sent_again_once_a_minute(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"confirm_email": "1/m/key"}
    flow = Flow().begin("/v1/auth/signup", ANN | {"email": "again@example.com"})
    refused = flow.go_on("/v1/auth/email/verify/resend", None, 429)
    assert refused["code"] == "rate_limited"
    settings.ACCOUNT_RATE_LIMITS = False
    first = code()
    flow.go_on("/v1/auth/email/verify/resend", None)
    assert len(mail.outbox) == 2
    flow.go_on("/v1/auth/email/verify", {"key": code()})
    assert first != code() or len(mail.outbox) == 2


def test_a_sign_up_does_not_say_whether_an_address_has_an_account(ann: User) -> None:
    other = {**ANN, "username": "another"}
    known = Flow().post("/v1/auth/signup", other, status=401)
    [told] = mail.outbox
    assert (told.to, "\n    " in str(told.body)) == (["ann@example.com"], False)
    assert "log in instead" in str(told.body)
    unknown = Flow().post("/v1/auth/signup", {**other, "username": "third", "email": "third@example.com"}, status=401)
    assert _shape(known) == _shape(unknown)
    assert not User.objects.filter(username="another").exists()


def _shape(answer: Any) -> Any:
    answer["meta"].pop("session_token")
    return answer


def test_a_forgotten_password_is_set_anew(ann: User) -> None:
    phone = Api().log_in("ann")
    flow = Flow().begin("/v1/auth/password/request", {"email": "ANN@example.com"})
    assert flow.flows == {"password_reset_by_code"}
    right = code()
    refused = flow.go_on("/v1/auth/password/reset", {"key": wrong(right), "password": NEW}, 400)
    assert refused["code"] == "incorrect_code"
    flow.go_on("/v1/auth/password/reset", {"key": right, "password": "short"}, 400)
    flow.go_on("/v1/auth/password/reset", {"key": right, "password": NEW}, 401)
    assert phone.call("GET", "/v1/me", status=401)["code"] == "session_ended"
    Api().refuses("bad_credentials", "/v1/auth/login", {"username": "ann", "password": PASSWORD})
    Api().post("/v1/auth/login", {"username": "ann", "password": NEW})
    flow.go_on("/v1/auth/password/reset", {"key": right, "password": PASSWORD}, 409)


def test_a_reset_never_says_whether_an_address_exists(ann: User) -> None:
    known = Flow().post("/v1/auth/password/request", {"email": "ann@example.com"}, status=401)
    unknown = Flow().post("/v1/auth/password/request", {"email": "nobody@example.com"}, status=401)
    assert _shape(known) == _shape(unknown)
    assert [sent.to for sent in mail.outbox] == [["ann@example.com"]]
    flow = Flow().begin("/v1/auth/password/request", {"email": "nobody@example.com"})
    for _ in range(3):
        refused = flow.go_on("/v1/auth/password/reset", {"key": "123456", "password": NEW}, 400)
        assert refused["code"] == "incorrect_code"
    flow.go_on("/v1/auth/password/reset", {"key": "123456", "password": NEW}, 409)


def test_one_mail_a_minute(ann: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/key", "request_login_code": "1/m/key"}
    for path in ("password", "code"):
        for status in (401, 429):
            for address in ("ann@example.com", "nobody@example.com"):
                Api().post(f"/v1/auth/{path}/request", {"email": address}, status=status)


def test_one_logs_in_by_code(ann: User) -> None:
    flow = Flow().begin("/v1/auth/code/request", {"email": "ann@example.com"})
    right = code()
    assert flow.go_on("/v1/auth/code/confirm", {"code": wrong(right)}, 400)["code"] == "incorrect_code"
    answer = flow.go_on("/v1/auth/code/confirm", {"code": right})
    assert Api(answer["meta"]["access_token"]).get("/v1/me")["username"] == "ann"
    assert flow.go_on("/v1/auth/code/confirm", {"code": right}, 410)["code"] == "not_authenticated"


def test_a_code_for_nobody_looks_alike(ann: User) -> None:
    known = Flow().post("/v1/auth/code/request", {"email": "ann@example.com"}, status=401)
    unknown = Flow().post("/v1/auth/code/request", {"email": "nobody@example.com"}, status=401)
    assert _shape(known) == _shape(unknown)
    assert len(mail.outbox) == 1


def test_a_changed_password_is_told_by_mail(ann: User) -> None:
    phone = Api().log_in("ann")
    said = {"current_password": PASSWORD, "new_password": NEW}
    phone.post("/v1/account/password/change", said, status=204)
    [told] = mail.outbox
    assert told.to == ["ann@example.com"]
    assert "was changed" in told.subject
    assert NEW not in str(told.body)


def test_a_mail_server_that_is_away_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_mail: EmailMessage) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", away)
    app.conf.task_always_eager = False
    monkeypatch.setattr(tasks.send_mail, "apply_async", lambda *_args, **_options: None)
    with pytest.raises((Retry, smtplib.SMTPException)):
        tasks.send_mail(subject="a", body="b", to=["ann@example.com"])

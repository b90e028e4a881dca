import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client, RequestFactory
from rest_framework import exceptions, serializers

from imserver.api import middleware, problems
from imserver.errors import DomainError

EVERY: set[str] = {"type", "title", "status", "detail", "code", "retry"}


class Grumpy(DomainError):
    code, status, retry, message = "grumpy", 418, "later", "Not now."


class Item(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=3)


class Order(serializers.Serializer[Any]):
    items = Item(many=True)


def test_a_refusal_is_spelled_with_its_code() -> None:
    answer = problems.handle(Grumpy(retry_after_ms=1200, details={"why": "rain"}), {})
    assert answer is not None
    assert answer.data == {
        "type": "about:blank",
        "title": "I'm a Teapot",
        "status": 418,
        "detail": "Not now.",
        "code": "grumpy",
        "retry": "later",
        "retry_after_ms": 1200,
        "details": {"why": "rain"},
    }
    assert (answer.status_code, answer.headers["Retry-After"]) == (418, "2")


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (exceptions.ParseError(), "bad_json"),
        (exceptions.NotAuthenticated(), "not_authenticated"),
        (exceptions.PermissionDenied(), "forbidden"),
        (exceptions.NotFound(), "not_found"),
        (exceptions.MethodNotAllowed("PUT"), "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/plain"), "bad_request"),
        (exceptions.Throttled(), "rate_limited"),
        (RecursionError(), "bad_json"),
        (OperationalError(), "unavailable"),
    ],
)
def test_what_frameworks_raise_has_our_codes(raised: Exception, code: str) -> None:
    answer = problems.handle(raised, {})
    assert answer is not None
    assert (answer.data["code"], answer.data["status"]) == (code, answer.status_code)


def test_a_bug_is_no_refusal() -> None:
    assert problems.handle(KeyError("x"), {}) is None


def test_nested_faults_are_named_by_their_path() -> None:
    order = Order(data={"items": [{"text": "yes"}, {"text": "longer"}]})
    with pytest.raises(exceptions.ValidationError) as caught:
        order.is_valid(raise_exception=True)
    error = problems.refusal(caught.value)
    assert error is not None
    assert error.code == "bad_request"
    assert [(field, faults[0]["code"]) for field, faults in cast(problems.Found, error.details).items()] == [
        ("items.1.text", "max_length")
    ]


def test_a_fault_with_a_code_of_ours_names_the_whole() -> None:
    faults = {"a": [{"code": "required", "message": "Say it."}], "b": [{"code": "grumpy", "message": "Not so."}]}
    error = problems.of_fields(faults)
    assert (type(error), str(error), error.details) == (Grumpy, "Not so.", faults)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 429, 500])
def test_every_bare_refusal_of_the_api_is_spelled(status: int) -> None:
    answer = through(lambda _: HttpResponse("<h1>No</h1>", status=status), "/v1/x")
    said = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(said) >= EVERY
    assert said["status"] == answer.status_code == status


def test_members_of_a_frameworks_answer_stay() -> None:
    flows = {"data": {"flows": [{"id": "login"}]}, "meta": {"is_authenticated": False}, "status": 401}
    said = json.loads(through(lambda _: JsonResponse(flows, status=401), "/v1/auth/session").content)
    assert (said["code"], said["data"], said["meta"]) == ("not_authenticated", flows["data"], flows["meta"])


def test_pages_and_good_answers_are_left_alone() -> None:
    assert through(lambda _: HttpResponse("gone", status=404), "/elsewhere").content == b"gone"
    assert through(lambda _: HttpResponse("fine"), "/v1/x").content == b"fine"


def through(view: Callable[[HttpRequest], HttpResponse], path: str) -> Any:
    return middleware.Problems(view)(RequestFactory().get(path))


DEEP = "[" * 20_000
SIGN_UP = {"username": "ann", "email": "ann@example.com", "password": "x"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "bad_request"),
        ("[]", "bad_request"),
        ("7", "bad_request"),
        ("null", "bad_request"),
        (b"\xff", "bad_request"),
        (DEEP, "bad_json"),
        ('{"username": "' + "x" * 2_000_000 + '"}', "too_large"),
        (json.dumps({**SIGN_UP, "username": {"a": [1]}}), "bad_username"),
        (json.dumps({**SIGN_UP, "email": "a\ud800@example.com"}), "bad_request"),
        (json.dumps({**SIGN_UP, "password": True}), "bad_request"),
    ],
)
@pytest.mark.django_db
def test_bad_bodies_get_a_code(body: str | bytes, code: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    answer = Client().generic("POST", "/v1/auth/signup", body, content_type="application/json")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code


async def test_an_unknown_address_is_a_problem_over_asgi_too() -> None:
    answer = await AsyncClient().get("/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


ADDRESSES = [
    "/v1/conversations?cursor=%00",
    "/v1/users?q=an%00",
    "/v1/friends?tag=%00",
    "/v1/friend-tags/%00",
    "/v1/group-links/%00",
    "/v1/server/users/%00",
    "/v1/nothing/is/here/%00",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_with_what_no_table_holds_is_refused_alike_everywhere(address: str) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        answer = Client().generic(method, address)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_content")
    assert Client().get("/admin/login/?next=%00").status_code == 200, "pages are not ours to refuse"


async def test_so_it_is_where_the_server_is_asynchronous() -> None:
    answer = await AsyncClient().get("/v1/limits?said=%00")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_content")
    assert (await AsyncClient().get("/v1/limits?said=%2500")).status_code == 200

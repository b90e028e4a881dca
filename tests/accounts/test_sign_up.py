import pytest
from django.db import IntegrityError, connection

from accounts import actions, tokens
from accounts.errors import EmailTaken, UsernameTaken
from accounts.models import Device, User
from imserver.errors import DomainError
from tests.accounts.conftest import PASSWORD, Api

ANN = {"username": "Ann", "email": "Ann@Example.com", "password": PASSWORD, "display_name": " Ann\u202e Lee "}

pytestmark = pytest.mark.django_db


def test_a_person_signs_up_and_is_logged_in(api: Api) -> None:
    answer = api.post("/v1/auth/signup", ANN)
    person = User.objects.get()
    assert answer["data"]["user"] == {
        "id": str(person.pk),
        "username": "ann",
        "email": "ann@example.com",
        "display_name": "Ann Lee",
    }
    assert tokens.subject(answer["meta"]["access_token"]).user_id == person.pk
    assert person.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_key_of_the_session_stays_on_the_server(api: Api) -> None:
    answer = api.post("/v1/auth/signup", ANN)
    assert set(answer["meta"]) == {"is_authenticated", "access_token", "refresh_token"}
    assert Device.objects.get().session_key not in str(answer)


def test_the_user_name_stands_in_for_a_display_name(api: Api) -> None:
    answer = api.post("/v1/auth/signup", {**ANN, "display_name": ""})
    assert answer["data"]["user"]["display_name"] == "ann"


@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("bad_username", "username", "a b c"),
        ("bad_username", "username", "ab"),
        ("bad_request", "username", "x" * 33),
        ("bad_request", "username", None),
        ("bad_request", "email", "ann"),
        ("bad_request", "password", "short"),
        ("bad_request", "password", "password123"),
        ("bad_name", "display_name", "\u200b"),
        ("bad_name", "display_name", "x" * 65),
        ("bad_content", "display_name", "a\0"),
        ("bad_content", "display_name", "a\ud800"),
        ("bad_content", "username", "ann\0"),
    ],
)
def test_a_bad_field_is_named(api: Api, code: str, field: str, value: str | None) -> None:
    refused = api.refuses(code, "/v1/auth/signup", {**ANN, field: value})
    assert list(refused["details"]) == [field]
    assert not User.objects.exists()


def test_half_a_surrogate_pair_in_a_password_is_bad_content(api: Api) -> None:
    api.refuses("bad_content", "/v1/auth/signup", {**ANN, "password": f"{PASSWORD}\ud800"})


def test_names_and_addresses_are_unique_without_case(api: Api, ann: User) -> None:
    api.refuses("username_taken", "/v1/auth/signup", {**ANN, "username": "ANN", "email": "other@example.com"})
    api.refuses("email_taken", "/v1/auth/signup", {**ANN, "username": "other", "email": "ANN@example.COM"})


@pytest.mark.parametrize(
    "column", ["username = 'Ann'", "username = 'ännchen'", "email = 'ANN@example.com'", "display_name = ''"]
)
def test_the_database_keeps_names_as_ruled(ann: User, column: str) -> None:
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(f"update accounts_user set {column}")


@pytest.mark.parametrize(("email", "refusal"), [("other@example.com", UsernameTaken), ("ann@example.com", EmailTaken)])
def test_the_second_of_two_at_once_is_told_so(ann: User, email: str, refusal: type[DomainError]) -> None:
    username = "ann" if refusal is UsernameTaken else "other"
    with pytest.raises(refusal):
        actions.sign_up(username=username, email=email, password=PASSWORD)

"""What staff do with messages, in the admin: recall one anywhere, without reading it, with a reason that is kept."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from messaging.admin import ConversationAdmin
from messaging.models import Entry
from messaging.rules import NIL
from tests import make
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db
LIST = "/admin/messaging/conversation/"


staff = partial(make.staff, "messaging")


@pytest.fixture
def mod(db: None) -> Client:
    return staff("view_conversation", "change_conversation")


def recalls(client: Client, conversation: UUID, message: str, reason: str = "abuse") -> str:
    """What the page says then."""
    body = {"action": "recall", "_selected_action": [str(conversation)], "message": message, "reason": reason}
    return client.post(f"{LIST}?q={conversation}", body, follow=True).content.decode()


def test_staff_recall_a_message_long_after_and_nobody_learns_which_of_them(
    mod: Client, ann: Person, bob: Person
) -> None:
    conversation = make.direct(ann, bob)
    for text in ("good morning", "an abuse"):
        Door(ann).send(conversation, text)
    Entry.objects.update(created_at=timezone.now() - timedelta(days=1_000))
    assert "Message 2 is recalled." in recalls(mod, conversation, "2")
    for person in (ann, bob):
        stub = Door(person).message(conversation, 2)
        assert (stub["content"], stub["recalled"]["by"]) == (None, str(NIL))
        assert Door(person).texts(conversation) == ["good morning", None]
    line = LogEntry.objects.get()
    assert line.object_id == str(conversation)
    assert line.change_message == f"message 2 by {ann.id} recalled; reason: abuse; from 127.0.0.1"
    assert "This message was recalled." in recalls(mod, conversation, "2")
    assert LogEntry.objects.count() == 1


def test_what_cannot_be_noted_is_not_done(
    mod: Client, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = make.direct(ann, bob)
    Door(ann).send(conversation)

    def breaks(*_args: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(ConversationAdmin, "log_change", breaks)
    with pytest.raises(ConnectionError):
        recalls(mod, conversation, "1")
    assert Door(bob).texts(conversation) == ["hello"]


def test_staff_give_a_reason_and_the_number_of_a_message(mod: Client, ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    Door(ann).send(conversation)
    assert "Say the reason" in recalls(mod, conversation, "1", " ")
    for number in ("", "0", "-1", "2", "x", "1.0", "9" * 30, "²"):
        assert "There is no such message" in recalls(mod, conversation, number)
    assert Door(bob).texts(conversation) == ["hello"]
    assert not LogEntry.objects.exists()


def test_staff_find_a_conversation_by_its_id_and_read_nothing(mod: Client, ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    Door(ann).send(conversation, "a secret")
    for text in ("", "a secret", str(conversation)[:8]):
        assert str(conversation) not in mod.get(LIST, {"q": text}).content.decode()
    shown = mod.get(LIST, {"q": str(conversation)}).content.decode()
    assert "Direct" in shown
    for told in ("a secret", ann.username, bob.username, str(ann.id)):
        assert told not in shown


def test_staff_recall_what_their_rights_allow(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    Door(ann).send(conversation)
    reader, nobody = staff("view_conversation"), staff()
    assert nobody.get(LIST).status_code == 403
    for client in (reader, nobody):
        recalls(client, conversation, "1")
    assert Door(bob).texts(conversation) == ["hello"]
    superuser = staff("view_conversation", "change_conversation", "add_conversation", "delete_conversation")
    assert 'name="seq"' not in superuser.get(f"{LIST}{conversation}/change/").content.decode()
    assert superuser.post(f"{LIST}{conversation}/change/", {"seq": "0"}).status_code == 403
    assert superuser.get(f"{LIST}add/").status_code == 403
    assert superuser.post(f"{LIST}{conversation}/delete/", {"post": "yes"}).status_code == 403

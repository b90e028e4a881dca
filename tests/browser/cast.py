"""The people of the pictures, and what they have written to each other."""

import uuid
from datetime import UTC, datetime, time, timedelta

from django.db import connection, connections
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import User
from friends import actions as friends
from messaging import actions
from tests import make
from tests.browser.screen import PASSWORD

PEOPLE = {
    "ann": "Ann Lindqvist",
    "bob": "Bob Okafor",
    "cem": "Cem Yıldız",
    "dana": "Dana Whitfield-Montgomery",
    "eli": "אלי כהן",
    "fay": "Fay Marsh",
    "gus": "Gus Tanaka",
    "hui": "Hui-Min Zhao",
}
# (days ago, time, who, text); what the others wrote to Ann, she has read unless `unread` says so.
CHATS: dict[str, list[tuple[int, str, str, str]]] = {
    "gus": [(9, "18:02", "gus", "The keys are under the blue pot 🌿"), (9, "18:10", "ann", "Found them, thank you!")],
    "fay": [(6, "11:20", "fay", "Photos from Sunday are up: https://photos.example/lake")],
    "eli": [(4, "09:15", "eli", "שלום! מתי נפגשים?")],
    "dana": [(2, "14:01", "ann", "Thanks for the introduction!"), (2, "14:30", "dana", "Any time. Say hi to the team")],
    "ann": [(1, "08:00", "ann", "Passport renewal: bring two photos")],
    "cem": [
        (0, "08:41", "cem", "The build is green again"),
        (0, "08:42", "cem", "Can you approve the release when you have a minute?"),
        (0, "08:42", "cem", "No rush 🙂"),
    ],
    "bob": [
        (1, "16:04", "bob", "Hey Ann! Did the new office key arrive?"),
        (1, "16:06", "ann", "It did, this morning. Reception has a second one for you."),
        (1, "16:06", "ann", "They close at six though."),
        (1, "16:09", "bob", "Perfect, I'll drop by before then. The draft agenda is here, still rough: "
         "https://wiki.example/offsite-2027"),
        (1, "16:20", "ann", "Read it. Two thoughts:\n\n1. Start with the demo, people are fresh then.\n"
         "2. Keep the last hour free. We always run over."),
        (1, "16:21", "bob", "Yes to both 👍"),
        (0, "08:45", "bob", "Morning! Train is at 9:42, platform 7."),
        (0, "08:46", "ann", "See you there. I'm bringing coffee"),
        (0, "08:46", "bob", "You're the best"),
        (0, "08:47", "ann", "🎉"),
    ],
}  # fmt: skip
NOTES: dict[str, dict[str, object]] = {
    "bob": {"tags": ["work"], "pinned": True},
    "cem": {"tags": ["work", "climbing"]},
    "dana": {"tags": ["work"]},
    "fay": {"remark": "Fay (upstairs)", "tags": ["neighbours"]},
    "gus": {"tags": ["climbing"]},
}
LAST_SEEN = {"cem": timedelta(minutes=20), "dana": timedelta(days=1), "eli": timedelta(days=4)}


def fill() -> None:
    people = {name: _sign_up(name, title) for name, title in PEOPLE.items()}
    _befriend(people)
    for other, lines in CHATS.items():
        conversation = make.direct(people["ann"], people[other])
        for seq, (days, clock, who, text) in enumerate(lines, 1):
            make.message(people[who], conversation, text.replace("\n", "\\n"))
            _date(conversation, seq, days, clock)
        unread = other == "cem"
        actions.mark(user_id=people["ann"].id, conversation_id=conversation, read_seq=0 if unread else len(lines))
        actions.mark(user_id=people[other].id, conversation_id=conversation, read_seq=len(lines))
    connections.close_all()


def _sign_up(name: str, title: str) -> make.Person:
    user = accounts.sign_up(username=name, email=f"{name}@example.com", password=PASSWORD, display_name=title)
    return make.Person(user.pk, name, uuid.UUID(int=0))


def _date(conversation: uuid.UUID, seq: int, days: int, clock: str) -> None:
    """A message of the past: the picture has day lines, whenever it is taken."""
    day = datetime.now(UTC).date() - timedelta(days=days)
    at = datetime.combine(day, time.fromisoformat(clock), UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            "update entry set created_at = %s where conversation_id = %s and seq = %s", [at, conversation, seq]
        )
        cursor.execute("update conversation set last_at = %s where id = %s", [at, conversation])


def _befriend(people: dict[str, make.Person]) -> None:
    ann, now = people["ann"].id, timezone.now()
    for name in ("bob", "cem", "dana", "eli", "fay", "gus"):
        for one, other in ((ann, people[name].id), (people[name].id, ann)):
            friends.request(user_id=one, other_id=other, message="", source="search", now=now)
        friends.update(user_id=ann, friend_id=people[name].id, changes=NOTES.get(name, {"pinned": False}))
    message = "Hi Ann, we met at the climbing hall on Thursday."
    friends.request(user_id=people["hui"].id, other_id=ann, message=message, source="search", now=now)
    for name, ago in LAST_SEEN.items():
        User.objects.filter(pk=people[name].id).update(last_seen_at=now - ago)

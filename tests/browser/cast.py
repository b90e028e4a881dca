"""The people of the pictures, and what they have written to each other."""

import uuid
from datetime import UTC, datetime, time, timedelta

from django.db import connection, connections
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import User
from friends import actions as friends
from groups import actions as groups
from messaging import actions
from tests import make
from tests.browser import crew
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
SAID_TO_BOB = len(CHATS["bob"]) + 1  # and a call
GROUP = "Lake house"
DESCRIPTION = "Ten days in August. Plans, keys, shopping."
ANNOUNCEMENT = "We leave on Friday at 15:00 sharp.\nBring sheets and one dish for the first evening."
TALK = [  # (days ago, time, who, text)
    (1, "19:30", "gus", "I can take four in the van"),
    (1, "19:31", "gus", "And all the bikes"),
    (1, "19:40", "ann", "Perfect. Then Dana and I go by train."),
    (0, "08:20", "dana", "Tickets are booked: 12:04, we change once"),
    (0, "08:26", "fay", "The boat is free from Saturday on 🚣"),
    (0, "08:31", "bob", "I’ll bring the big pot. Who has a good knife?"),
    (0, "08:33", "ann", "Me. And coffee for ten days."),
]
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
    talks: dict[str, uuid.UUID] = {}
    for other, lines in CHATS.items():
        conversation = talks[other] = make.direct(people["ann"], people[other])
        for seq, (days, clock, who, text) in enumerate(lines, 1):
            make.message(people[who], conversation, text.replace("\n", "\\n"))
            _date(conversation, seq, days, clock)
        unread = other == "cem"
        actions.mark(user_id=people["ann"].id, conversation_id=conversation, read_seq=0 if unread else len(lines))
        actions.mark(user_id=people[other].id, conversation_id=conversation, read_seq=len(lines))
    _speak_with_bob(people, talks["bob"])
    _found_group(people)
    group = crew.found_crew(people, talks["fay"])
    _date_notices(group, 2, "12:00")
    for seq, (days, clock) in enumerate(crew.DATES, 1):
        _date(group, seq, days, clock)
    connections.close_all()


def _speak_with_bob(people: dict[str, make.Person], conversation: uuid.UUID) -> None:
    crew.speak(people["bob"], people["ann"], conversation)
    _date(conversation, SAID_TO_BOB, 0, "08:47")
    for name in ("ann", "bob"):
        actions.mark(user_id=people[name].id, conversation_id=conversation, read_seq=SAID_TO_BOB)


def _found_group(people: dict[str, make.Person]) -> None:
    """Ann's; Bob is an admin who has announced something, and Cem has not yet come in."""
    now, ann = timezone.now(), people["ann"].id
    others = {name: people[name].id for name in ("bob", "dana", "fay", "gus", "eli")}
    User.objects.filter(pk__in=others.values()).update(added_to_groups="all")
    User.objects.filter(pk=people["cem"].id).update(added_to_groups="nobody")
    about = {"description": DESCRIPTION}
    wanted = groups.Wanted(GROUP, [*others.values(), people["cem"].id], about)
    group, _ = groups.create(user_id=ann, wanted=wanted, now=now)
    groups.appoint(user_id=ann, group_id=group, other_id=others["bob"], admin=True)
    _date_notices(group, 2, "17:00")
    for seq, (days, clock, who, text) in enumerate(TALK, 1):
        make.message(people[who], group, text)
        _date(group, seq, days, clock)
        if seq == 3:
            groups.announce(user_id=others["bob"], group_id=group, text=ANNOUNCEMENT, now=now)
            _date_notices(group, 1, "20:05", above=4)
    for user in (ann, *others.values()):
        actions.mark(user_id=user, conversation_id=group, read_seq=len(TALK))
    groups.read_announcement(user_id=others["gus"], group_id=group, number=1)
    terms = groups.Terms(expires_at=now + timedelta(days=6), most_uses=10, needs_approval=True)
    link = groups.make_link(user_id=ann, group_id=group, terms=terms, now=now)
    asks = "Bob told me about the lake. I bring a kayak."
    groups.join(user_id=people["hui"].id, token=link.token, message=asks, now=now)
    other, _ = groups.create(
        user_id=people["hui"].id, wanted=groups.Wanted("Boulder Thursdays", [], {"takes_requests": True}), now=now
    )
    groups.request(user_id=ann, group_id=other, message="We met there last week.", now=now)


def _date_notices(group: uuid.UUID, days: int, clock: str, *, above: int = 0) -> None:
    at = datetime.combine(datetime.now(UTC).date() - timedelta(days=days), time.fromisoformat(clock), UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            "update entry set created_at = %s where conversation_id = %s and seq is null and rev > %s",
            [at, group, above],
        )


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
        cursor.execute("update conversation set last_at = %s, said_at = %s where id = %s", [at, at, conversation])


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

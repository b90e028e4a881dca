"""A group whose messages show what a message can be and bear, for the pictures."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import User
from groups import actions as groups
from imserver.ids import uuid7
from messaging import actions
from messaging.drafts import Message, checked
from tests import make

CREW = "Harbour crew"
ASKED = "can you bring the spare rudder?"
Entities = list[dict[str, Any]]


def styled(text: str, **stretches: str) -> dict[str, Any]:
    """Content of a text in which each style has one stretch."""
    entities: Entities = [
        {"type": style, "offset": text.index(part), "length": len(part)} for style, part in stretches.items()
    ]
    return {"text": text, "entities": entities}


PLAN = styled(
    "The regatta is on! Start on Saturday at 9:30. Light rain No rain, they say.",
    bold="Saturday at 9:30",
    strike="Light rain",
)
REQUEST = styled(f"@Ann Lindqvist {ASKED} The gate code is 4712", spoiler="4712")
RULE = styled(
    "From the rules:\nLife jackets are worn at all times.\nSo bring yours, please.",
    quote="Life jackets are worn at all times.",
)
PLACE = {"latitude": 59.32512, "longitude": 18.07109, "accuracy_m": 15, "name": "Pontoon B, Old Harbour"}
MIA = {"name": "Mia, boat rental", "phone": "+46701740605"}
REACTIONS = {1: (("🎉", "ann bob gus"), ("⛵", "dana")), 5: (("❤️", "bob ann"),), 6: (("👍", "ann"), ("🙏", "bob dana"))}
# (days ago, time, who, kind, content, more); the third message comes from another conversation
LINES: list[tuple[int, str, str, str, dict[str, Any], dict[str, Any]]] = [
    (1, "18:40", "fay", "text", PLAN, {}),
    (1, "18:41", "fay", "location", PLACE, {}),
    (
        0,
        "08:02",
        "bob",
        "text",
        styled(f"@Ann Lindqvist {ASKED} The gate code is 4712", spoiler="4712"),
        {"reply_to": 1},
    ),
    (0, "08:05", "ann", "text", styled("On it. The one marked B-12, right?", code="B-12"), {"reply_to": 4}),
    (0, "08:06", "gus", "contact", MIA, {}),
    (0, "08:09", "dana", "text", RULE, {}),
    (0, "08:10", "dana", "text", {"text": "🚣"}, {}),
]
DATES = [(day, clock) for day, clock, *_ in LINES]
DATES.insert(2, (1, "19:05"))


def found_crew(people: dict[str, make.Person], photos: UUID) -> UUID:
    """Ann's; she forwards what Fay wrote to her."""
    others = {name: people[name].id for name in ("fay", "bob", "gus", "dana")}
    User.objects.filter(pk__in=others.values()).update(added_to_groups="all", named_in_forwards=True)
    now, ann = timezone.now(), people["ann"].id
    group, _ = groups.create(user_id=ann, wanted=groups.Wanted(CREW, [*others.values()], {}), now=now)
    for place, (_, _, who, kind, content, more) in enumerate(LINES):
        if place == 2:
            source = actions.Source(photos, [1], uuid7())
            actions.forward(user_id=ann, conversation_id=group, source=source, now=now)
        named = {"mentions": [str(ann)]} if "@Ann" in str(content) else {}
        _say(people[who], group, kind, content, more | named)
    _mark(people, group)
    return group


def _say(who: make.Person, group: UUID, kind: str, content: dict[str, Any], more: dict[str, Any]) -> None:
    raw = json.dumps(content).encode()
    message = Message(key=uuid7(), kind=kind, content=raw, **more)  # type: ignore[arg-type]
    actions.send(draft=checked(message, group, who.id, int(timezone.now().timestamp() * 1000)))


def _mark(people: dict[str, make.Person], group: UUID) -> None:
    now = timezone.now()
    for seq, given in REACTIONS.items():
        for emoji, names in given:
            for name in names.split():
                actions.react(user_id=people[name].id, conversation_id=group, seq=seq, text=emoji, now=now)
    for seq in (2, 1):
        actions.pin(user_id=people["ann"].id, conversation_id=group, seq=seq, pinned=True, now=now)
    actions.star(user_id=people["ann"].id, conversation_id=group, seq=2, now=now)
    for name in ("ann", "fay", "bob", "gus", "dana"):
        actions.mark(user_id=people[name].id, conversation_id=group, read_seq=len(DATES))


def speak(caller: make.Person, callee: make.Person, conversation: UUID) -> None:
    """They have talked for twelve minutes."""
    began, call = timezone.now(), uuid4()
    one, other = actions.Party(caller.id, uuid4()), actions.Party(callee.id, uuid4())
    actions.ring(call_id=call, caller=one, conversation_id=conversation, media="video", now=began)
    actions.accept(call_id=call, by=other, now=began)
    actions.end(call_id=call, by=one, wish="hangup", now=began + timedelta(minutes=12, seconds=4))

"""The table of scenarios, by the name on the command line."""

from typing import Any

from messaging.load.idle.scenario import IDLE
from messaging.load.presence.scenario import PRESENCE
from messaging.load.rest.scenario import REST
from messaging.load.resume.scenario import RESUME
from messaging.load.scenario import Scenario
from messaging.load.talk.scenario import TALK

SCENARIOS: dict[str, Scenario[Any]] = {
    "pairs": TALK,
    "group": TALK,
    "presence": PRESENCE,
    "resume": RESUME,
    "idle": IDLE,
    "rest-list": REST,
    "rest-history": REST,
    "rest-send": REST,
}

"""The checker of histories finds what is planted in a sound one."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.history import check, main
from tests.faults.ledger import Ledger

History = list[dict[str, Any]]


def _said(what: str, at: float, device: str = "phone", **more: Any) -> dict[str, Any]:
    return {"what": what, "who": "ann", "device": device, "process": "A", "at": at, "conversation": "c1", **more}


def _sound() -> History:
    """Three values; the third was never answered; the tablet came late and pulled."""
    return [
        _said("send", 1, value="one"),
        _said("ack", 2, value="one", rev=2),
        _said("observe", 1.5, after=0, values=["member.joined at 1"]),
        _said("send", 3, "REST", value="two"),
        _said("ack", 4, "REST", value="two", rev=3),
        _said("observe", 4.5, after=2, values=["two"]),
        _said("send", 5, value="three"),
        _said("send", 6, value="never"),
        _said("refuse", 7, "", value="never"),
        _said("observe", 8, after=3, values=["three"]),
        _said("observe", 9, "tablet", after=0, values=["member.joined at 1", "one"]),
        _said("observe", 10, "tablet", after=2, values=["two", "three"]),
        _said("observe", 11, "tablet", after=4, values=[]),
        {"what": "final", "conversation": "c1", "values": ["member.joined at 1", "one", "two", "three"]},
    ]


def _final(history: History) -> list[str]:
    values: list[str] = history[-1]["values"]
    return values


def test_a_sound_history_has_no_fault() -> None:
    assert check(_sound()) == []


def _an_acknowledged_value_is_gone(history: History) -> None:
    _final(history).remove("two")


def _a_device_skipped_one(history: History) -> None:
    history[-3]["values"] = ["two"]


def _a_device_never_saw_the_last(history: History) -> None:
    del history[9]


def _a_value_stands_twice(history: History) -> None:
    _final(history).append("one")


def _stands_elsewhere_than_told(history: History) -> None:
    values = _final(history)
    values[1], values[2] = values[2], values[1]


def _two_acks_differ(history: History) -> None:
    history.append(_said("ack", 12, value="one", rev=3))


def _a_device_saw_another_order(history: History) -> None:
    history[-3]["values"].reverse()


def _was_sent_after_a_later_one_was_acknowledged(history: History) -> None:
    history[0]["at"] = 4.2
    history[1]["at"] = 5


def _was_sent_after_a_later_one_was_seen(history: History) -> None:
    history[3]["at"] = 8.2
    del history[4:6]
    history[8 - 2]["after"], history[8 - 2]["values"] = 2, ["two", "three"]


def _nobody_sent_it(history: History) -> None:
    _final(history).append("five")


def _it_was_refused(history: History) -> None:
    _final(history).append("never")


def _a_device_saw_what_is_not_there(history: History) -> None:
    history[9]["values"].append("four")


def _a_device_saw_it_before_it_was_sent(history: History) -> None:
    history[6]["at"] = 8.5


PLANTED = [
    (_an_acknowledged_value_is_gone, "lost"),
    (_a_device_skipped_one, "lost"),
    (_a_device_never_saw_the_last, "lost"),
    (_a_value_stands_twice, "doubled"),
    (_stands_elsewhere_than_told, "swapped"),
    (_two_acks_differ, "swapped"),
    (_a_device_saw_another_order, "swapped"),
    (_was_sent_after_a_later_one_was_acknowledged, "swapped"),
    (_was_sent_after_a_later_one_was_seen, "swapped"),
    (_nobody_sent_it, "phantom"),
    (_it_was_refused, "phantom"),
    (_a_device_saw_what_is_not_there, "phantom"),
    (_a_device_saw_it_before_it_was_sent, "phantom"),
]


@pytest.mark.parametrize(("plant", "fault"), PLANTED)
def test_it_is_found_that(plant: Callable[[History], None], fault: str) -> None:
    history = _sound()
    plant(history)
    assert any(f"c1: {fault}: " in line for line in check(history)), check(history)


def test_lists_do_not_mix() -> None:
    other = [one | {"conversation": "c2"} for one in copy.deepcopy(_sound())]
    assert check([*_sound(), *other]) == []
    other[-1]["values"].pop()
    assert {line.partition(":")[0] for line in check([*_sound(), *other])} == {"c2"}


def test_the_command_tells_a_sound_file_from_a_faulty_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger(recording=True)
    ledger.note("send", "ann", "phone", "A", conversation="c1", value="one")
    ledger.note("ack", "ann", "phone", "A", conversation="c1", value="one", rev=1)
    file = tmp_path / "history.json"
    ledger.export(file, {"c1": ["one"]})
    assert len(json.loads(file.read_text())) == 3
    assert main([str(file)]) == 0
    assert "3 operations of 1 devices (ack 1, final 1, send 1): 0 faults" in capsys.readouterr().out
    ledger.export(file, {"c1": []})
    assert main([str(file)]) == 1
    assert "c1: lost: one was acknowledged at 1" in capsys.readouterr().out

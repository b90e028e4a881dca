"""The checker notices what it is there for: each record below is sound but for one fault."""

import copy
from array import array
from collections.abc import Callable

import pytest

from tests.faults.check import Findings, Row, Sent, Told, View, check_log, check_states, check_view, fingerprint

HOME, AWAY = "c1", "c2"


class Records:
    def __init__(self) -> None:
        self.sent = [_sent(number) for number in range(1, 5)]
        self.log = {HOME: [_row(number) for number in range(1, 5)], AWAY: []}
        self.view = View(0, array("q", [1, 2, 3, 4]), array("q", map(_print, self.log[HOME])))

    def found(self) -> Findings:
        found = Findings()
        check_log(self.sent, self.log, found)
        check_view("phone", HOME, self.view, self.log[HOME], found)
        return found


def _sent(number: int) -> Sent:
    told = Told(number, number, f"t{number}", False, number + 0.5)
    return Sent(f"k{number}", HOME, "ann", f"text {number}", float(number), [told])


def _row(number: int) -> Row:
    return Row(number, number, "text", "ann", f"k{number}", None, f"text {number}", f"t{number}")


def _print(row: Row) -> int:
    return fingerprint(row.kind, row.seq, row.sender, row.key, row.target)


def test_sound_records_have_no_fault() -> None:
    assert Records().found().all() == []


def _is_not_stored(records: Records) -> None:
    records.log[HOME].pop()


def _lost_its_text(records: Records) -> None:
    records.log[HOME][1] = records.log[HOME][1]._replace(text="text 3")


def _stands_twice(records: Records) -> None:
    records.log[HOME].append(_row(4)._replace(rev=5, seq=5))


def _stands_in_another_conversation_too(records: Records) -> None:
    records.log[AWAY].append(_row(4)._replace(rev=1, seq=1))


def _was_told_two_places(records: Records) -> None:
    records.sent[1].told.append(Told(3, 3, "t3", True, 9.0))


def _came_twice(records: Records) -> None:
    records.view.add(4, records.view.prints[3])


def _came_although_it_is_not_in_the_log(records: Records) -> None:
    records.view.add(5, 5)


def _stands_elsewhere_than_told(records: Records) -> None:
    rows = records.log[HOME]
    rows[1], rows[2] = rows[2]._replace(rev=2, seq=2), rows[1]._replace(rev=3, seq=3)


def _leaves_a_hole_in_the_log(records: Records) -> None:
    records.log[HOME] = [row._replace(rev=row.rev + (row.rev > 2)) for row in records.log[HOME]]


def _stands_before_what_was_acknowledged_when_it_began(records: Records) -> None:
    records.sent[0].began, records.sent[0].told = 8.0, [Told(1, 1, "t1", False, 9.0)]


def _came_too_late(records: Records) -> None:
    view = records.view
    records.view = View(0, array("q", [1, 3, 2, 4]), array("q", [view.prints[i] for i in (0, 2, 1, 3)]))


def _was_something_else(records: Records) -> None:
    records.view.prints[1], records.view.prints[2] = records.view.prints[2], records.view.prints[1]


def _never_came(records: Records) -> None:
    records.view.revs.pop(1)
    records.view.prints.pop(1)


def _had_no_answer(records: Records) -> None:
    records.sent[3].told.clear()


def _was_sent_by_nobody(records: Records) -> None:
    records.log[AWAY].append(_row(1)._replace(key="stranger"))


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (_is_not_stored, "lost"),
        (_lost_its_text, "lost"),
        (_stands_twice, "doubled"),
        (_stands_in_another_conversation_too, "doubled"),
        (_was_told_two_places, "doubled"),
        (_came_twice, "doubled"),
        (_came_although_it_is_not_in_the_log, "doubled"),
        (_stands_elsewhere_than_told, "reordered"),
        (_leaves_a_hole_in_the_log, "reordered"),
        (_stands_before_what_was_acknowledged_when_it_began, "reordered"),
        (_came_too_late, "reordered"),
        (_was_something_else, "reordered"),
        (_never_came, "missing"),
        (_had_no_answer, "other"),
        (_was_sent_by_nobody, "other"),
    ],
)
def test_a_message_that(harm: Callable[[Records], None], fault: str) -> None:
    records = Records()
    harm(records)
    assert fault in {name for name, _ in records.found().all()}


def test_an_edited_message_may_have_either_text() -> None:
    records = Records()
    records.sent[1].texts.add("text 2, edited")
    records.log[HOME][1] = records.log[HOME][1]._replace(text="text 2, edited")
    assert records.found().all() == []


def test_a_device_that_differs_from_a_new_one_is_unequal() -> None:
    state = {HOME: {"rev": 4, "marks": [4, 3, 4], "messages": {4: (4, "text 4")}}}
    found = Findings()
    check_states("phone", state, copy.deepcopy(state), found)
    assert found.all() == []
    for name, value in (("rev", 3), ("marks", [4, 3, 3]), ("messages", {4: (5, None)})):
        other = copy.deepcopy(state)
        other[HOME][name] = value
        check_states("phone", state, other, found)
    check_states("phone", state, {}, found)
    assert len(found.unequal) == 4

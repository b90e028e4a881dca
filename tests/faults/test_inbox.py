"""The comparison of the inbox with PostgreSQL finds what it is there for, in documents as MongoDB gives them."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from bson import Binary

from tests.faults.check import Findings
from tests.faults.inbox import Entry, check_inbox, wanted

EPOCH, OTHER, HOME, ANN = (str(UUID(int=number)) for number in range(1, 5))
MESSAGE = Entry(HOME, 1, 1, 1, ANN, "k1", '{"text":"new"}', None, 3, "t3", "t1")
RECALLED = Entry(HOME, 2, 2, 1, ANN, "k2", None, None, 4, None, "t2")
EDIT = Entry(HOME, 3, None, 32, ANN, None, None, 1, 3, None, "t3")
RECALL = Entry(HOME, 4, None, 33, ANN, None, None, 2, 4, None, "t4")
Documents = list[dict[str, Any]]


def _document(rev: int, item: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"rev": rev, "sender": ANN, "created_at": f"t{rev}", "content": None, **item}
    return {
        "_id": UUID(EPOCH).bytes + UUID(HOME).bytes + rev.to_bytes(8, "big"),
        "version": said["changed_rev"],
        "item": Binary(json.dumps(said).encode()),
        **more,
    }


def _sound() -> Documents:
    text = {"kind": "text", "seq": 1, "key": "k1", "content": {"text": "new"}, "edited_at": "t3", "changed_rev": 3}
    gone = {"kind": "text", "seq": 2, "key": "k2", "recalled": {"by": ANN, "at": "t4"}, "changed_rev": 4}
    return [
        _document(1, text, seq=1),
        _document(2, gone, seq=2),
        _document(3, {"kind": "edit", "target": 1, "changed_rev": 3}, target=[1, 1]),
        _document(4, {"kind": "recall", "target": 2, "changed_rev": 4}, target=[2, 2]),
    ]


def _found(documents: Documents) -> Findings:
    found = Findings()
    check_inbox(EPOCH, wanted([MESSAGE, RECALLED, EDIT, RECALL]), documents, found)
    return found


def test_a_sound_inbox_has_no_fault() -> None:
    assert _found(_sound()).all() == []


def _lacks_one(documents: Documents) -> None:
    documents.pop()


def _has_one_twice(documents: Documents) -> None:
    documents.append(documents[0])


def _has_one_of_nobody(documents: Documents) -> None:
    documents.append(_document(5, {"kind": "edit", "target": 1, "changed_rev": 5}, target=[1, 1]))


def _has_one_of_an_earlier_life(documents: Documents) -> None:
    documents[0]["_id"] = UUID(OTHER).bytes + documents[0]["_id"][16:]


def _did_not_fold_an_edit(documents: Documents) -> None:
    documents[0] = _document(1, {"kind": "text", "seq": 1, "key": "k1", "content": {"text": "old"}, "changed_rev": 1})


def _keeps_a_recalled_text(documents: Documents) -> None:
    said = json.loads(documents[1]["item"])
    documents[1]["item"] = Binary(json.dumps(said | {"content": {"text": "secret"}}).encode())


def _says_another_version_than_its_item(documents: Documents) -> None:
    documents[0]["version"] = 2


def _points_at_another_target(documents: Documents) -> None:
    documents[2]["target"] = [1, 2]


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (_lacks_one, "missing"),
        (_has_one_twice, "doubled"),
        (_has_one_of_nobody, "doubled"),
        (_has_one_of_an_earlier_life, "doubled"),
        (_did_not_fold_an_edit, "unequal"),
        (_keeps_a_recalled_text, "unequal"),
        (_says_another_version_than_its_item, "unequal"),
        (_points_at_another_target, "unequal"),
    ],
)
def test_it_is_found_that_the_inbox(harm: Callable[[Documents], None], fault: str) -> None:
    documents = _sound()
    harm(documents)
    assert {name for name, _ in _found(documents).all()} == {fault}

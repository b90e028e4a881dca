"""Keys and the ids that are made of people."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imserver import ids
from imserver.errors import BadRequest
from messaging import rules
from messaging.errors import KeyExpired

NOW_MS = 1_800_000_000_000
DAY_MS = 86_400_000


def key(millis: int) -> uuid.UUID:
    return uuid.UUID(int=millis << 80 | 7 << 76 | 2 << 62 | 0x1234)


@pytest.mark.parametrize("millis", [NOW_MS - 30 * DAY_MS, NOW_MS, NOW_MS + DAY_MS])
def test_a_uuid7_key_is_taken_from_30_days_ago_to_a_day_ahead(millis: int) -> None:
    rules.check_key(key(millis), NOW_MS)


@pytest.mark.parametrize("millis", [0, NOW_MS - 30 * DAY_MS - 1, NOW_MS + DAY_MS + 1])
def test_a_uuid7_key_outside_of_that_is_expired(millis: int) -> None:
    with pytest.raises(KeyExpired):
        rules.check_key(key(millis), NOW_MS)


def test_any_other_uuid_is_taken() -> None:
    for one in (
        uuid.uuid4(),
        uuid.uuid1(),
        uuid.uuid5(uuid.NAMESPACE_DNS, "x"),
        uuid.UUID(int=0),
        uuid.UUID(int=2**128 - 1),
    ):
        rules.check_key(one, NOW_MS)


def test_our_own_ids_are_uuid7_of_now() -> None:
    found = [ids.uuid7() for _ in range(100)]
    assert {(one.version, one.variant) for one in found} == {(7, uuid.RFC_4122)}
    assert len(set(found)) == 100
    rules.check_key(found[0], ids.millis(found[0]))


@settings(deadline=None)
@given(st.uuids(), st.uuids())
def test_the_conversation_of_two_has_one_id_whoever_asks(one: uuid.UUID, other: uuid.UUID) -> None:
    found = rules.pair(one, other)
    assert found == rules.pair(other, one)
    assert (found.version, found.variant) == (8, uuid.RFC_4122)
    assert (rules.pair(one, one) == found) == (one == other)


def test_the_id_of_a_pair_is_the_one_that_other_programs_compute() -> None:
    # printf '00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef' | xxd -r -p | sha256sum
    # and then version 8 and the variant.
    low, high = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff"), uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")
    assert rules.pair(high, low) == uuid.UUID("9ffbc98c-d73b-8c86-85f0-703d3a4eeeb4")


def test_a_send_names_one_place() -> None:
    ann, bob, room = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    assert rules.place(ann, room, None) == room
    assert rules.place(ann, None, bob) == rules.pair(ann, bob)
    assert rules.place(ann, None, ann) == rules.pair(ann, ann)
    for nonsense in ((None, None), (room, bob)):
        with pytest.raises(BadRequest):
            rules.place(ann, *nonsense)

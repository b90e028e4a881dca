from imserver.realtime import lately
from imserver.realtime.lately import Lately


def test_a_key_is_new_again_after_its_seconds() -> None:
    clock = [0.0]
    seen = Lately(3, lambda: clock[0])
    told = []
    for clock[0] in (0.0, 1.0, 2.9, 3.0, 5.9, 6.0):
        told.append(seen.is_new("ann"))
        seen.is_new("bob")
    assert told == [True, False, False, True, False, True]


def test_of_too_many_the_oldest_are_forgotten() -> None:
    seen = Lately(3, lambda: 0.0)
    assert all(seen.is_new(i) for i in range(2 * lately._MOST))
    assert len(seen._came) == lately._MOST
    assert not seen.is_new(2 * lately._MOST - 1)
    assert seen.is_new(0)

"""imserver.gateway.window and limiter, without a server."""

import pytest

from imserver.gateway import limiter as limits
from imserver.gateway.consumer import network
from imserver.gateway.limiter import Limiter
from imserver.gateway.window import BYTES, FRAMES, Window


def test_a_window_takes_so_many_frames() -> None:
    window = Window()
    assert all(window.add(n, 1, ()) for n in range(1, FRAMES + 1))
    assert not window.add(FRAMES + 1, 1, ())


def test_a_window_takes_so_many_bytes() -> None:
    window = Window()
    assert window.add(1, BYTES, ())
    assert not window.add(2, 1, ())


def test_one_frame_of_any_size_fits_into_an_empty_window() -> None:
    window = Window()
    assert window.add(1, 10 * BYTES, ())
    window.ack(1)
    assert window.add(2, 10 * BYTES, ())


def test_an_acknowledgement_covers_everything_before_it() -> None:
    window = Window()
    for n in range(1, FRAMES + 1):
        window.add(n, 100, ())
    window.ack(FRAMES - 1)
    assert (len(window), window.bytes) == (1, 100)
    assert window.add(FRAMES + 1, 100, ())


def test_an_acknowledgement_says_which_messages_arrived() -> None:
    window = Window()
    window.add(1, 1, (("a", 3), ("b", 1)))
    window.add(2, 1, (("a", 5),))
    window.add(3, 1, (("a", 9),))
    assert window.ack(2) == {"a": 5, "b": 1}
    assert window.ack(2) == window.ack(0) == {}


def test_an_acknowledgement_of_what_was_never_sent_empties_the_window_and_no_more() -> None:
    window = Window()
    window.add(1, 1, (("a", 1),))
    assert window.ack(2**53) == {"a": 1}
    assert (len(window), window.bytes, window.ack(2**53)) == (0, 0, {})


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(limits, "time", found)
    monkeypatch.setattr(limits, "RATE", 10)
    monkeypatch.setattr(limits, "BURST", 20)
    return found


def test_a_burst_passes_and_then_one_waits(clock: Clock) -> None:
    limiter = Limiter()
    assert [limiter.take() for _ in range(20)] == [0] * 20
    assert limiter.take() == 101
    clock.now += 0.102
    assert limiter.take() == 0
    assert limiter.take() > 0


def test_a_pause_fills_the_bucket_and_no_more(clock: Clock) -> None:
    limiter = Limiter()
    clock.now += 3600
    assert [bool(limiter.take()) for _ in range(21)] == [False] * 20 + [True]


def test_who_ignores_the_limit_long_enough_is_to_be_closed(clock: Clock) -> None:
    limiter = Limiter()
    for _ in range(20 + limits.PATIENCE):
        limiter.take()
    assert not limiter.exhausted
    limiter.take()
    assert limiter.exhausted


def test_who_waits_is_forgiven(clock: Clock) -> None:
    limiter = Limiter()
    for _ in range(20 + limits.PATIENCE):
        limiter.take()
    clock.now += 1
    assert limiter.take() == 0
    limiter.take()
    assert not limiter.exhausted


def test_without_a_limit_everything_passes(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RATE", 0)
    limiter = Limiter()
    assert not any(limiter.take() for _ in range(10_000))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_home_has_one_limit_of_ipv6(address: str, counted: str) -> None:
    assert network(address) == counted

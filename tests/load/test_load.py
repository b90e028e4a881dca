import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import pytest

from messaging.load import client, conduct, measure, options, report, wire
from messaging.load.plan import Job, Seat, Window
from messaging.load.scenarios import SCENARIOS
from messaging.load.talk import checks
from messaging.load.talk.checks import Stored
from messaging.load.talk.plan import Plan, Room, Seen, Tally
from messaging.load.talk.play import play as talk
from tests.load import fake

SECONDS = 0.2


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(client, "QUIET_SECONDS", 1)
    monkeypatch.setattr(client, "LINGER_SECONDS", 0.1)


def rooms(count, seats):
    return [Room(f"c{n}", [Seat(f"u{n}.{m}", f"u{n}.{m}") for m in range(seats)]) for n in range(count)]


def play(server, *, in_flight=4, rotate=False, size=64):
    """A run against a fake server; returns the tally and the faults."""

    async def window():
        now = time.monotonic_ns()
        return Window(now, now + int(SECONDS * 1e9))

    async def run():
        async with fake.running(server) as url:
            return await talk(Plan(url, server.rooms, in_flight, rotate, size), window)

    tally = asyncio.run(run())
    return tally, checks.faults(tally, server.stored()) if server.log else {"errors": tally.errors.total()}


# --- what the checks notice -------------------------------------------------------------------
def test_a_server_that_keeps_its_promises_has_no_faults():
    tally, faults = play(fake.Server(rooms(3, 2)))
    assert tally.acked > 20
    assert tally.delivered == pytest.approx(tally.acked, abs=12)
    assert faults == {"lost": 0, "duplicated": 0, "reordered": 0, "errors": 0}


def test_in_a_group_everybody_but_the_sender_gets_each_message():
    tally, faults = play(fake.Server(rooms(2, 5)), rotate=True)
    assert tally.delivered == pytest.approx(4 * tally.acked, abs=64)
    assert not any(faults.values())


async def lose(_server, _client, _entry):
    pass


async def double(server, client, entry):
    await fake.deliver(server, client, entry)
    await fake.deliver(server, client, entry)


async def swap(_server, client, entry):
    client.held.append(entry)


async def exchange_keys(server, client, entry):
    await fake.deliver(server, client, {**entry, "key": "another"})


async def close(_server, client, _entry):
    await client.link.close(4008, "too slow")


async def babble(_server, client, _entry):
    await client.link.send('{"type":"entries","data":[]}')


async def skip_prev(server, client, entry):
    data = {"conversation": entry["conversation"], "prev": entry["rev"] - 2, "items": [entry]}
    await client.say({"type": "entries", "data": data})


@pytest.mark.parametrize(
    ("fault", "noticed"),
    [
        (lose, "lost"),
        (double, "duplicated"),
        (swap, "reordered"),
        (exchange_keys, "errors"),
        (close, "errors"),
        (babble, "errors"),
        (skip_prev, "errors"),
    ],
)
def test_one_fault_on_one_socket_is_noticed(fault, noticed):
    _, faults = play(fake.Server(rooms(2, 3), fault))
    assert faults[noticed] > 0


def test_a_swapped_entry_is_reordered_but_not_lost():
    _, faults = play(fake.Server(rooms(1, 2), swap), in_flight=1)
    assert (faults["reordered"], faults["lost"], faults["duplicated"]) == (1, 0, 0)


def test_an_acknowledged_message_that_is_not_stored_is_lost():
    _, faults = play(fake.Server(rooms(1, 2), forgets=True))
    assert faults["lost"] == 1


def test_a_refusal_is_an_error_and_is_named():
    tally, faults = play(fake.Server(rooms(1, 2), refuses=True), in_flight=4)
    assert faults["errors"] == 4
    assert tally.errors == Counter({"error: denied": 4})


def test_nobody_to_talk_to_is_an_error_not_a_run():
    plan = Plan("ws://127.0.0.1:1/", rooms(1, 2), 1, rotate=False, size=64)
    with pytest.raises(ExceptionGroup):
        asyncio.run(talk(plan, None))


# --- how the sockets behave -------------------------------------------------------------------
def test_sockets_acknowledge_frames_in_time_and_answer_pings():
    server = fake.Server(rooms(1, 2))
    play(server, in_flight=8)
    assert max(each.frames for each in server.clients.values()) > 100
    assert max(each.most_unacked for each in server.clients.values()) < 32 + 16
    assert server.pongs == 2


@pytest.mark.parametrize(("in_flight", "senders"), [(1, 1), (2, 2)])
def test_both_people_of_a_pair_send_unless_one_message_is_in_flight(in_flight, senders):
    server = fake.Server(rooms(1, 2))
    play(server, in_flight=in_flight)
    assert len({entry["sender"] for entry in server.entries("c0")}) == senders


def test_the_members_of_a_group_send_in_turn():
    server = fake.Server(rooms(1, 5))
    play(server, in_flight=1, rotate=True)
    counts = Counter(entry["sender"] for entry in server.entries("c0"))
    assert len(counts) == 5
    assert max(counts.values()) - min(counts.values()) <= 1


def test_texts_have_the_wanted_size_and_keys_differ():
    server = fake.Server(rooms(1, 2))
    play(server, size=256)
    entries = server.entries("c0")
    assert {len(entry["content"]["text"]) for entry in entries} == {256}
    assert len({entry["key"] for entry in entries}) == len(entries)


def test_a_frame_of_a_newer_server_is_acknowledged_not_refused():
    assert wire.read(b'{"type":"reaction.sparkle","frame":7,"data":{}}').frame == 7


# --- the comparison with the log --------------------------------------------------------------
SEEN = Seen("c", first=3, acked=10, unanswered=0, cursors=[13, 13], missing=0)
STORED = Stored(rev=13, revs=10, messages=10, seqs=10, keys=10)


def total(seen, stored):
    counts = Counter()
    for fault, count in checks.compare(seen, stored):
        counts[fault] += count
    return +counts


@pytest.mark.parametrize(
    ("seen", "stored", "expected"),
    [
        (SEEN, STORED, {}),
        (replace(SEEN, cursors=[13, 11]), STORED, {"lost": 2}),
        (replace(SEEN, missing=1), STORED, {"lost": 1}),
        (replace(SEEN, acked=11), STORED, {"lost": 1}),
        (replace(SEEN, acked=9), STORED, {"duplicated": 1}),
        (replace(SEEN, acked=9, unanswered=1), STORED, {"errors": 1}),
        (SEEN, replace(STORED, keys=9), {"duplicated": 1}),
        (SEEN, replace(STORED, seqs=11), {"errors": 1}),
        (SEEN, replace(STORED, revs=9), {"errors": 1}),
        (replace(SEEN, cursors=[13, 14]), STORED, {"errors": 1}),
    ],
)
def test_sockets_and_log_must_agree(seen, stored, expected):
    assert total(seen, stored) == expected


# --- figures ----------------------------------------------------------------------------------
def test_rates_count_the_cpu_of_server_and_database_together():
    cpu = {"server": 1.0, "postgres": 0.5, "clients": 9.0}
    found = checks.figures(Tally(acked=3000, delivered=6000), 10, cpu)
    assert (found["acked_per_s"], found["acked_per_cpu_s"], found["delivered_per_cpu_s"]) == (300, 2000, 4000)


def test_there_is_no_rate_per_cpu_second_where_a_process_is_not_seen():
    assert checks.figures(Tally(acked=1), 1, {"server": 1.0})["acked_per_cpu_s"] is None


def test_percentiles_are_the_least_time_that_so_many_stayed_within():
    ticks = Counter({100: 94, 200: 4, 900: 2})
    assert report.percentiles(ticks) == {"p50": 1.0, "p95": 2.0, "p99": 9.0}
    assert report.percentiles(Counter()) == {"p50": 0, "p95": 0, "p99": 0}


def test_a_run_is_clean_only_if_something_was_done_and_nothing_went_wrong():
    clean = report.Verdict(done=1, figures={}, faults={"lost": 0, "errors": 0}, complaints=Counter())
    assert clean.is_clean
    assert not clean._replace(faults={"lost": 1, "errors": 0}).is_clean
    assert not clean._replace(done=0).is_clean


def test_cpu_time_includes_children_alive_and_gone():
    burn = "import os, time\nwhile time.process_time() < 0.3: pass"
    with subprocess.Popen(["/bin/sh", "-c", f'"{sys.executable}" -c "{burn}"; cat'], stdin=subprocess.PIPE) as shell:
        deadline = time.monotonic() + 20
        while measure.cpu_seconds({"it": [shell.pid]})["it"] < 0.25 and time.monotonic() < deadline:
            time.sleep(0.05)
        spent = measure.cpu_seconds({"it": [shell.pid], "nobody": [2**22 + 1]})
        shell.stdin.close()
    assert spent["it"] >= 0.25
    assert spent["nobody"] == 0


def test_memory_is_read_for_a_process_and_those_below_it():
    assert measure.resident_mb([os.getpid()]) > 5


# --- the command ------------------------------------------------------------------------------
def test_clients_take_the_last_cores_and_leave_one_to_the_servers(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2, 3})
    assert conduct.cores(2) == [3, 2]
    assert conduct.cores(4) == [None] * 4


@pytest.mark.parametrize("argument", ["--size=19", "--size=8001", "--members=1", "--in-flight=0", "--seconds=601"])
def test_arguments_that_make_no_sense_are_refused(argument):
    with pytest.raises(SystemExit):
        options.parse(["pairs", argument])


def test_client_processes_hand_their_figures_to_the_parent():
    """Through real processes, started and ended as the command does it."""

    async def run():
        server = fake.Server(rooms(2, 2))
        async with fake.running(server) as url:
            jobs = [Job(talk, Plan(url, [room], 2, rotate=False, size=64)) for room in server.rooms]
            measured = await asyncio.to_thread(conduct.run, jobs, {"server": [os.getpid()]}, 0, 1)
        return server, measured

    server, measured = asyncio.run(run())
    assert measured.tally.acked > 20
    assert not any(checks.faults(measured.tally, server.stored()).values())
    assert measured.cpu["server"] > 0
    assert measured.cpu["clients"] > 0


def test_a_client_process_that_cannot_connect_says_why():
    job = Job(talk, Plan("ws://127.0.0.1:1/", rooms(1, 2), 1, rotate=False, size=64))
    with pytest.raises(conduct.Failed, match="Connect call failed"):
        conduct.run([job], {}, 0, 1)


def test_every_scenario_of_the_command_line_is_there():
    assert SCENARIOS.keys() == options.SCENARIOS.keys()


def test_the_line_of_figures_is_json():
    assert json.loads(report.line({"acked": 1, "ack_ms": {"p50": 0.5}})) == {"acked": 1, "ack_ms": {"p50": 0.5}}

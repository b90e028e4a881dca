"""The whole tool: its own PostgreSQL, Valkey and server, a short run, and nothing left of them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from messaging.load import measure

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def load(tmp_path):
    """Starts the tool in a temporary folder of its own, so that what it leaves there can be seen."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "messaging.load", *arguments],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    tmp_path.chmod(0o711)
    # A shell lets what it starts in the background ignore Ctrl-C, and everybody inherits that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield start
    signal.signal(signal.SIGINT, before)
    for process in started:
        process.kill()
        process.communicate()


def children_of(pid):
    return measure.family([pid], measure.all_processes()) - {pid}


@pytest.fixture
def measured(load, tmp_path):
    """What a short run found; nothing may be left of it."""

    def run(*arguments):
        process = load(*arguments, "--seconds", "2", "--warm-up", "1", "--json")
        out, err = process.communicate(timeout=100)
        assert process.returncode == 0, out + err
        assert list(tmp_path.iterdir()) == []
        found = json.loads(out)
        assert found["server_rss_mb"] > 10
        assert set(found["cpu_s"]) >= {"server", "postgres", "redis", "clients"}
        return found

    return run


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("arguments", "deliveries"),
    [(["pairs", "--pairs", "3", "--relay"], 1), (["group", "--groups", "2", "--members", "5"], 4)],
)
def test_a_short_run_finds_no_fault_and_leaves_nothing_behind(measured, arguments, deliveries):
    found = measured(*arguments)
    assert found["acked"] > 0
    assert found["delivered"] == pytest.approx(deliveries * found["acked"], rel=0.2)
    assert found["acked_per_cpu_s"] > 0


@pytest.mark.timeout(120)
def test_a_short_run_of_presence_sees_people_come_and_go(measured, monkeypatch):
    monkeypatch.setenv("LIMIT_PRESENCE_GRACE_S", "1")
    found = measured("presence", "--people", "100", "--watchers", "4", "--watched", "50", "--comings", "20")
    assert found["came"] > 0
    assert found["stayed"] > 0
    assert found["items_per_watcher_s"] > 0
    assert found["shown_ms"]["p50"] > 0
    assert found["moves_per_cpu_s"] > 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("behind", "entries"), [("3", True), ("0", False)])
def test_a_short_run_of_resume_gives_devices_what_they_lack(measured, behind, entries):
    found = measured("resume", "--users", "12", "--conversations", "20", "--behind", behind, "--at-once", "4")
    assert found["resumed"] > 0
    assert (found["entries"] > 0) == entries
    assert found["cpu_ms_each"] > 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("scenario", ["rest-list", "rest-history", "rest-send"])
def test_a_short_run_over_http_gets_right_answers(measured, scenario):
    found = measured(scenario, "--users", "12", "--conversations", "60", "--history", "2100", "--at-once", "4")
    assert found["answered"] > 0
    assert found["cpu_ms_each"] > 0
    assert found["answer_ms"]["p50"] > 0


@pytest.mark.timeout(120)
def test_a_short_run_of_idle_sees_what_a_device_takes(measured):
    found = measured("idle", "--users", "200", "--conversations", "2")
    assert found["came"] == 180
    assert found["kb_each"] > 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_ends_all_it_started(load, tmp_path, stop):
    process = load("pairs", "--pairs", "2", "--seconds", "600")
    family = set()
    deadline = time.monotonic() + 60
    while not any(b"spawn_main" in command_line(pid) for pid in family) and time.monotonic() < deadline:
        time.sleep(0.2)
        family = children_of(process.pid)
    assert len(family) > 5
    process.send_signal(stop)
    process.communicate(timeout=50)
    assert process.returncode != 0
    assert [command_line(pid) for pid in family if command_line(pid)] == []  # empty: ended, but not yet reaped
    assert list(tmp_path.iterdir()) == []


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""

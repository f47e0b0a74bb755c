"""The supervisor of `kith serve`: what dies is started again, what is told to stop stops, and nobody is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from config import ROOT
from tests.support.databases import Databases
from tests.support.server import Server, free_port, running_server

T = TypeVar("T")


@pytest.fixture
def server(databases: Databases, tmp_path: Path) -> Iterator[Server]:
    with running_server(databases.get("sqlite", "serve").settings, tmp_path / "log") as started:
        yield started


@pytest.fixture(scope="module")
def sturdy(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that several tests wound; each leaves it whole, and the last one stops it."""
    database = databases.get("sqlite", "serve")
    with running_server(database.settings, tmp_path_factory.mktemp("sturdy") / "log", workers=2) as started:
        yield started


def test_the_server_answers_and_says_where_it_is(sturdy: Server) -> None:
    assert answers(sturdy)
    eventually(lambda: f"Kith is ready at {sturdy.url}" in sturdy.log)


def test_a_killed_web_server_is_started_again(sturdy: Server) -> None:
    first = child_with(sturdy, "granian")
    os.kill(first, signal.SIGKILL)
    eventually(lambda: child_with(sturdy, "granian") not in {0, first})
    eventually(lambda: answers(sturdy))
    assert "The web server ended (signal 9); it is being started again." in sturdy.log


def test_a_killed_outbox_worker_is_started_again_and_the_pages_never_notice(sturdy: Server) -> None:
    first = eventually(lambda: child_with(sturdy, "worker"))
    os.kill(first, signal.SIGKILL)
    eventually(lambda: child_with(sturdy, "worker") not in {0, first})
    eventually(lambda: answers(sturdy))


def test_told_to_stop_it_stops_with_all_its_children(sturdy: Server) -> None:
    """Also after what was done to it above: nobody from before is left behind."""
    stops_with_all_its_children(sturdy, signal.SIGTERM)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_the_other_words_for_stop_are_known_too(server: Server, how: signal.Signals) -> None:
    stops_with_all_its_children(server, how)


def stops_with_all_its_children(server: Server, how: signal.Signals) -> None:
    family = eventually(lambda: whole_family(server))
    server.process.send_signal(how)
    assert server.process.wait(20) == 0
    assert [pid for pid in family if alive(pid)] == []


def test_a_killed_supervisor_leaves_no_child_behind(databases: Databases, tmp_path: Path) -> None:
    with running_server(databases.get("sqlite", "serve").settings, tmp_path / "log", workers=1) as server:
        family = eventually(lambda: whole_family(server))
        server.process.kill()
        server.process.wait(5)
        eventually(lambda: not any(alive(pid) for pid in family))


def test_a_taken_port_is_refused_in_one_sentence() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        refused = run_serve(port)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} on 127.0.0.1 is already in use.")
    assert refused.stderr.count("\n") == 1


def test_a_port_that_is_no_port_is_refused_in_one_sentence() -> None:
    refused = run_serve(99_999)
    assert (refused.returncode, refused.stderr) == (1, "99999 is not a port number. Choose one from 1 to 65535.\n")


def test_unsafe_settings_are_refused_before_anything_starts() -> None:
    refused = run_serve(free_port(), KITH_ENV="production")
    assert refused.returncode == 1
    assert "KITH_SECRET_KEY" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_web_server_that_cannot_start_ends_the_supervisor(tmp_path: Path) -> None:
    broken = {"KITH_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "PYTHONPATH": str(tmp_path)}
    (tmp_path / "granian.py").write_text("raise SystemExit('granian is broken')")
    refused = run_serve(free_port(), **broken)
    assert refused.returncode == 1
    said = refused.stderr.splitlines()  # the worker beside it may have the last word
    assert "The web server stops as soon as it starts; what it said is above." in said
    assert said.index("granian is broken") < said.index("The web server stops as soon as it starts; what it said is above.")


def run_serve(port: int, **env: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KITH_")}
    return subprocess.run(
        [sys.executable, "-c", f"import sys; from app.serve import serve; sys.exit(serve({port}, '127.0.0.1'))"],
        cwd=ROOT, env={**inherited, **env}, capture_output=True, text=True, timeout=90, check=False,
    )


def answers(server: Server) -> bool:
    try:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return bool(direct.open(server.url + "/static/manifest.json", timeout=5).status == 200)
    except OSError:
        return False


def eventually(question: Callable[[], T], limit: float = 120.0) -> T:
    """Ask again until it is so: the one wait in these tests, for other processes that cannot be told to hurry."""
    give_up = time.monotonic() + limit
    while not (answer := question()):
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.02)
    return answer


def processes() -> dict[int, tuple[int, str]]:
    """Every process: its parent and its command line. The dead that wait for their parent are left out."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            state, parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if state != "Z":
            found[int(entry.name)] = (int(parent), command)
    return found


def descendants(pid: int) -> list[int]:
    table = processes()
    found = [child for child, (parent, _) in table.items() if parent == pid]
    return found + [deeper for child in found for deeper in descendants(child)]


def whole_family(server: Server) -> list[int]:
    """Granian, its workers and the outbox worker; empty until they are there."""
    found = descendants(server.process.pid)
    return found if len(found) >= 3 and child_with(server, "worker") else []


def child_with(server: Server, word: str) -> int:
    """The supervisor's own child whose command line has the word, or 0."""
    table = processes()
    return next((pid for pid, (parent, line) in table.items() if parent == server.process.pid and word in line), 0)


def alive(pid: int) -> bool:
    return pid in processes()

"""What every test may ask for: `app`, `client` (each on every database of --db), `databases`, a live server, a browser."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import ROOT
from tests.support.client import StrictClient
from tests.support.databases import Database, Databases, Kind

SHARED_DATA = ROOT.parent / "shared"
STRIPE_TEST_KEY = os.environ.get("STRIPE_TEST_KEY", "")
LOOPBACK = {"localhost", "127.0.0.1", "::1", "", None}

pytest_plugins = ["tests.support.live"]

# Bytecode is kept beside its source, also where the machine says otherwise: a process that a test starts would compile the whole of Kith
# again, and every worker of the next run would rewrite the assertions of every test.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db", choices=("sqlite", "postgresql", "both"), default="both",
        help="the databases that tests of `app` run on (default: both)",
    )


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        config.kith_run_dir = Path(config.workerinput["kith_run_dir"])  # type: ignore[attr-defined]
        config.kith_run_pid = config.workerinput["kith_run_pid"]  # type: ignore[attr-defined]
    else:
        config.kith_run_dir = Path(tempfile.mkdtemp(prefix="kith-tests-"))  # type: ignore[attr-defined]
        config.kith_run_pid = os.getpid()  # type: ignore[attr-defined]
    sys.addaudithook(_loopback_only)


def pytest_configure_node(node: Any) -> None:
    """The workers share the main process's folder, and with it the one PostgreSQL."""
    node.workerinput["kith_run_dir"] = str(node.config.kith_run_dir)
    node.workerinput["kith_run_pid"] = node.config.kith_run_pid


def pytest_unconfigure(config: pytest.Config) -> None:
    run_dir: Path | None = getattr(config, "kith_run_dir", None)
    if run_dir is None or hasattr(config, "workerinput"):
        return
    if os.environ.get("KITH_TEST_DATABASE_URL"):
        Databases(run_dir, os.getpid(), run_dir).remove_template()
    shutil.rmtree(run_dir, ignore_errors=True)


def _loopback_only(event: str, args: tuple[Any, ...]) -> None:
    """No test reaches further than this machine, but those of a Stripe sandbox when its key is given."""
    if STRIPE_TEST_KEY and event == "socket.getaddrinfo" and args[0] == "api.stripe.com":
        return
    if STRIPE_TEST_KEY and event == "socket.connect" and isinstance(args[1], tuple) and args[1][1] == 443:
        return
    if event == "socket.connect" and isinstance(args[1], tuple) and not str(args[1][0]).startswith(("127.", "::1", "localhost")):
        raise RuntimeError(f"a test tried to reach {args[1][0]}")
    if event == "socket.getaddrinfo" and args[0] not in LOOPBACK and not str(args[0]).startswith("127."):
        raise RuntimeError(f"a test tried to look up {args[0]}")


SLOW_FIXTURES = {"live", "new_page", "server", "sturdy"}  # a module that asks for one of these is begun first


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of the real data run where it lies beside the checkout, those of a Stripe sandbox where its key is given; elsewhere they are
    left out, and the end says so.

    Modules with a server or a browser come first, so that at the end both workers run out of quick tests at the same time.
    """
    slow = {item.path for item in items if SLOW_FIXTURES & set(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: item.path not in slow)
    marks = [mark for mark, is_here in (("shared_data", SHARED_DATA.is_dir()), ("stripe_sandbox", bool(STRIPE_TEST_KEY))) if not is_here]
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in marks)]
    if not left_out:
        return
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not SHARED_DATA.is_dir():
        terminalreporter.write_line("Tests marked shared_data did not run: there is no ../shared beside this checkout.")
    if not STRIPE_TEST_KEY:
        terminalreporter.write_line("Tests marked stripe_sandbox did not run: STRIPE_TEST_KEY is not set.")


def _kinds(config: pytest.Config) -> list[Kind]:
    chosen = config.getoption("--db")
    return ["sqlite", "postgresql"] if chosen == "both" else [chosen]


DRAWN = re.compile(
    r"test_(pages\w*|home|navigation|guards|exits|stale|people|childs_page|school_sight|endpoints)$"
    r"|(introductions|commissioning)\.test_moves$"
)
"""Modules whose tests look at pages, or walk tables of what is refused to whom. They stand on services and queries that are tested
on both databases by themselves; so each of these runs on one, by a fixed draw. With --db=postgresql (or sqlite) all run on that one."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds = _kinds(metafunc.config)
        if DRAWN.search(metafunc.module.__name__):
            kinds = [kinds[zlib.crc32(metafunc.function.__name__.encode()) % len(kinds)]]
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    own_dir = Path(tempfile.mkdtemp(prefix="worker-", dir=request.config.kith_run_dir))  # type: ignore[attr-defined]
    made = Databases(
        request.config.kith_run_dir, request.config.kith_run_pid, own_dir,  # type: ignore[attr-defined]
    )
    yield made
    made.close()


@pytest.fixture
def database(databases: Databases, database_kind: Kind) -> Database:
    """An empty database with the schema; the test runs once for each kind of --db."""
    chosen = databases.get(database_kind)
    chosen.fresh()
    return chosen


@pytest.fixture
def app(database: Database) -> Iterator[Flask]:
    """Kith on an empty database, inside an app context."""
    with database.app.app_context():
        yield database.app


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A browser without JavaScript that also reviews each page; see StrictClient."""
    return StrictClient(app)

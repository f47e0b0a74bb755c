"""`kith worker`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.accounts.models import Role
from app.accounts.services import people
from app.cli import kith
from app.notifications import cli, queries, services
from app.notifications.models import OutboxState
from app.shared.db import atomic, db
from config import ROOT
from tests import factories
from tests.support.databases import Database


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    if "worker" not in kith.commands:
        cli.register(kith)

    def command(*words: str) -> Result:
        result = CliRunner().invoke(kith, ("worker", *words), obj=app, prog_name="kith")
        db.session.rollback()
        return result

    return command


def promise(topic: str) -> None:
    with atomic():
        services.post(topic=topic, payload={}, dedupe=topic)


def invite_somebody() -> None:
    zone = factories.make_zone()
    manager = factories.make_person(Role.ZONE_MANAGER, zone)
    people.add_person(
        name="Sam", email="sam@example.org", phone="", zone_id=zone.id, role=Role.LINK_WORKER, scope=people.Scope(), actor=manager
    )


def test_once_handles_what_is_due_and_stops(run: Callable[..., Result]) -> None:
    invite_somebody()
    result = run("--once")
    assert (result.exit_code, result.stdout) == (0, "1 messages handled.\n")


def test_dead_lists_what_is_stuck_and_requeue_tries_it_again(run: Callable[..., Result]) -> None:
    assert run("--dead").stdout == "Nothing is stuck.\n"
    promise("nobody.handles")
    with atomic():
        db.session.execute(db.text("UPDATE outbox SET state = 'dead', attempts = 10, last_error = 'nobody handles it'"))
    listed = run("--dead").stdout
    assert "dead\tnobody.handles\t10 tries" in listed and "nobody handles it" in listed
    assert run("--requeue", listed.split("\t")[0]).exit_code == 0
    assert queries.count_messages() == {OutboxState.QUEUED: 1}
    assert run("--requeue", "all").stdout == "0 messages queued again.\n"


def test_requeue_of_nonsense_is_refused_with_a_sentence(run: Callable[..., Result]) -> None:
    result = run("--requeue", "x")
    assert result.exit_code == 1
    assert "is not the id of a message" in result.stderr


def test_a_worker_told_to_stop_stops_cleanly_after_working(app: Flask, database: Database) -> None:
    invite_somebody()
    settings = database.settings
    env = {name: value for name, value in os.environ.items() if not name.startswith("KITH_")}
    env |= {
        "KITH_ENV": "test", "KITH_SECRET_KEY": settings.secret_key, "KITH_DATABASE_URL": settings.database_url,
        "KITH_DATA_DIR": str(settings.data_dir), "KITH_SQLITE_SYNCHRONOUS": "OFF",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from app.cli import main; main()", "worker"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    )
    try:
        give_up = time.monotonic() + 30
        while queries.count_messages() != {OutboxState.DONE: 1}:
            db.session.rollback()
            assert process.poll() is None and time.monotonic() < give_up
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        _, said = process.communicate(timeout=30)
    assert "Traceback" not in said

"""What holds for every `kith` command: a sentence instead of a traceback when the ground is not there, and clean UTF-8 on standard output."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from app import create_app
from app.cli import KithGroup, all_commands
from app.extensions import db
from config import ROOT, Settings, SettingsRefused
from tests.support.databases import Database, settings_for


def run(app: Flask, *words: str) -> Result:
    return CliRunner().invoke(all_commands(), list(words), obj=app)


def of(folder: Path) -> Flask:
    return create_app(settings_for(f"sqlite:///{folder / 'kith.sqlite3'}", folder))


def says(result: Result) -> str:
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr


def test_a_command_without_its_database_says_how_to_set_one_up(tmp_path: Path) -> None:
    nowhere = of(tmp_path / "nowhere")
    for words in (("export", "catalogue"), ("check",), ("match", "--zone", "wl", "--all"), ("zone", "create", "wl", "--name", "WL")):
        assert "`kith db upgrade`" in says(run(nowhere, *words)), words


def test_an_empty_database_another_version_and_no_database_are_told_apart(tmp_path: Path) -> None:
    app = of(tmp_path)
    assert "is empty" in says(run(app, "export", "catalogue"))
    with sqlite3.connect(tmp_path / "kith.sqlite3") as connection:
        connection.executescript("CREATE TABLE alembic_version (version_num VARCHAR(32)); INSERT INTO alembic_version VALUES ('0001')")
    assert "another version of Kith (0001" in says(run(app, "export", "catalogue"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "kith.sqlite3").write_text("a letter, and no database " * 100)
    assert "not a database" in says(run(of(tmp_path / "other"), "export", "catalogue"))


def test_a_statement_that_is_wrong_is_no_fault_of_the_database(database: Database) -> None:
    @click.group(cls=KithGroup)
    def group() -> None: ...

    @group.command("wrong")
    def wrong() -> None:
        with database.app.app_context():
            db.session.execute(sa.text("SELECT nothing FROM nowhere"))

    assert isinstance(CliRunner().invoke(group, ["wrong"], obj=database.app).exception, sa.exc.DBAPIError)


@pytest.mark.parametrize("url", ["nonsense", "mysql://127.0.0.1/kith", "sqlite://", "/srv/kith.sqlite3"])
def test_what_is_no_address_of_a_database_is_refused_before_anything_starts(url: str) -> None:
    with pytest.raises(SettingsRefused, match="KITH_DATABASE_URL"):
        Settings.from_environment({"KITH_DATABASE_URL": url})


def test_output_is_utf_8_whatever_the_terminal_speaks_and_a_full_disk_is_a_sentence(database: Database) -> None:
    settings = database.settings
    env = {name: value for name, value in os.environ.items() if not name.startswith(("KITH_", "LC_", "LANG"))}
    env |= {
        "KITH_ENV": "test", "KITH_SECRET_KEY": settings.secret_key, "KITH_DATABASE_URL": settings.database_url, "KITH_DATA_DIR": str(settings.data_dir),
        "KITH_SQLITE_SYNCHRONOUS": "OFF", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0",
    }
    kith = [sys.executable, "-c", "from app.cli import main; main()"]
    made = subprocess.run([*kith, "zone", "create", "zoe", "--name", "Zoë 🙂"], cwd=ROOT, env=env, capture_output=True, check=False)
    assert (made.returncode, made.stdout.decode("utf-8"), made.stderr) == (0, "Zone zoe (Zoë 🙂) is open.\n", b"")
    with Path("/dev/full").open("wb") as full:
        refused = subprocess.run([*kith, "export", "catalogue"], cwd=ROOT, env=env, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (refused.returncode, refused.stderr) == (1, b"Standard output cannot be written: no space left on device.\n")

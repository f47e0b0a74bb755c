"""A backup brings back what was there, and one that was changed, cut off or is another's brings back nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from app.catalogue.files import PAPERS
from app.children.models import Voice
from app.cli import all_commands
from app.keeping import backups, sealed_files
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.support.databases import Database
from tests.support.postgres import _programs

KEY = "a backup key of more than thirty-two characters"
WORDS = "I want to see the sea"


@pytest.fixture
def sealed(app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, backup_key=KEY)
    monkeypatch.setenv("PATH", str(_programs() / "bin"), prepend=":")
    yield app
    app.config["SETTINGS"] = before


def test_a_backup_brings_everything_back_and_a_broken_one_nothing(sealed: Flask, tmp_path: Path) -> None:
    run, settings, path = CliRunner(), sealed.config["SETTINGS"], tmp_path / "kith.backup"
    child = factories.make_child(factories.make_school(factories.make_zone()))
    with atomic():
        child.voices[0].words = WORDS
    with PAPERS.kept(settings.data_dir, b"%PDF-1.7 a paper", "pdf") as name:
        pass
    made = run.invoke(all_commands(), ["backup", str(path)], obj=sealed)
    assert made.exit_code == 0, made.output
    whole = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    for canary in (WORDS.encode(), child.first_name.encode(), b"SQLite format", b"PGDMP", b"CREATE TABLE"):
        assert canary not in whole, canary
    assert run.invoke(all_commands(), ["backup", str(path)], obj=sealed).exit_code == 1, "no backup is written over"
    PAPERS.drop(settings.data_dir, name)
    factories.save(Voice(child_id=child.id, words="said after the backup", said_on=clock.today()))
    middle = len(whole) // 2
    for case, broken in {
        "one bit": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], "cut off": whole[:-1], "cut in half": whole[:middle],
        "more behind": whole + b"more", "something else": b"not a backup", "empty": b"",
    }.items():
        (tmp_path / "broken").write_bytes(broken)
        refused = run.invoke(all_commands(), ["restore", str(tmp_path / "broken"), "--replace"], obj=sealed)
        assert (refused.exit_code, db.session.scalar(sa.select(sa.func.count()).select_from(Voice))) == (1, 2), case
        db.session.rollback()
    assert run.invoke(all_commands(), ["restore", str(path)], obj=sealed).exit_code == 1, "the database here is not empty"
    db.session.rollback()
    made_from_it = settings.data_dir / "matching" / "zone"
    made_from_it.mkdir(parents=True)
    done = run.invoke(all_commands(), ["restore", str(path), "--replace"], obj=sealed)
    assert done.exit_code == 0, done.output
    assert not made_from_it.exists(), "what was made from the other database is made again"
    assert db.session.scalars(sa.select(Voice.words)).all() == [WORDS]
    assert PAPERS.read(settings.data_dir, name) == b"%PDF-1.7 a paper"
    assert not [left for left in settings.data_dir.glob("*") if left.name.startswith(("backup-", "restore-"))]
    PAPERS.drop(settings.data_dir, name)
    sealed.config["SETTINGS"] = replace(settings, backup_key="")
    assert run.invoke(all_commands(), ["backup", str(tmp_path / "none")], obj=sealed).exit_code == 1, "never without a key"
    assert not (tmp_path / "none").exists()


def test_parts_cannot_be_moved_left_out_or_taken_from_another_file() -> None:
    def sealed_of(size: int) -> bytes:
        target = io.BytesIO()
        sealer = sealed_files.Sealer(target, KEY)
        for _ in range(3):
            sealer.write(b"x" * size)
        sealer.finish()
        return target.getvalue()

    head, part = len(sealed_files.MAGIC) + sealed_files.SALT, sealed_files.PART + sealed_files.TAG
    for size in (0, 1, sealed_files.PART // 3, sealed_files.PART, sealed_files.PART + 5):
        assert sum(map(len, sealed_files.opened(io.BytesIO(sealed_of(size)), KEY))) == 3 * size, size
    one, other = sealed_of(sealed_files.PART), sealed_of(sealed_files.PART)
    first, second, third = (one[head + n * part : head + (n + 1) * part] for n in range(3))
    for case, broken in {
        "moved": one[:head] + second + first + third, "left out": one[:head] + first + third, "twice": one[:head] + first + first + second + third,
        "without the last": one[:head] + first + second, "of another": other[: head + part] + second + third,
    }.items():
        with pytest.raises(sealed_files.NotWhole):
            print(case, sum(map(len, sealed_files.opened(io.BytesIO(broken), KEY))))
    with pytest.raises(sealed_files.NotWhole):
        list(sealed_files.opened(io.BytesIO(one), KEY + "?"))
    assert backups.FOLDERS == ("papers", "photos")

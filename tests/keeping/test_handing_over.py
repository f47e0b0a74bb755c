"""A Zone handed over holds all that is its own, opened, and nothing of another Zone's."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from app.accounts.models import Zone
from app.audit.models import AuditEntry
from app.children.models import Voice
from app.cli import all_commands
from app.keeping import handing_over
from app.shared.db import Base, atomic, db
from tests import factories
from tests.insight.town import open_town


def test_a_zone_is_handed_over_whole_and_alone(app: Flask, tmp_path: Path) -> None:
    town = open_town()
    child, path = town.children[0], tmp_path / "zone.zip"
    stranger = factories.make_child(factories.make_school(factories.make_zone()), first_name="Nobodyhere")
    with atomic():
        child.voices[0].words = "=2+3 is what I said"
    slug = db.session.get_one(Zone, child.zone_id).slug
    done = CliRunner().invoke(all_commands(), ["hand-over", "--zone", slug, str(path)], obj=app)
    assert done.exit_code == 0, done.output
    db.session.rollback()
    with zipfile.ZipFile(path) as packed:
        tables = {name: list(csv.DictReader(io.TextIOWrapper(packed.open(name), "utf-8", newline=""))) for name in packed.namelist() if name.startswith("tables/")}
        contents = json.loads(packed.read("contents.json"))
        everything = b"".join(packed.read(name) for name in packed.namelist())
        assert len(json.loads(packed.read("children.json"))) == len(tables["tables/child.csv"])
    words = {row["words"] for row in tables["tables/voice.csv"]}
    assert any("2+3 is what I said" in one and not one.startswith("=") for one in words), "opened, and nothing that a spreadsheet would run"
    assert {row["child_id"] for row in tables["tables/posting.csv"] if row["child_id"]} == {str(child.id) for child in town.children}
    for theirs in (stranger.first_name, str(stranger.id), str(stranger.zone_id)):
        assert theirs.encode() not in everything, theirs
    assert b"argon2" not in everything
    assert contents["rows"]["voice"] == db.session.scalar(sa.select(sa.func.count()).select_from(Voice)) - 1
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.action == "keeping.zone.handed_over")) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    known = {table.name for table, _ in handing_over.scoped(child.zone_id)}
    for table in Base.metadata.sorted_tables:
        assert (table.name in known) is not (table.name in handing_over.LEFT_OUT), f"app/keeping/handing_over.py: {table.name}"

"""A Zone handed over holds all that is its own, opened, and nothing of another Zone's; from a page, only with a second person."""

from __future__ import annotations

import csv
import io
import json
import threading
import uuid
import zipfile
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from app.accounts.models import Person, Role, Zone
from app.audit.models import AuditEntry, Sight
from app.children.models import Child, ListeningNote, NoteKind, Voice
from app.cli import all_commands
from app.keeping import handing_over, queries, services
from app.keeping.models import HandOverState
from app.notifications import worker
from app.notifications.handlers import Job
from app.shared import clock
from app.shared.db import Base, atomic, db
from app.shared.errors import Forbidden, IllegalMove, Invalid, NotFound
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


def test_a_second_person_agrees_and_the_file_is_gone_in_three_days(app: Flask) -> None:
    zone, settings = factories.make_zone(), app.config["SETTINGS"]
    child, manager = factories.make_child(factories.make_school(zone)), factories.make_person(Role.ZONE_MANAGER, zone)
    zone_id, slug = zone.id, zone.slug
    with atomic():
        db.session.add_all([
            ListeningNote(child_id=child.id, kind=NoteKind.MOTIVATES, text="CANARY-NOTE", noted_on=clock.today()),
            ListeningNote(child_id=child.id, kind=NoteKind.BARRIER, text="SECRET-THERAPY", noted_on=clock.today(), is_private=True),
        ])
    ask = partial(services.ask, zone_id=zone_id, slug=slug, why="The trust in Leeds goes on with it", actor=manager)
    for wrong, refusal in (({"slug": "another"}, Invalid), ({"why": " "}, Invalid), ({"actor": factories.make_person(Role.LINK_WORKER, zone)}, Forbidden)):
        with pytest.raises(refusal):
            ask(**wrong)
    with pytest.raises(Invalid, match="Nobody else"):
        ask()
    lead = factories.make_person(Role.SAFEGUARDING_LEAD, zone)
    asked, ids = ask().id, (manager.id, lead.id)
    with pytest.raises(services.AlreadyAsked):
        ask()
    with pytest.raises(Forbidden):
        services.agree(hand_over_id=asked, actor=manager)
    with pytest.raises(NotFound):
        services.agree(hand_over_id=asked, actor=factories.make_person(Role.SAFEGUARDING_LEAD, factories.make_zone()))
    while worker.work_one():
        pass
    manager, lead = (db.session.get_one(Person, one) for one in ids)
    assert queries.get_hand_over(asked, lead).state is HandOverState.ASKED, "nothing is made before somebody agrees"
    services.agree(hand_over_id=asked, actor=lead)
    while worker.work_one():
        pass
    manager, lead = (db.session.get_one(Person, one) for one in ids)
    row = queries.get_hand_over(asked, manager)
    assert row.state is HandOverState.READY and row.file_name
    path = settings.data_dir / queries.FOLDER / row.file_name
    raw = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600 and not raw.startswith(b"PK") and b"tables/" not in raw, "it lies sealed"
    with pytest.raises(Forbidden):
        services.fetch(hand_over_id=asked, actor=lead, data_dir=settings.data_dir)
    fetched = services.fetch(hand_over_id=asked, actor=manager, data_dir=settings.data_dir)
    content = b"".join(fetched.parts)
    assert len(content) == fetched.size
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert b"CANARY-NOTE" in everything and b"SECRET-THERAPY" not in everything
    looked = set(db.session.scalars(sa.select(Sight.child_id).where(Sight.person_id == manager.id)))
    assert looked == set(db.session.scalars(sa.select(Child.id).where(Child.zone_id == zone_id))), "every child's record says it was handed over"
    with clock.freeze(clock.now() + services.TO_FETCH):
        with pytest.raises(services.NothingToFetch):
            services.fetch(hand_over_id=asked, actor=manager, data_dir=settings.data_dir)
        services.sweep(settings.data_dir)
    row = queries.get_hand_over(asked, manager)
    assert (row.state, row.secret, row.ended_why, path.exists()) == (HandOverState.ENDED, None, "its time was over", False)
    said = [action.rpartition(".")[2] for action in db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject_id == asked).order_by(AuditEntry.id))]
    assert said == ["asked", "agreed", "made", "fetched", "ended"]


def test_what_is_stopped_while_it_is_made_leaves_no_file(app: Flask) -> None:
    zone = factories.make_zone()
    manager, lead = factories.make_person(Role.ZONE_MANAGER, zone), factories.make_person(Role.SAFEGUARDING_LEAD, zone)
    folder = app.config["SETTINGS"].data_dir / queries.FOLDER
    asked = services.ask(zone_id=zone.id, slug=zone.slug, why="x", actor=manager).id
    services.agree(hand_over_id=asked, actor=lead)
    job = Job(uuid.uuid4(), services.TOPIC, {"hand_over_id": str(asked)}, 1)
    notes: list[int] = []

    def stop_it(what: str, done: int, total: int) -> None:
        if not notes:
            services.end(hand_over_id=asked, actor=lead, data_dir=folder.parent)
        notes.append(done)

    with pytest.raises(IllegalMove):
        services._make(asked, app.config["SETTINGS"], stop_it)  # the worker's part, with somebody stopping it at the first table
    assert notes and list(folder.iterdir()) == []
    services.make(job, app.config["SETTINGS"])  # the message comes again: nothing is made
    assert list(folder.iterdir()) == []
    (folder / "left-by-a-dead-worker.sealed").write_bytes(b"x")
    services.sweep(folder.parent)
    assert list(folder.iterdir()) == []


def test_a_file_that_is_ready_between_two_looks_of_the_sweep_stays(app: Flask) -> None:
    """On SQLite both looks are of one moment; on PostgreSQL the second sees what was committed after the first."""
    zone = factories.make_zone()
    manager, lead = factories.make_person(Role.ZONE_MANAGER, zone), factories.make_person(Role.SAFEGUARDING_LEAD, zone)
    asked = services.ask(zone_id=zone.id, slug=zone.slug, why="x", actor=manager).id
    services.agree(hand_over_id=asked, actor=lead)
    path = app.config["SETTINGS"].data_dir / queries.FOLDER / "made.sealed"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")

    def is_made() -> None:
        with app.app_context():
            services._keep(asked, path.name, "secret", 1, 1, 0)

    def before(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("SELECT EXISTS") and "hand_over" in statement and threading.current_thread() is threading.main_thread():
            made = threading.Thread(target=is_made)
            made.start()
            made.join(30)

    sa.event.listen(db.engine, "before_cursor_execute", before)
    try:
        services.sweep(path.parent.parent)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", before)
    assert (queries.get_hand_over(asked, lead).state, path.exists()) == (HandOverState.READY, True)

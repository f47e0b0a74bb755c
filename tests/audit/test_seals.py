"""What is in the trail stays as it was: the database refuses, and what is done behind its back is found and named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person, Role, Zone
from app.audit import queries, seals
from app.audit import services as audit
from app.audit.models import AuditEntry, Head, Seal, Sight
from app.insight import checks
from app.shared.append_only import append_only_undo_ddl, guards_of
from app.shared.db import atomic, db
from tests import factories
from tests.support.databases import Database

SECRET = "a secret that is not in the database"


@pytest.fixture
def person(app: Flask) -> Person:
    return with_a_trail()


def with_a_trail() -> Person:
    """Somebody who has done five things and looked at three children."""
    zone = factories.make_zone()
    person = factories.make_person(Role.LINK_WORKER, zone)
    with atomic():
        for n in range(5):
            audit.record("accounts.zone.changed", subject=zone, actor=person, number=n, share=0.5)
    audit.note_sights(person=person, child_ids=[factories.some_id() for _ in range(3)], what="child's page")
    return person


def behind_its_back(table: str, statement: str) -> None:
    """What somebody with the whole database could do: the triggers away, the change, the triggers back."""
    dialect = db.engine.dialect.name
    with atomic():
        for ddl in (*append_only_undo_ddl(table, dialect), statement, *guards_of(table, dialect)):
            db.session.execute(sa.text(ddl))


def test_the_database_refuses_to_change_or_take_away(person: Person, tmp_path: Path) -> None:
    seals.seal_all(secret=SECRET, head_file=tmp_path / "head")
    for model in (AuditEntry, Sight, Seal, Head):
        key = sa.inspect(model).primary_key[0]
        for statement in (sa.update(model).values({key.name: key + 1_000_000}), sa.delete(model)):
            with pytest.raises(sa.exc.DBAPIError), atomic():
                db.session.execute(statement)


def test_what_was_sealed_holds_and_more_is_sealed_later(person: Person, tmp_path: Path) -> None:
    head = tmp_path / "head"
    assert seals.seal_all(secret=SECRET, head_file=head) == 8
    assert seals.seal_all(secret=SECRET, head_file=head) == 0
    audit.note_sight(person=person, child_id=factories.some_id(), what="child's page")
    assert seals.broken(secret=SECRET, head_file=head) is None, "what is not sealed yet is no fault"
    assert seals.seal_all(secret=SECRET, head_file=head) == 1
    assert seals.broken(secret=SECRET, head_file=head) is None
    assert "not signed" in str(seals.broken(secret="another", head_file=head))
    lines = list(queries.export(part=2))
    assert [line["seal_number"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines[0]["action"] == "accounts.zone.changed"


def test_a_check_that_began_before_the_worker_sealed_raises_no_alarm(app: Flask, person: Person, tmp_path: Path) -> None:
    head = tmp_path / "head"
    assert seals.seal_all(secret=SECRET, head_file=head) == 8

    def worker() -> None:
        with app.app_context():
            zone = db.session.scalars(sa.select(Zone)).one()
            with atomic():
                audit.record("accounts.zone.changed", subject=zone, actor=None, number=6)
            assert seals.seal_all(secret=SECRET, head_file=head) == 1
            db.session.remove()

    with checks.one_moment():
        assert db.session.scalar(sa.select(sa.func.max(Seal.seq))) == 8
        with ThreadPoolExecutor(1) as meanwhile:
            meanwhile.submit(worker).result(30)
        assert db.session.scalar(sa.select(sa.func.max(Seal.seq))) == 8, "the check looks at its own moment"
        assert seals.broken(secret=SECRET, head_file=head) is None
    assert seals.broken(secret=SECRET, head_file=head) is None


FORGERIES: list[tuple[str, str, str]] = [
    ("audit_entry", "UPDATE audit_entry SET actor_name = 'Somebody else' WHERE id = 3", "line 3 of audit_entry was changed"),
    ("audit_entry", "UPDATE audit_entry SET details = '{\"number\": 9}' WHERE id = 2", "line 2 of audit_entry was changed"),
    ("audit_entry", "DELETE FROM audit_entry WHERE id = 4", "line 4 of audit_entry is gone"),
    ("sight", "UPDATE sight SET what = 'nothing' WHERE id = 2", "line 2 of sight was changed"),
    ("audit_seal", "DELETE FROM audit_seal WHERE seq = 5", "seal number 5 is gone"),
    ("audit_seal", "DELETE FROM audit_seal WHERE seq > 6", "does not end where its signed head says"),
]


def test_each_forgery_is_found_and_named(app: Flask, database: Database, tmp_path: Path) -> None:
    for n, (table, statement, said) in enumerate(FORGERIES):
        db.session.remove()
        database.fresh()
        with_a_trail()
        head = tmp_path / f"head-{n}"
        seals.seal_all(secret=SECRET, head_file=head)
        behind_its_back(table, statement)
        assert said in str(seals.broken(secret=SECRET, head_file=head)), statement


def test_an_end_that_was_cut_off_is_found_by_the_head_that_was_kept(person: Person, tmp_path: Path) -> None:
    head = tmp_path / "head"
    seals.seal_all(secret=SECRET, head_file=head)
    audit.note_sight(person=person, child_id=factories.some_id(), what="child's page")
    seals.seal_all(secret=SECRET, head_file=head)
    for table, statement in (
        ("sight", "DELETE FROM sight WHERE id = 4"), ("audit_seal", "DELETE FROM audit_seal WHERE seq = 9"), ("audit_head", "DELETE FROM audit_head WHERE seq = 9"),
    ):
        behind_its_back(table, statement)
    assert "no longer has what its head" in str(seals.broken(secret=SECRET, head_file=head))


def test_the_head_of_an_earlier_database_at_the_same_address_is_not_held_against_a_younger_one(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    head = tmp_path / "head"
    with_a_trail()
    seals.seal_all(secret=SECRET, head_file=head)
    db.session.remove()
    database.fresh()
    assert seals.broken(secret=SECRET, head_file=head) is None, "an empty one"
    with_a_trail()
    assert seals.broken(secret=SECRET, head_file=head) is None, "nothing is sealed yet"
    seals.seal_all(secret=SECRET, head_file=tmp_path / "another")
    assert seals.broken(secret=SECRET, head_file=head) is None, "its own chain"


def test_kith_check_asks(person: Person) -> None:
    assert any("sealed" in name for name, _ in checks.every_check())

"""What is sealed lies sealed in the database, keys are renewed while it is used, and no key goes that is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from app import load_models
from app.audit.services import record
from app.catalogue.files import PAPERS
from app.children.models import Carer, Child, ListeningNote, NoteKind, Voice
from app.cli import all_commands
from app.shared import clock, keyring, resealing, sealing
from app.shared.append_only import APPEND_ONLY_TABLES
from app.shared.db import Base, atomic, db
from app.shared.errors import Invalid
from app.shared.sealing import CannotOpen, Sealed, SealedBytes
from config import ROOT, Settings, SettingsRefused
from tests import factories

WORDS = "I like the purple drum"
OLD, NEW = "an old key of more than thirty-two characters", "a newer key of more than thirty-two characters"


@pytest.fixture
def own_keys(app: Flask) -> Iterator[Flask]:
    """Keys in a file, as in development, whatever the test does to them."""
    before = app.config["SETTINGS"]
    path = keyring.key_file(before).with_name("keys-of-a-test")
    app.config["SETTINGS"] = replace(before, data_keys_file=path)
    yield app
    app.config["SETTINGS"] = before
    path.unlink(missing_ok=True)


def a_child() -> Child:
    zone = factories.make_zone()
    child = factories.make_child(factories.make_school(zone), must_know=WORDS)
    with atomic():
        child.voices[0].words = WORDS
        child.carers[0].name, child.carers[0].email = "Adaeze Okafor", "adaeze@example.org"
    factories.save(ListeningNote(child_id=child.id, kind=NoteKind.MOTIVATES, text=WORDS, noted_on=clock.today(), is_private=True))
    return child


def raw_everything() -> str:
    """Every value of every table as the database has it."""
    found = []
    for table in Base.metadata.sorted_tables:
        found += [repr(tuple(row)) for row in db.session.execute(sa.text(f'SELECT * FROM "{table.name}"'))]
    return "\n".join(found)


def test_the_database_never_sees_what_is_sealed(app: Flask) -> None:
    child = a_child()
    raw = raw_everything()
    for words in (WORDS, "Adaeze", "900123", "adaeze@"):
        assert words not in raw, words
    db.session.expire_all()
    assert (child.must_know, child.voices[0].words, child.carers[0].phone) == (WORDS, WORDS, "07700 900123")
    assert (child.barriers, child.goals_text) == ("", ""), "nothing stays nothing, so that CHECKs may ask"
    with pytest.raises(TypeError):
        sa.select(Voice).where(Voice.words == WORDS)
    with pytest.raises(TypeError):
        sa.select(Carer).where(Carer.name.ilike("ada%"))


def test_a_value_opens_only_in_its_own_column_and_unchanged(app: Flask) -> None:
    child = a_child()
    sealed = db.session.execute(sa.text("SELECT words FROM voice")).scalar_one()
    for wrong in (sealed, sealed[:-6] + "AAAAA=", "never sealed", "~00000000.AAAA"):
        with atomic():
            db.session.execute(sa.text("UPDATE child SET barriers = :wrong"), {"wrong": wrong})
        with pytest.raises(CannotOpen):
            db.session.scalars(sa.select(Child.barriers).where(Child.id == child.id)).one()
        db.session.rollback()


def test_keys_are_renewed_in_parts_and_an_old_one_goes_only_when_nothing_needs_it(own_keys: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "AT_ONCE", 1)
    app, run = own_keys, CliRunner()
    child, settings = a_child(), own_keys.config["SETTINGS"]
    with PAPERS.kept(settings.data_dir, b"%PDF-1.7 a paper", "pdf") as name:
        pass
    path = PAPERS.path_of(settings.data_dir, name)
    assert b"PDF" not in path.read_bytes()
    [first] = [use for use in resealing.uses() if use.is_current]
    assert first.counts["voice.words"] == 1 and first.counts["carer.phone"] == 1 and first.counts["files in papers"] >= 1
    with clock.freeze(clock.now() - timedelta(hours=1)):
        keyring.add_to_file(settings, clock.now())
    assert resealing.uses()[0].values == 0
    with pytest.raises(Invalid):
        resealing.drop(first.name)
    with pytest.raises(InterruptedError):
        resealing.move_all(lambda place, number: _stop_at(number, 2))
    assert 0 < resealing.uses()[0].values < first.values, "what was moved before it was stopped stays moved"
    done = run.invoke(all_commands(), ["keys", "rotate"], obj=app)
    assert (done.exit_code, "moved to the key in use" in done.output) == (0, True), done.output
    db.session.rollback()  # the command had a session of its own
    assert [use.values for use in resealing.uses()][:2] == [first.values, 0]
    resealing.drop(first.name)
    db.session.expire_all()
    assert (child.voices[0].words, PAPERS.read(settings.data_dir, name)) == (WORDS, b"%PDF-1.7 a paper")
    assert resealing.missing() is None
    shown = run.invoke(all_commands(), ["keys"], obj=app).output
    assert "in use" in shown and "voice.words\t1" in shown
    keyring.key_file(settings).write_text(f"{NEW}\n")
    assert "sealed with the key" in (resealing.missing() or "")
    PAPERS.drop(settings.data_dir, name)


def _stop_at(number: int, most: int) -> None:
    if number >= most:
        raise InterruptedError


def test_what_is_saved_while_keys_are_renewed_is_kept(app: Flask) -> None:
    """Whoever saves between the reading and the writing of a part wins: the value read is not there any more."""
    a_child()
    [column] = [one for one in sealing.sealings(Base.metadata) if one.name == "voice.words"]
    table, value = resealing._raw(column)
    row = db.session.execute(sa.select(table)).one()
    with atomic():
        db.session.scalars(sa.select(Voice)).one().words = "I changed my mind"
    with atomic():
        assert resealing._move(column, table, value, row, keyring.ring(app.config["SETTINGS"])[0], resealing.Moved(stuck=[])) == 0
    assert db.session.scalars(sa.select(Voice.words)).one() == "I changed my mind"


def test_every_sealed_column_is_bound_to_itself_and_stands_in_the_docs() -> None:
    load_models()
    page = (ROOT / "docs" / "sealing.md").read_text()
    columns = {f"{column.table.name}.{column.name}": column.type for table in Base.metadata.sorted_tables for column in table.columns}
    kinds = {place: kind.place for place, kind in columns.items() if isinstance(kind, (Sealed, SealedBytes))}
    assert kinds == {place: place for place in kinds}
    for place in (*kinds, *sealing.ROW_BOUND):
        table, _, column = place.partition(".")
        assert re.search(rf"^\| `{table}` \|.*`{column}`", page, re.MULTILINE), f"docs/sealing.md does not name {place}"
    assert set(sealing.ROW_BOUND) <= set(columns)


def test_what_only_grows_lets_nothing_but_its_free_text_change(app: Flask) -> None:
    """On SQLite the guard names each column: one added later has to be added to it."""
    if db.engine.dialect.name == "sqlite":
        guards = dict(db.session.execute(sa.text("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_update'")).all())
        for name in APPEND_ONLY_TABLES:
            if "WHEN NOT" in guards[name]:
                missing = [column for column in (c.name for c in Base.metadata.tables[name].c) if f"NEW.{column} " not in guards[name] and f"NEW.{column})" not in guards[name]]
                assert not missing, f"{name}: {missing}"
    person = factories.make_person(None)
    with atomic():
        record("accounts.person.invited", subject=person, actor=None, reason="because")
    for change in ("action = 'nothing'", "reason = 'something else'", "details = '{\"more\": \"of it, and longer\"}'"):
        with pytest.raises(sa.exc.DBAPIError), atomic():
            db.session.execute(sa.text(f"UPDATE audit_entry SET {change}"))
    with atomic():
        db.session.execute(sa.text("UPDATE audit_entry SET reason = ''"))


def test_production_has_keys_of_its_own() -> None:
    env = {"KITH_ENV": "production", "KITH_SECRET_KEY": "x" * 40, "KITH_ALLOWED_HOSTS": "kith.example", "KITH_DATABASE_URL": "postgresql://x/y"}
    for given in ({}, {"KITH_DATA_KEYS": "short"}):
        with pytest.raises(SettingsRefused):
            Settings.from_environment({**env, **given})
    assert Settings.from_environment({**env, "KITH_DATA_KEYS": f"{NEW},{OLD}"}).data_keys == (NEW, OLD)

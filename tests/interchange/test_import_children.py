"""A list of children into a Zone."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.accounts.models import Person, Role, Zone
from app.audit.models import AuditEntry, Sight
from app.children.models import Child, Voice
from app.children.queries import visible_to
from app.interchange.exports import export_children
from app.interchange.reports import Report
from app.interchange.services import import_catalogue, import_children
from app.matching.queries import match_child
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.conftest import SHARED_DATA
from tests.interchange.samples import CATALOGUE, CHILD, child, children


def take(zone: Zone, content: bytes, **given: Any) -> Report:
    return import_children(zone_id=zone.id, content=content, actor=None, **given)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.wrong


def the_child(ref: str = "c1") -> Child:
    return db.session.scalars(sa.select(Child).where(Child.source_ref == ref)).one()


def words() -> list[str]:
    return sorted(db.session.scalars(sa.select(Voice.words)))


def test_children_come_in_without_a_school_and_the_zones_manager_sees_them(zone: Zone, manager: Person) -> None:
    report = take(zone, children(CHILD, child(id="c2")))
    assert counts(report) == (2, 0, 0, 0)
    assert any("2 new children without a school" in note for note in report.notes)
    mina = the_child()
    assert (mina.school_id, mina.max_cost_pence, mina.max_km, mina.sibling_ages) == (None, 250, 2.5, [4])
    assert len(db.session.scalars(sa.select(Child).where(visible_to(manager))).all()) == 2
    elsewhere = factories.make_zone()
    stranger = factories.make_person(Role.ZONE_MANAGER, elsewhere)
    assert not db.session.scalars(sa.select(Child).where(visible_to(stranger))).all()


def test_what_came_in_goes_out_as_identical_objects(zone: Zone) -> None:
    records = [CHILD, child(id="c10", own_words="", needs=[], constraints={"windows": []}), child(id="c9", lat=None, lon=None)]
    take(zone, children(*records))
    assert json.loads(export_children(zone_id=zone.id, actor=None)) == records


def test_a_child_is_matched_with_a_drop_in_whose_places_nobody_counts(zone: Zone) -> None:
    import_catalogue(zone_id=zone.id, content=CATALOGUE.encode(), actor=None)
    take(zone, children(child(age=12, constraints={"online_ok": True, "quiet_required": False, "sibling_ages": []})))
    matches = {match.offering.source_ref: match for match in match_child(the_child()).matches}
    assert matches["a5"].free is None


def test_the_same_file_twice_changes_nothing(zone: Zone) -> None:
    take(zone, children(CHILD))
    entries = db.session.scalar(sa.select(sa.func.count(AuditEntry.id)))
    assert counts(take(zone, children(CHILD))) == (0, 0, 1, 0)
    assert db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) == entries
    assert words() == [CHILD["own_words"]]


def test_a_wrong_child_stays_out_and_a_dry_run_says_the_same(zone: Zone) -> None:
    content = children(CHILD, child(id="c2", age=99))
    dry = take(zone, content, is_dry_run=True)
    assert db.session.scalar(sa.select(sa.func.count(Child.id))) == 0
    done = take(zone, content)
    assert counts(done) == (1, 0, 0, 1)
    assert {**dry.as_dict(), "dry_run": False} == done.as_dict()


def test_new_words_join_the_old_ones(zone: Zone) -> None:
    take(zone, children(CHILD))
    assert counts(take(zone, children(child(own_words="I made a box kite.")))) == (0, 1, 0, 0)
    assert words() == ["I build things that fall down and then I build them again.", "I made a box kite."]


def test_words_heard_in_kith_are_not_said_twice_by_the_next_file(zone: Zone) -> None:
    take(zone, children(CHILD))
    with atomic():
        db.session.add(Voice(child_id=the_child().id, words="I want to fly it on Sunday.", said_on=clock.today()))
    assert counts(take(zone, children(CHILD))) == (0, 0, 1, 0)
    assert counts(take(zone, children(child(town="Ealing")))) == (0, 1, 0, 0)
    assert len(words()) == 2


def test_what_was_edited_in_kith_stays(zone: Zone) -> None:
    take(zone, children(CHILD))
    with atomic():
        the_child().barriers = "Aunt collects at five now."
    report = take(zone, children(child(barriers="Aunt collects at half past six.", goals="Fly it.")))
    assert report.taken[0].kept == ("barriers",)
    assert (the_child().barriers, the_child().goals_text) == ("Aunt collects at five now.", "Fly it.")


def test_no_name_of_a_child_is_in_the_report_for_programs(zone: Zone) -> None:
    assert "Mina" not in json.dumps(take(zone, children(CHILD)).as_dict())


def test_an_export_is_written_down_for_each_child(zone: Zone, manager: Person) -> None:
    take(zone, children(CHILD, child(id="c2")))
    export_children(zone_id=zone.id, actor=manager)
    assert db.session.scalar(sa.select(sa.func.count(Sight.id)).where(Sight.person_id == manager.id)) == 2
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "interchange.children.exported")).one()
    assert (entry.actor_id, entry.zone_id, entry.details) == (manager.id, zone.id, {"children": 2})


@pytest.mark.shared_data
def test_the_formats_own_sample_goes_in_and_out_unchanged(zone: Zone) -> None:
    sample = (SHARED_DATA / "formats" / "children.json").read_bytes()
    take(zone, sample)
    assert json.loads(export_children(zone_id=zone.id, actor=None)) == json.loads(sample)

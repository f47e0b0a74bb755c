"""A catalogue file into a Zone: the right rows together, twice changes nothing, edits made here stay."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.accounts.models import Person, Zone
from app.audit.models import AuditEntry
from app.catalogue import availability
from app.catalogue.exchange import OPEN_TO_ALL
from app.catalogue.models import Cohort, Offering, OfferingKind, Organisation, OrganisationKind, Postcode
from app.catalogue.services.postcodes import PostcodePlace, save_postcodes
from app.interchange.exports import export_catalogue
from app.interchange.models import ImportedRecord
from app.interchange.problems import Unusable
from app.interchange.reports import Report
from app.interchange.services import import_catalogue
from app.shared.db import Row, atomic, db
from tests import factories
from tests.conftest import SHARED_DATA
from tests.interchange.samples import CATALOGUE, catalogue


def take(zone: Zone, content: bytes, **given: Any) -> Report:
    return import_catalogue(zone_id=zone.id, content=content, actor=None, **given)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.wrong


def offering(ref: str) -> Offering:
    return db.session.scalars(sa.select(Offering).where(Offering.source_ref == ref)).one()


def cohort(ref: str) -> Cohort:
    return db.session.scalars(sa.select(Cohort).join(Offering).where(Offering.source_ref == ref)).one()


def how_many(table: type[Row]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def edit(ref: str, **values: Any) -> None:
    with atomic():
        found = offering(ref)
        for name, value in values.items():
            setattr(found, name, value)


def test_offerings_come_in_with_their_organisations_and_places(zone: Zone) -> None:
    assert counts(take(zone, CATALOGUE.encode())) == (5, 0, 0, 0)
    kites = offering("a1")
    assert (kites.zone_id, kites.source, kites.kind, kites.organisation.name) == (zone.id, "import", OfferingKind.COMMISSIONED, "Windmill Yard")
    assert kites.organisation.kind is OrganisationKind.PARTNER
    assert offering("a2").organisation.kind is OrganisationKind.COMMUNITY
    assert (cohort("a1").capacity, cohort("a1").outside_places) == (12, 8)
    assert availability.free_places_of_offerings([kites.id]) == {kites.id: 4}


def test_a_drop_in_without_a_number_of_places_has_room_for_all(zone: Zone) -> None:
    take(zone, CATALOGUE.encode())
    assert cohort("a5").capacity == OPEN_TO_ALL
    assert availability.free_places_of_offerings([offering("a5").id])[offering("a5").id] > 0


def test_what_came_in_goes_out_byte_for_byte(zone: Zone) -> None:
    take(zone, CATALOGUE.encode())
    assert export_catalogue(zone.id) == CATALOGUE


def test_the_same_file_twice_changes_nothing(zone: Zone) -> None:
    take(zone, CATALOGUE.encode())
    before = {table: how_many(table) for table in (Offering, Organisation, Cohort, ImportedRecord)}
    versions = {o.source_ref: o.version for o in db.session.scalars(sa.select(Offering))}
    entries = db.session.scalar(sa.select(sa.func.count(AuditEntry.id)))
    assert counts(take(zone, CATALOGUE.encode())) == (0, 0, 5, 0)
    assert {table: how_many(table) for table in before} == before
    assert {o.source_ref: o.version for o in db.session.scalars(sa.select(Offering))} == versions
    assert db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) == entries


def test_what_was_exported_changes_nothing_when_it_comes_back(zone: Zone) -> None:
    take(zone, CATALOGUE.encode())
    assert counts(take(zone, export_catalogue(zone.id).encode())) == (0, 0, 5, 0)


def test_a_wrong_row_stays_out_and_the_others_come_in(zone: Zone) -> None:
    report = take(zone, catalogue({}, {"age_min": "young"}))
    assert counts(report) == (4, 0, 0, 1)
    assert report.problems[0].sentence == "Row 3, age_min: found “young”; allowed: a whole number from 0 to 25."
    assert db.session.scalars(sa.select(Offering.source_ref).order_by(Offering.source_ref)).all() == ["a1", "a3", "a4", "a5"]


def test_a_dry_run_reports_the_same_and_writes_nothing(zone: Zone) -> None:
    wrong = catalogue({}, {"age_min": "young"})
    dry = take(zone, wrong, is_dry_run=True)
    assert [how_many(t) for t in (Offering, Organisation, Cohort, ImportedRecord)] == [0, 0, 0, 0]
    done = take(zone, wrong)
    assert {**dry.as_dict(), "dry_run": False} == done.as_dict()


def test_a_file_that_cannot_be_used_changes_nothing(zone: Zone) -> None:
    with pytest.raises(Unusable):
        take(zone, b"nothing of use")
    assert how_many(Offering) == 0


def test_a_change_of_the_source_is_taken(zone: Zone) -> None:
    take(zone, CATALOGUE.encode())
    report = take(zone, catalogue({"title": "Kite builders", "cost_gbp": "2.50", "provider": "Windmill Yard Trust"}))
    assert counts(report) == (0, 1, 4, 0)
    assert set(report.taken[0].changed) == {"title", "cost_gbp", "provider"}
    assert (offering("a1").title, offering("a1").cost_pence, offering("a1").organisation.name) == ("Kite builders", 250, "Windmill Yard Trust")


def test_what_was_edited_in_kith_stays_and_is_said(zone: Zone) -> None:
    take(zone, CATALOGUE.encode())
    edit("a1", title="Kites, as we call it", description="Checked with the partner.")
    report = take(zone, catalogue({"title": "Kite builders", "cost_gbp": "2.50"}))
    assert report.taken[0].kept == ("title",)
    assert report.as_dict()["kept"] == [{"row": 2, "id": "a1", "fields": ["title"]}]
    kites = offering("a1")
    assert (kites.title, kites.description, kites.cost_pence) == ("Kites, as we call it", "Checked with the partner.", 250)


def test_a_column_that_the_file_lacks_leaves_known_offerings_alone(zone: Zone) -> None:
    take(zone, CATALOGUE.encode())
    report = take(zone, b"id,title,provider,kind,age_min,age_max,delivery\na2,Chess on Saturdays,Bridge Library,community_asset,6,18,venue\n")
    assert counts(report) == (0, 1, 0, 0)
    chess = offering("a2")
    assert (chess.title, chess.town, chess.languages, cohort("a2").capacity) == ("Chess on Saturdays", "Hanwell", ["en"], 30)
    assert any("4 offerings of this source are not in the file" in note for note in report.notes)


def test_sources_and_zones_are_apart(zone: Zone) -> None:
    other = factories.make_zone(slug="wigan")
    take(zone, CATALOGUE.encode())
    assert counts(take(zone, CATALOGUE.encode(), source="council")) == (5, 0, 0, 0)
    assert counts(take(other, CATALOGUE.encode())) == (5, 0, 0, 0)
    assert db.session.scalar(sa.select(sa.func.count(Organisation.id)).where(Organisation.zone_id == zone.id)) == 5
    ids = [line.partition(",")[0] for line in export_catalogue(zone.id).splitlines()[1:]]
    assert sorted(ids) == ["a1", "a2", "a3", "a4", "a5", *(f"council:a{n}" for n in range(1, 6))]


def test_an_organisation_of_that_name_is_the_same_one(zone: Zone) -> None:
    known = factories.make_organisation(zone, name="windmill  yard")
    take(zone, catalogue(rows=1))
    assert offering("a1").organisation_id == known.id


def test_places_follow_the_source_and_kiths_own_children_stay_counted(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    take(zone, CATALOGUE.encode())
    kites = cohort("a1").id
    monkeypatch.setattr(availability, "_counter", lambda ids: {kites: 3} if kites in ids else {})
    assert "a1,Kite makers" in export_catalogue(zone.id)
    assert counts(take(zone, CATALOGUE.encode())) == (0, 0, 5, 0)  # three of four places went to Kith's children: no edit
    assert counts(take(zone, catalogue({"capacity": "14", "places_left": "2"}))) == (0, 1, 4, 0)
    assert (cohort("a1").capacity, cohort("a1").outside_places) == (14, 9)
    assert availability.free_places([kites])[kites].free == 2


def test_a_capacity_below_the_places_of_kiths_children_is_refused_by_row(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    take(zone, CATALOGUE.encode())
    kites = cohort("a1").id
    monkeypatch.setattr(availability, "_counter", lambda ids: {kites: 3} if kites in ids else {})
    smaller = catalogue({"capacity": "2", "places_left": "0"}, {"title": "Chess!"})
    dry = take(zone, smaller, is_dry_run=True)
    report = take(zone, smaller)
    assert counts(report) == counts(dry) == (0, 1, 3, 1)
    assert [(p.row, p.column) for p in report.problems] == [(2, "capacity")]
    assert (cohort("a1").capacity, offering("a2").title) == (12, "Chess!")
    assert take(zone, smaller).wrong == 1  # what was refused is not remembered as taken


UNPLACED = {"lat": "", "lon": "", "postcode_area": "W3 7DD"}


def test_an_offering_without_coordinates_is_placed_by_its_postcode_and_marked(zone: Zone) -> None:
    save_postcodes([PostcodePlace("W3", 51.50, -0.27), PostcodePlace("W3 7", 51.51, -0.26)])
    take(zone, catalogue(UNPLACED, {**UNPLACED, "postcode_area": "W3"}))
    sector, outcode = offering("a1"), offering("a2")
    assert (sector.latitude, sector.longitude, sector.is_place_approximate) == (51.51, -0.26, True)
    assert (outcode.latitude, outcode.longitude, outcode.is_place_approximate) == (51.50, -0.27, True)
    assert not offering("a3").is_place_approximate
    assert ",W3 7DD,West London,,,venue," in export_catalogue(zone.id)  # not the source's word, so not said as such


def test_an_offering_that_cannot_be_placed_is_said_and_placed_when_the_table_has_come(zone: Zone) -> None:
    content = catalogue(UNPLACED)
    assert any("a1" in note for note in take(zone, content).notes)
    assert offering("a1").latitude is None
    save_postcodes([PostcodePlace("W3", 51.50, -0.27)])
    assert counts(take(zone, content)) == (0, 1, 4, 0)
    assert offering("a1").is_place_approximate
    assert counts(take(zone, content)) == (0, 0, 5, 0)


def test_the_sources_own_coordinates_replace_an_approximate_place(zone: Zone) -> None:
    save_postcodes([PostcodePlace("W3", 51.50, -0.27)])
    take(zone, catalogue(UNPLACED))
    take(zone, catalogue({"postcode_area": "W3 7DD"}))
    assert (offering("a1").latitude, offering("a1").is_place_approximate) == (51.5101, False)


def test_a_table_of_postcodes_twice_changes_nothing(zone: Zone) -> None:
    rows = [PostcodePlace("W3", 51.50, -0.27, "Acton"), PostcodePlace("W3 7", 51.51, -0.26)]
    assert save_postcodes(rows, is_dry_run=True).created == 2
    assert how_many(Postcode) == 0
    assert save_postcodes(rows).created == 2
    assert save_postcodes(rows).unchanged == 2
    assert save_postcodes([PostcodePlace("W3", 51.55, -0.27, "Acton")]).updated == 1


def test_the_trail_says_who_brought_what(zone: Zone, manager: Person) -> None:
    import_catalogue(zone_id=zone.id, content=CATALOGUE.encode(), actor=manager)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "catalogue.import.finished")).one()
    assert (entry.actor_id, entry.zone_id, entry.details["created"], entry.details["source"]) == (manager.id, zone.id, 5, "import")


@pytest.mark.shared_data
def test_the_formats_own_sample_goes_in_and_out_unchanged(zone: Zone) -> None:
    sample = (SHARED_DATA / "formats" / "catalogue.csv").read_bytes()
    assert take(zone, sample).created == 6
    assert export_catalogue(zone.id).encode() == sample.replace(b"\r\n", b"\n")

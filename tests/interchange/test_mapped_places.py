"""School years, who may come, places with what is said of them, and contacts come in through a mapping where a file has them."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role
from app.catalogue.models import Contact, Offering, PlaceFoundBy, Site
from app.catalogue.services.offerings import OfferingFacts, edit_offering
from app.catalogue.services.sites import SiteFacts, edit_site
from app.interchange import understanding
from app.interchange.mapping import ColumnMapping, Rule
from app.interchange.reports import Report
from app.interchange.services import import_mapped
from app.interchange.services.mapped import guess_mapping
from app.interchange.sheets import read_sheets
from app.shared.db import db
from tests import factories as make
from tests.interchange.tables import FULL, OUTPOST, as_csv


def mapping_of(content: bytes) -> ColumnMapping:
    guessed = guess_mapping(read_sheets([("clubs.csv", content)]))
    return ColumnMapping({**guessed.rules, "kind": Rule(("What kind",)), "delivery": Rule(constant="venue")}, None, guessed.sheets, guessed.preset)


def bring(zone_id: object, rows: list[list[str]] = FULL) -> Report:
    content = as_csv(rows)
    return import_mapped(zone_id=zone_id, files=[("full.csv", content)], mapping=mapping_of(content), source="full", actor=None)  # type: ignore[arg-type]


def said(row: int, column: str, to: str) -> list[list[str]]:
    rows = [list(cells) for cells in FULL]
    rows[row][FULL[0].index(column)] = to
    return rows


def offering(ref: str) -> Offering:
    return db.session.scalars(sa.select(Offering).where(Offering.source_ref == ref)).unique().one()


def test_school_years_are_understood_only_where_they_are_certain() -> None:
    for text, years in {
        "Year 7": (7, 7), "Years 5 and 6": (5, 6), "Y7-Y9": (7, 9), "Reception to Year 2": (0, 2), "nursery": (-1, -1), "KS2": (3, 6), "KS3-KS4": (7, 11),
        "Yr 3, Yr 5": (3, 5), "Primary": (0, 6), "7-9": (7, 9), "Year 14": None, "Year 9 to 7": None, "big ones": None, "": None, "Year": None,
    }.items():
        assert understanding.school_years(text) == years, text


def test_what_a_file_knows_beyond_the_format_comes_in_and_twice_is_once(app: Flask) -> None:
    zone = make.make_zone()
    report = bring(zone.id)
    assert (report.created, report.wrong) == (3, 0), report.problems
    assert any("big ones" in note for note in report.notes)
    kite, loft, swim = offering("f1"), offering("f2"), offering("f3")
    assert (kite.year_min, kite.year_max, loft.year_min, loft.year_max, swim.year_min) == (3, 6, 7, 9, None)
    assert (kite.eligibility, swim.how_to_get_there) == ("Live in the ward.", "By bus.")
    site = db.session.scalars(sa.select(Site)).one()
    assert (site.name, site.address, site.access_note, site.how_to_get_there) == ("Long Barn", "1 Street", "A ramp at the back.", "Past the pond.")
    assert kite.site_id == loft.site_id == site.id and swim.site_id is None
    assert [(c.name, c.email) for c in db.session.scalars(sa.select(Contact))] == [("Bo Reed", "bo@windmill.example.org")]
    assert kite.organisation.contact_name == "Ada Fox"
    again = bring(zone.id)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Site)) == 1


def test_an_imported_place_follows_its_source_until_somebody_moves_the_pin(app: Flask) -> None:
    zone = make.make_zone()
    manager = make.make_person(Role.ZONE_MANAGER, zone)
    bring(zone.id)
    assert bring(zone.id, said(1, "Latitude", "51.52")).updated >= 1
    site = db.session.scalars(sa.select(Site)).one()
    assert (site.latitude, offering("f2").latitude, offering("f1").latitude) == (51.52, 51.52, 51.52)
    facts = {name: getattr(site, name) for name in SiteFacts.__dataclass_fields__}
    edit_site(site_id=site.id, facts=SiteFacts(**{**facts, "latitude": 51.6, "place_found_by": PlaceFoundBy.PIN}), actor=manager)
    bring(zone.id, said(1, "Latitude", "51.53"))
    assert offering("f1").latitude == db.session.scalars(sa.select(Site.latitude)).one() == 51.6


def test_years_and_eligibility_edited_in_kith_stay(app: Flask) -> None:
    zone = make.make_zone()
    manager = make.make_person(Role.ZONE_MANAGER, zone)
    bring(zone.id)
    kite = offering("f1")
    facts = {name: getattr(kite, name) for name in OfferingFacts.__dataclass_fields__}
    edit_offering(
        offering_id=kite.id, facts=OfferingFacts(**{**facts, "year_max": 5, "eligibility": "Ring first.", "site_id": None}), version=kite.version, actor=manager,
    )
    changed = said(1, "Year groups", "Years 2 to 6")
    changed[1][FULL[0].index("Eligibility")] = "Anybody."
    report = bring(zone.id, changed)
    kite = offering("f1")
    assert (kite.year_min, kite.year_max, kite.eligibility, kite.site_id) == (3, 5, "Ring first.", None)
    assert {"school years", "eligibility"} <= {name for taken in report.taken for name in taken.kept}


def test_the_outpost_template_brings_the_place_by_its_name(app: Flask) -> None:
    zone = make.make_zone()
    files = [("services.csv", OUTPOST)]
    import_mapped(zone_id=zone.id, files=files, mapping=guess_mapping(read_sheets(files)), source="outpost", actor=None)
    drums = offering("1")
    assert drums.site is not None and (drums.site.name, drums.site.address, drums.site.is_step_free) == ("Hall", "1 Street", True)

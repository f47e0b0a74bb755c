"""Files of other looks come in through a mapping by the same rules as Kith's own: nothing checked here is overwritten, nothing is deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person, Zone
from app.audit.models import AuditEntry
from app.catalogue.models import Offering, OfferingKind, PlaceFoundBy, Postcode
from app.catalogue.services.offerings import confirm_offering
from app.interchange import queries
from app.interchange.joins import sheets_print
from app.interchange.mapping import ColumnMapping, Rule
from app.interchange.models import DraftStage, ImportDraft
from app.interchange.problems import Unusable
from app.interchange.reports import Report
from app.interchange.services import draft_work, drafts, import_catalogue, import_mapped, import_postcodes
from app.interchange.services.mapped import choose_mapping, guess_mapping, save_mapping
from app.interchange.sheets import read_sheets
from app.notifications import worker
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound
from tests.conftest import SHARED_DATA
from tests.interchange.samples import CATALOGUE, catalogue
from tests.interchange.tables import CLUBS, OUTPOST, as_csv, as_workbook, as_zip, council

CLUB_RULES = {"kind": Rule(("What kind",)), "delivery": Rule(constant="venue"), "gender": Rule(("Who for",), values={"all": "any"})}


def mapping_of(content: bytes) -> ColumnMapping:
    guessed = guess_mapping(read_sheets([("clubs.csv", content)]))
    return replace(guessed, rules={**guessed.rules, **CLUB_RULES})


def bring(zone: Zone, rows: list[list[str]] = CLUBS, **given: Any) -> Report:
    content = as_csv(rows)
    mapping = given.pop("mapping", None) or mapping_of(content)
    return import_mapped(zone_id=zone.id, files=[("clubs.csv", content)], mapping=mapping, source="clubs", actor=None, **given)


def offering(ref: str) -> Offering:
    return db.session.scalars(sa.select(Offering).where(Offering.source_ref == ref)).unique().one()


def changed(row: int, column: str, to: str) -> list[list[str]]:
    rows = [list(cells) for cells in CLUBS]
    rows[row][CLUBS[0].index(column)] = to
    return rows


def entries() -> int:
    return db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) or 0


def test_right_rows_come_in_wrong_ones_are_said_by_their_own_column(zone: Zone) -> None:
    report = bring(zone)
    assert (report.created, report.wrong) == (3, 1)
    assert {(p.row, p.column.partition(" (as")[0]) for p in report.problems} == {(5, "Age range"), (5, "Wheelchair access"), (5, "Cost")}
    kites, swim, story = offering("k1"), offering("k2"), offering("k3")
    assert (kites.kind, kites.age_min, kites.age_max, kites.cost_pence) == (OfferingKind.COMMUNITY_ASSET, 7, 12, 0)
    assert (swim.gender.value, swim.postcode, swim.postcode_area, swim.cost_pence) == ("girls", "W5 2AA", "W5", 350)
    assert (story.slots, story.description) == ([], "Picture books.\n\nWhen: Ring for times")
    assert kites.organisation.email == "hello@windmill.example.org"


def test_a_dry_run_says_the_same_and_writes_nothing(zone: Zone) -> None:
    dry = bring(zone, is_dry_run=True)
    assert db.session.scalar(sa.select(sa.func.count(Offering.id))) == 0
    assert (dry.created, dry.wrong, dry.problems) == ((real := bring(zone)).created, real.wrong, real.problems)


def test_the_same_file_again_changes_nothing_not_even_the_trail(zone: Zone) -> None:
    bring(zone)
    before = entries()
    assert (again := bring(zone)).unchanged == 3
    assert again.to_write == 0
    assert entries() == before


def test_what_was_checked_here_stays_whatever_the_source_says(zone: Zone, manager: Person) -> None:
    bring(zone)
    with clock.freeze(clock.now() + timedelta(days=3)):
        confirm_offering(offering_id=offering("k1").id, actor=manager)
        on = clock.today()
    with atomic():
        kites = offering("k1")
        kites.latitude, kites.longitude, kites.place_found_by, kites.is_place_approximate = 51.5, -0.2, PlaceFoundBy.PIN, False
        kites.title = "Kites and string"
    with clock.freeze(clock.now() + timedelta(days=9)):
        rows = changed(1, "Post Code", "W12 8AA")
        rows[1][1], rows[1][3] = "Kites for all", "New words."
        rows = [[*row, extra] for row, extra in zip(rows, ("Lat", "51.9", "51.8", "51.7", "51.6"), strict=True)]
        rows = [[*row, extra] for row, extra in zip(rows, ("Lng", "-0.9", "-0.8", "-0.7", "-0.6"), strict=True)]
        report = bring(zone, rows)
    kites = offering("k1")
    assert (kites.title, kites.description) == ("Kites and string", "New words.")
    assert (kites.latitude, kites.longitude, kites.place_found_by) == (51.5, -0.2, PlaceFoundBy.PIN)
    assert (kites.confirmed_on, kites.confirmed_by_id) == (on, manager.id)
    assert [taken.kept for taken in report.taken if taken.ref == "k1"] == [("title",)]
    assert (offering("k2").latitude, offering("k2").place_found_by) == (51.8, PlaceFoundBy.SOURCE)


def test_what_the_source_no_longer_has_is_not_seen_and_never_deleted(zone: Zone) -> None:
    bring(zone)
    version = offering("k1").version
    without = [CLUBS[0], *CLUBS[2:]]
    assert any("will be marked" in note for note in bring(zone, without, is_dry_run=True).notes)
    assert offering("k1").not_seen_since_on is None
    bring(zone, without)
    assert offering("k1").not_seen_since_on == clock.today()
    assert offering("k1").version == version
    assert [one.source_ref for one in queries.list_not_seen([zone.id])] == ["k1"]
    with clock.freeze(clock.now() + timedelta(days=7)):
        bring(zone, without)
        assert offering("k1").not_seen_since_on < clock.today()  # type: ignore[operator]
    bring(zone, changed(1, "Age range", "quite old"))  # wrong, but there
    assert offering("k1").not_seen_since_on is None
    import_catalogue(zone_id=zone.id, content=CATALOGUE.encode(), actor=None)  # another source
    assert not queries.list_not_seen([zone.id])
    import_catalogue(zone_id=zone.id, content=catalogue(rows=3) + b'"broken\n', actor=None)
    assert not queries.list_not_seen([zone.id])  # an unreadable row may be any of them
    import_catalogue(zone_id=zone.id, content=catalogue(rows=3), actor=None)
    assert [one.source_ref for one in queries.list_not_seen([zone.id])] == ["a4", "a5"] or len(queries.list_not_seen([zone.id])) == 2


def test_three_files_of_a_council_are_joined_and_rows_without_partner_named(zone: Zone) -> None:
    for files in (council(), [("all.zip", as_zip(dict(council())))]):
        report = import_mapped(
            zone_id=zone.id, files=files, mapping=guess_mapping(read_sheets(files)), source="council", is_dry_run=files != council(), actor=None
        )
        assert report.wrong == 1
        assert [note.partition(":")[0] for note in report.notes[:3]] == ["providers", "services", "sessions"]
        assert all(lost in " ".join(report.notes) for lost in ("“P9”", "“P7”", "“S8”"))
    kites = offering("S1")
    assert [(slot["day"], slot["start"]) for slot in kites.slots] == [("Tue", "16:00"), ("Thu", "16:00")]
    assert (kites.organisation.name, kites.organisation.phone, kites.postcode) == ("Windmill Yard", "020 7946 0018", "W3 7DD")


def test_the_outpost_template_brings_what_is_public_and_nothing_else(zone: Zone) -> None:
    files = [("services.csv", OUTPOST)]
    report = import_mapped(zone_id=zone.id, files=files, mapping=choose_mapping(zone.id, files, None), source="outpost", actor=None)
    assert (report.created, report.wrong) == (2, 0)
    drums, refuge = offering("1"), offering("5")
    assert [slot["day"] for slot in drums.slots] == ["Mon", "Sat"]
    assert (drums.organisation.contact_name, drums.organisation.email) == ("Ada", "ada@example.org")
    assert (refuge.latitude, refuge.postcode, refuge.postcode_area, refuge.organisation.address) == (None, "", "W3", "")
    assert all(said in " ".join(report.notes) for said in ("not visible in Outpost: 4", "“99”"))


def test_a_mapping_is_kept_by_name_and_found_by_the_look_of_a_file(zone: Zone, manager: Person) -> None:
    content = as_csv(CLUBS)
    look = sheets_print(read_sheets([("x.csv", content)]))
    kept = save_mapping(zone_id=zone.id, name="  Club   list ", mapping=mapping_of(content), header_print=look, actor=manager)
    assert kept.name == "Club list"
    shuffled = [list(reversed(row)) for row in CLUBS]
    for files, name in (([("next.xlsx", as_workbook(shuffled))], None), ([("x.csv", content)], "club LIST")):
        assert choose_mapping(zone.id, files, name).as_dict() == mapping_of(content).as_dict()
    with pytest.raises(NotFound, match="There are: Club list, outpost"):
        choose_mapping(zone.id, [("x.csv", content)], "Clubs")
    with pytest.raises(Unusable, match="No mapping knows"):
        choose_mapping(zone.id, [("x.csv", as_csv([["A", "B"], ["1", "2"]]))], None)
    with pytest.raises(Unusable, match="Cost"):
        bring(zone, [row[:6] + row[7:] for row in CLUBS], mapping=mapping_of(content))
    with pytest.raises(Invalid, match="Kind"):
        bring(zone, mapping=guess_mapping(read_sheets([("x.csv", content)])))


def test_columns_are_joined_split_and_said_anew(zone: Zone) -> None:
    rows = [["No", "Name", "Who", "Where", "Sex", "Mon", "Tuesday", "Wednesday", "Thursday"],
            ["1", "Kites", "Ada", "51.51, -0.26", "lasses", "", "4pm-5pm", "Closed", "5pm-6pm"]]
    rules = {
        "id": Rule(("No", "Name"), join="-"), "title": Rule(("Name",)), "provider": Rule(("Who",)), "kind": Rule(constant="community_asset"),
        "delivery": Rule(constant="venue"), "age_min": Rule(constant="5"), "age_max": Rule(constant="11"), "lat": Rule(("Where",), split=",", part=1),
        "lon": Rule(("Where",), split=",", part=-1), "gender": Rule(("Sex",), values={"lasses": "girls"}),
        "sessions": Rule(("Tuesday", "Wednesday", "Thursday"), is_titled=True), "term": Rule(constant="holiday"),
    }
    bring(zone, rows, mapping=ColumnMapping(rules))
    kites = offering("1-Kites")
    assert (kites.latitude, kites.longitude, kites.gender.value) == (51.51, -0.26, "girls")
    assert [(slot["day"], slot["season"]) for slot in kites.slots] == [("Tue", "holiday"), ("Thu", "holiday")]


def test_a_long_import_outlives_the_worker_that_dies(zone: Zone, manager: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "SHORT", 2)
    draft_id = drafts.keep_table(zone_id=zone.id, source="clubs", files=[("clubs.csv", as_csv(CLUBS))], actor=manager).id
    drafts.set_mapping(draft_id=draft_id, mapping=mapping_of(as_csv(CLUBS)), actor=manager)
    assert drafts.look_through(draft_id=draft_id, name="Clubs", source="clubs", actor=manager).stage is DraftStage.LOOKING
    with pytest.raises(drafts.BeingWorkedOn):
        drafts.use_draft(draft_id=draft_id, actor=manager)
    manager_id = manager.id
    assert worker.claim(str(uuid4())) is not None  # and then it is killed
    assert worker.run(once=True) == 0
    with clock.freeze(clock.now() + timedelta(minutes=2)):
        worker.run(once=True)
        assert db.session.get_one(ImportDraft, draft_id).stage is DraftStage.READY
        manager = db.session.get_one(Person, manager_id)
        drafts.use_draft(draft_id=draft_id, actor=manager)
        job = worker.claim(str(uuid4()))
        assert job is not None
        draft_work.run_draft(job)  # done, but killed before it could say so
        before = entries()
    with clock.freeze(clock.now() + timedelta(minutes=5)):
        worker.run(once=True)
    assert entries() == before
    assert (db.session.get_one(ImportDraft, draft_id).stage, db.session.scalar(sa.select(sa.func.count(Offering.id)))) == (DraftStage.USED, 3)


def test_a_file_that_cannot_be_imported_goes_back_to_its_owner_with_the_reason(zone: Zone, manager: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "SHORT", 2)
    draft = drafts.keep_draft(zone_id=zone.id, kind=drafts.ImportKind.CATALOGUE, source="x", file_name="x.csv", content=b"a,b\n1,2\n3,4\n", actor=manager)
    assert draft.stage is DraftStage.LOOKING
    draft_id = draft.id
    worker.run(once=True)
    draft = db.session.get_one(ImportDraft, draft_id)
    assert draft.stage is DraftStage.READY
    assert "no column" in draft.trouble


def test_postcodes_of_a_folder_give_sectors_and_outcodes_too(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "Doc").mkdir()
    (tmp_path / "Doc" / "Code-Point_Open_Column_Headers.csv").write_text("PC,PQ,EA,NO\n")
    (tmp_path / "w.csv").write_text('"W3 7DD",10,520000,180000,"E92"\n"W3 7DE",10,520200,180000,"E92"\n')
    (tmp_path / "wn.csv").write_text('"WN1 1AA",10,358000,405000,"E92"\n')
    report = import_postcodes(tmp_path)
    assert (report.created, report.wrong) == (3, 0)
    known = {row.code: (row.latitude, row.longitude) for row in db.session.scalars(sa.select(Postcode))}
    assert set(known) == {"W3 7DD", "W3 7DE", "WN1 1AA", "W3 7", "W3", "WN1 1", "WN1"}
    assert known["W3"][0] == pytest.approx((known["W3 7DD"][0] + known["W3 7DE"][0]) / 2, abs=1e-6)
    assert import_postcodes(tmp_path).unchanged == 3
    told = import_postcodes(["outcode,lat,long\n", "W3,51.6,-0.3\n"])
    assert told.updated == 1
    import_postcodes(tmp_path)
    db.session.expire_all()
    assert db.session.scalars(sa.select(Postcode.latitude).where(Postcode.code == "W3")).one() == 51.6
    gone = ["pcds,doterm,lat,long\n", "W3 7DF,201501,51.5,-0.2\n", "W3 7DG,,51.5,-0.2\n"]
    assert (import_postcodes(gone).created, import_postcodes(gone, with_ended=True).created) == (1, 1)


def test_without_a_full_postcode_the_place_is_about(zone: Zone, app: Flask) -> None:
    import_postcodes(["postcode,lat,long\n", "W3 7DD,51.51,-0.26\n", "W5 2,51.52,-0.3\n", "W7,51.50,-0.34\n"])
    bring(zone)
    places = {ref: (offering(ref).place_found_by, offering(ref).is_place_approximate) for ref in ("k1", "k2", "k3")}
    assert places == {"k1": (PlaceFoundBy.POSTCODE, True), "k2": (PlaceFoundBy.SECTOR, True), "k3": (PlaceFoundBy.OUTCODE, True)}


@pytest.mark.shared_data
def test_the_outpost_template_itself_and_the_small_tables_of_postcodes_are_understood(zone: Zone) -> None:
    file = SHARED_DATA / "standards" / "outpost-csv" / "services--with-sample-data.csv"
    files = [(file.name, file.read_bytes())]
    mapping = choose_mapping(zone.id, files, None)
    assert mapping.preset == "outpost"
    report = import_mapped(zone_id=zone.id, files=files, mapping=mapping, source="outpost", actor=None)
    assert (report.created, report.wrong) == (1, 0)  # the first of the two is not visible
    assert offering("8").accessibility == ["accessible-toilet", "bsl-interpreter", "step-free"]
    for name, least in (("uk_outcodes.csv", 2_800), ("london_postcode_sectors_centroids.csv", 1_200)):
        done = import_postcodes(SHARED_DATA / "data" / "postcodes" / name)
        assert done.created > least

"""`kith import` and `kith export`: exit status, clean output, sentences."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from app.accounts.models import Zone
from app.catalogue.models import Offering, Organisation, OrganisationKind, Postcode
from app.cli import KithGroup
from app.interchange import cli
from app.interchange.joins import sheets_print
from app.interchange.mapping import Rule
from app.interchange.services.mapped import guess_mapping, save_mapping
from app.interchange.sheets import read_sheets
from app.shared.db import db
from tests import factories
from tests.conftest import SHARED_DATA
from tests.interchange.samples import CATALOGUE, CHILD, catalogue, children
from tests.interchange.tables import CLUBS, as_workbook
from tests.interchange.test_libraries import library, listed

Kith = Callable[..., Result]


@pytest.fixture
def kith(app: Flask) -> Kith:
    """Runs the command on the test's own database."""

    @click.group(cls=KithGroup)
    def group() -> None: ...

    cli.register(group)

    def run(*words: object) -> Result:
        db.session.rollback()
        result = CliRunner().invoke(group, [str(word) for word in words], obj=app)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "catalogue.csv").write_text(CATALOGUE)
    (tmp_path / "children.json").write_bytes(children(CHILD))
    (tmp_path / "postcodes.csv").write_text("postcode,latitude,longitude\nEM1,51.4,-0.3\nEM2 1,51.5,-0.2\nnowhere,1,2\n")
    return tmp_path


def test_wrong_rows_are_in_the_report_and_the_status_is_still_0(kith: Kith, zone: Zone, files: Path) -> None:
    (files / "wrong.csv").write_bytes(catalogue({"age_min": "young"}))
    done = kith("import", "catalogue", files / "wrong.csv", "--zone", zone.slug)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "Catalogue: 4 created, 0 updated, 0 unchanged, 1 wrong.",
        "Row 2, age_min: found “young”; allowed: a whole number from 0 to 25.",
    ]
    assert done.stderr == ""


def test_a_dry_run_says_so_and_writes_nothing(kith: Kith, zone: Zone, files: Path) -> None:
    done = kith("import", "catalogue", files / "catalogue.csv", "--zone", zone.slug, "--dry-run", "--format", "json")
    report = json.loads(done.stdout)
    assert (report["dry_run"], report["created"], report["wrong"], report["problems"]) == (True, 5, 0, [])
    assert db.session.scalar(sa.select(sa.func.count(Offering.id))) == 0


def test_what_is_exported_is_the_file_and_nothing_else(kith: Kith, zone: Zone, files: Path) -> None:
    kith("import", "catalogue", files / "catalogue.csv")
    kith("import", "children", files / "children.json")
    assert kith("export", "catalogue", "--zone", zone.slug).stdout == CATALOGUE
    assert json.loads(kith("export", "children", "--zone", zone.slug).stdout) == [CHILD]


def test_the_zone_may_be_left_out_where_there_is_only_one(kith: Kith, zone: Zone, files: Path) -> None:
    assert kith("import", "children", files / "children.json").exit_code == 0
    factories.make_zone(slug="wigan", name="Wigan")
    refused = kith("import", "children", files / "children.json")
    assert refused.exit_code == 1
    assert "west-london" in refused.stderr
    assert refused.stdout == ""


def test_what_cannot_be_done_is_a_sentence_on_standard_error_and_status_1(kith: Kith, zone: Zone, files: Path) -> None:
    for words, says in (
        (("import", "catalogue", files / "catalogue.csv", "--zone", "atlantis"), "atlantis"),
        (("import", "catalogue", files / "none.csv"), "none.csv cannot be read"),
        (("import", "catalogue", files / "children.json"), "no columns"),
        (("import", "children", files / "catalogue.csv"), "not JSON"),
        (("import", "children", files), "cannot be read"),
        (("import", "postcodes", files / "catalogue.csv"), "no column postcode"),
        (("import", "libraries", files / "catalogue.csv", "--authority", "X"), "no column"),
        (("export", "catalogue", "--zone", "atlantis"), "atlantis"),
    ):
        refused = kith(*words)
        assert refused.exit_code == 1, words
        assert says in refused.stderr
        assert refused.stdout == ""


def test_wrong_usage_is_status_2(kith: Kith, zone: Zone, files: Path) -> None:
    for words in (
        ("import", "catalogue"), ("import", "something"), ("import", "libraries", files / "catalogue.csv"),
        ("import", "catalogue", files / "catalogue.csv", "--format", "xml"),
        ("import", "catalogue", files / "catalogue.csv", "--source", " "),
    ):
        assert kith(*words).exit_code == 2, words


def test_records_of_another_source_are_other_records(kith: Kith, zone: Zone, files: Path) -> None:
    kith("import", "catalogue", files / "catalogue.csv")
    kith("import", "catalogue", files / "catalogue.csv", "--source", "Council list")
    assert set(db.session.scalars(sa.select(Offering.source))) == {"import", "Council list"}


def test_libraries_come_in_as_free_local_assets_with_a_place(kith: Kith, zone: Zone, files: Path) -> None:
    (files / "libraries.csv").write_bytes(listed(
        library("Riverside"), library("Hill", postcode="EM2 1AA", address1="2 Top Road"), library("Old Mill", closed="2017"),
        library("Moor", postcode="ZZ9 9ZZ", address1="3 Far Side"),
    ))
    (files / cli.GEO_NAME).write_text("name,postcode,lat,lng\nRiverside,EM1 1AA,51.41,-0.31\n")
    kith("import", "postcodes", files / "postcodes.csv")
    done = kith("import", "libraries", files / "libraries.csv", "--zone", zone.slug, "--authority", "Eastmarsh")
    assert done.exit_code == 0
    assert "Libraries: 3 created" in done.stdout
    assert "left out, closed: Old Mill" in done.stdout
    assert "eastmarsh/moor" in done.stdout
    found = {o.source_ref: o for o in db.session.scalars(sa.select(Offering))}
    riverside, hill, moor = (found[f"eastmarsh/{name}"] for name in ("riverside", "hill", "moor"))
    assert (riverside.kind, riverside.cost_pence, riverside.is_by_arrangement) == ("community_asset", 0, True)
    assert (riverside.age_min, riverside.age_max, riverside.postcode, riverside.region) == (0, 18, "EM1 1AA", "West London")
    assert (riverside.latitude, riverside.is_place_approximate) == (51.41, False)
    assert (hill.latitude, hill.is_place_approximate) == (51.5, True)
    assert moor.latitude is None
    organisation = db.session.get_one(Organisation, riverside.organisation_id)
    assert (organisation.name, organisation.kind, organisation.address) == ("Riverside Library", OrganisationKind.COMMUNITY, "1 Long Walk")
    again = kith("import", "libraries", files / "libraries.csv", "--zone", zone.slug, "--authority", "Eastmarsh")
    assert "0 created, 0 updated, 3 unchanged" in again.stdout


def test_postcodes_are_taken_once_and_wrong_rows_said(kith: Kith, files: Path) -> None:
    assert "2 created, 0 updated, 0 unchanged, 1 wrong" in kith("import", "postcodes", files / "postcodes.csv").stdout
    again = json.loads(kith("import", "postcodes", files / "postcodes.csv", "--format", "json").stdout)
    assert (again["created"], again["unchanged"], again["wrong"]) == (0, 2, 1)


@pytest.mark.shared_data
def test_real_postcodes_and_libraries(kith: Kith, zone: Zone) -> None:
    data = SHARED_DATA / "data"
    for name, count in (("uk_outcodes.csv", 2_855), ("london_postcode_sectors_centroids.csv", 1_234)):
        assert f"{count:,} created" in kith("import", "postcodes", data / "postcodes" / name).stdout
    assert db.session.scalar(sa.select(sa.func.count(Postcode.id))) == 2_855 + 1_234
    words = ["import", "libraries", data / "libraries" / "libraries_england_2023.csv"]
    for authority in ("Hammersmith and Fulham", "Westminster", "Kensington and Chelsea", "Brent", "Ealing"):
        words += ["--authority", authority]
    done = kith(*words)
    assert done.exit_code == 0
    assert "HM Prison Wormwood Scrubs" in done.stdout
    libraries = db.session.scalars(sa.select(Offering)).all()
    assert len(libraries) > 30
    assert not [o.title for o in libraries if o.latitude is None and "mobile" not in o.title.lower()]
    assert not [o.title for o in libraries if "Scrubs" in o.title or "Hurlingham" in o.title]


def test_a_workbook_comes_in_through_a_mapping_and_what_is_too_large_is_not_read(kith: Kith, zone: Zone, tmp_path: Path) -> None:
    file = tmp_path / "clubs.xlsx"
    file.write_bytes(as_workbook(CLUBS))
    refused = kith("import", "catalogue", file)
    assert (refused.exit_code, "No mapping knows" in refused.stderr) == (1, True)
    guessed = guess_mapping(read_sheets([("clubs.xlsx", file.read_bytes())]))
    mapping = replace(guessed, rules={**guessed.rules, "kind": Rule(("What kind",)), "delivery": Rule(constant="venue")})
    look = sheets_print(read_sheets([("clubs.xlsx", file.read_bytes())]))
    save_mapping(zone_id=zone.id, name="Clubs", mapping=mapping, header_print=look, actor=None)
    for given, said in ((("--mapping", "Clubs", "--dry-run"), "Catalogue: 3 would be created"), ((), "Catalogue: 3 created"), ((), "3 unchanged")):
        done = kith("import", "catalogue", file, *given)
        assert (done.exit_code, said in done.stdout, done.stderr) == (0, True, ""), done.output
    assert (kith("import", "catalogue", file, "--mapping", "Other").exit_code) == 1
    (tmp_path / "own.xlsx").write_bytes(as_workbook(list(csv.reader(io.StringIO(CATALOGUE)))))
    assert "5 created" in kith("import", "catalogue", tmp_path / "own.xlsx", "--source", "own").stdout
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as hole:
        hole.truncate(200 * 1024 * 1024)
    refused = kith("import", "catalogue", huge)
    assert (refused.exit_code, "200 MB" in refused.stderr) == (1, True)

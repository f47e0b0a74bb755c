"""`kith match`: what programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.children import services
from app.children.records import read_record
from app.cli import kith
from app.matching import cli
from tests.children.test_exchange import SAMPLE, changed
from tests.matching.conftest import World

if "match" not in kith.commands:
    cli.register(kith)

NEARBY = {"latitude": 51.5189, "longitude": -0.2143}


@pytest.fixture
def near(world: World) -> World:
    slots = [{"day": "Mon", "start": "16:00", "end": "17:00", "season": "term"}]
    for number, title in enumerate(("Gymnastics", "Chess", "Tumbling")):
        world.offer(title=title, source_ref=f"s{number}", slots=slots, interests=[title.lower()], needs=["Emotional:self-esteem"],
                    group_size=12, sibling_min_age=3, **NEARBY)
    return world


def run(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(kith, ["match", *arguments], obj=app)


def file_of(tmp_path: Path, *records: Any, text: bytes | None = None) -> str:
    path = tmp_path / "children.json"
    path.write_bytes(text if text is not None else json.dumps(list(records)).encode())
    return str(path)


def test_tsv_has_child_offering_rank_and_score_best_first(app: Flask, near: World, tmp_path: Path) -> None:
    result = run(app, "--zone", near.zone.slug, "--children", file_of(tmp_path, SAMPLE))
    assert (result.exit_code, result.stderr) == (0, "")
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [(row[0], row[2]) for row in rows] == [("k01", "1"), ("k01", "2"), ("k01", "3")]
    assert {row[1] for row in rows} == {"s0", "s1", "s2"}
    assert rows[2][1] == "s1"
    scores = [float(row[3]) for row in rows]
    assert scores == sorted(scores, reverse=True)


def test_json_adds_reasons_and_cautions(app: Flask, near: World, tmp_path: Path) -> None:
    result = run(app, "--zone", near.zone.slug, "--children", file_of(tmp_path, SAMPLE), "--format", "json", "--top", "2")
    rows = json.loads(result.stdout)
    assert [row["rank"] for row in rows] == [1, 2]
    assert set(rows[0]) == {"child_id", "offering_id", "rank", "score", "reasons", "cautions"}
    assert 2 <= len(rows[0]["reasons"]) <= 5
    assert set(rows[0]["reasons"][0]) == {"code", "sentence"}
    assert all(len(row["cautions"]) <= 1 for row in rows)


def test_file_needs_no_import_and_writes_nothing(app: Flask, near: World, tmp_path: Path) -> None:
    from app.children.models import Child
    from app.shared.db import db

    run(app, "--zone", near.zone.slug, "--children", file_of(tmp_path, SAMPLE))
    assert db.session.query(Child).filter(Child.source_ref == "k01").count() == 0


def test_wrong_row_is_named_and_does_not_stop_the_others(app: Flask, near: World, tmp_path: Path) -> None:
    result = run(app, "--zone", near.zone.slug, "--children", file_of(tmp_path, changed(id="bad", age="x"), SAMPLE))
    assert result.exit_code == 0
    assert {line.split("\t")[0] for line in result.stdout.splitlines()} == {"k01"}
    assert "row 1 (bad), age" in result.stderr


@pytest.mark.parametrize("text", [b"not json", b"{}", b"\xff\xfe", b"[" * 100_000, b'[{"id": "x"}]', b'[{"id": ' + b"9" * 5_000 + b"}]"])
def test_file_that_cannot_be_read_is_refused_with_a_sentence(app: Flask, near: World, tmp_path: Path, text: bytes) -> None:
    result = run(app, "--zone", near.zone.slug, "--children", file_of(tmp_path, text=text))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()


def test_file_that_is_not_there_is_refused_as_by_every_other_command(app: Flask, near: World, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.json", tmp_path):
        result = run(app, "--zone", near.zone.slug, "--children", str(path))
        assert (result.exit_code, result.stdout) == (1, "")
        assert "cannot be read" in result.stderr


def test_byte_order_mark_and_empty_list_are_fine(app: Flask, near: World, tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + json.dumps([SAMPLE]).encode()
    assert len(run(app, "--zone", near.zone.slug, "--children", file_of(tmp_path, text=text)).stdout.splitlines()) == 3
    empty = run(app, "--zone", near.zone.slug, "--children", file_of(tmp_path))
    assert (empty.exit_code, empty.stdout) == (0, "")


def test_all_matches_every_active_child_of_the_zone_by_source_id(app: Flask, near: World) -> None:
    record, _ = read_record(SAMPLE)
    assert record is not None
    services.upsert_child(zone_id=near.zone.id, source="file", record=record, actor=None)
    result = run(app, "--zone", near.zone.slug, "--all", "--top", "1")
    assert "k01" in {line.split("\t")[0] for line in result.stdout.splitlines()}


def test_file_and_database_give_the_same_matches(app: Flask, near: World, tmp_path: Path) -> None:
    record, _ = read_record(SAMPLE)
    assert record is not None
    services.upsert_child(zone_id=near.zone.id, source="file", record=record, actor=None)
    everyone = run(app, "--zone", near.zone.slug, "--all").stdout.splitlines()
    filed = run(app, "--zone", near.zone.slug, "--children", file_of(tmp_path, SAMPLE)).stdout.splitlines()
    assert [line for line in everyone if line.startswith("k01\t")] == filed


def test_refusal_of_an_imported_child_counts_for_its_file_too(app: Flask, near: World, tmp_path: Path) -> None:
    from app.catalogue.models import Offering
    from app.shared.db import db

    record, _ = read_record(SAMPLE)
    assert record is not None
    child = services.upsert_child(zone_id=near.zone.id, source="file", record=record, actor=None).child
    offering = db.session.query(Offering).filter(Offering.source_ref == "s0").one()
    services.record_refusal(child_id=child.id, offering_id=offering.id, why="", is_childs_no=True, actor=None)
    result = run(app, "--zone", near.zone.slug, "--children", file_of(tmp_path, SAMPLE))
    assert {line.split("\t")[1] for line in result.stdout.splitlines()} == {"s1", "s2"}


def test_unknown_zone_is_refused_and_wrong_usage_is_two(app: Flask, near: World, tmp_path: Path) -> None:
    refused = run(app, "--zone", "nowhere", "--all")
    assert refused.exit_code == 1
    assert "nowhere" in refused.stderr
    for wrong in ([], ["--all", "--children", file_of(tmp_path, SAMPLE)], ["--all", "--top", "0"], ["--all", "--format", "xml"]):
        assert run(app, "--zone", near.zone.slug, *wrong).exit_code == 2

"""How good search is may not fall: the judged set of benchmarks/judged, asked the way other programs ask."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

from click.testing import CliRunner

from app.accounts.services.zones import create_zone
from app.catalogue.cli import register
from app.cli import KithGroup
from benchmarks import judged
from benchmarks.search_quality import TOP, mark, stocked
from tests.support.databases import Databases

FLOOR, FLOOR_OF_A_KIND = 0.92, 0.85
"""Below what is measured by about one standard error (0.01 of all, more of a kind)."""


def test_the_judged_queries_are_answered_as_well_through_the_command_as_by_the_engine(databases: Databases, tmp_path: Path) -> None:
    database = databases.get("sqlite")
    database.fresh()
    asked = judged.queries()
    with database.app.app_context():
        engine = stocked(create_zone(slug="judged", name="Judged", region="West London"))
        by_engine = {number: engine(asked[number].typed, TOP) for number in range(0, len(asked), 8)}
    group = KithGroup("kith")
    register(group)
    path = tmp_path / "queries.json"
    path.write_text(json.dumps([{"id": str(n), "query": query.typed, "filters": {}} for n, query in enumerate(asked)]), encoding="utf-8")
    done = CliRunner().invoke(group, ["search", "--zone", "judged", "--queries", str(path), "--format", "tsv"], obj=database.app)
    assert done.exit_code == 0, done.output
    by_command: list[list[str]] = [[] for _ in asked]
    for line in done.stdout.splitlines():
        number, ref, rank, _ = line.split("\t")
        by_command[int(number)].append(ref)
        assert int(rank) == len(by_command[int(number)])
    assert {number: by_command[number] for number in by_engine} == by_engine
    gains: dict[str, list[float]] = {}
    for query, found in zip(asked, by_command, strict=True):
        gains.setdefault(query.kind, []).append(mark(found, query.grades).ndcg)
    assert statistics.fmean(gain for found in gains.values() for gain in found) >= FLOOR
    assert {kind: round(statistics.fmean(found), 3) for kind, found in gains.items() if statistics.fmean(found) < FLOOR_OF_A_KIND} == {}


def test_every_query_has_an_answer_that_was_meant_and_the_whole_set_can_be_read() -> None:
    assert len(judged.offerings()) >= 200
    assert len(judged.queries()) >= 120
    assert [query.typed for query in judged.queries() if 3 not in query.grades.values()] == []
    assert [row["id"] for row in judged.offerings() if not row["description"]] == []

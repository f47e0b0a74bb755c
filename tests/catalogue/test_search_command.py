"""`kith search`: what it prints, where it complains, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.accounts.queries import zone_by_slug
from app.catalogue.cli import register
from app.catalogue.search import engine, views
from app.cli import KithGroup
from tests import factories
from tests.catalogue.shelf import ROWS, stock
from tests.support.databases import Database

Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    """Runs the command on a stocked Zone called wl, with `queries` written to a file (or the text as it is)."""
    with database.app.app_context():
        stock(factories.make_zone(slug="wl"))
        stock(factories.make_zone(slug="empty"), ())
    group = KithGroup("kith")
    register(group)

    def call(queries: Any, *arguments: str, zone: str = "wl") -> Result:
        path = tmp_path / "queries.json"
        path.write_text(queries if isinstance(queries, str) else json.dumps(queries), encoding="utf-8")
        return CliRunner().invoke(group, ["search", "--zone", zone, "--queries", str(path), *arguments], obj=database.app)

    return call


def test_it_prints_query_offering_rank_and_score_and_nothing_else(run: Run) -> None:
    done = run([{"id": "q1", "query": "drumming"}, {"id": 2, "query": "circus"}], "--top", "2")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[:3] for line in lines] == [["q1", "drum", "1"], ["q1", "guitar", "2"], ["2", "circus", "1"], ["2", "holiday", "2"]]
    for query in ("q1", "2"):
        scores = [float(line[3]) for line in lines if line[0] == query]
        assert scores == sorted(scores, reverse=True)


def test_json_says_the_same_and_what_was_corrected(run: Run) -> None:
    done = run([{"id": "q1", "query": "druming"}], "--format", "json", "--top", "1")
    (answer,) = json.loads(done.stdout)
    assert (answer["id"], answer["corrected"]) == ("q1", {"druming": "drumming"})
    assert [(r["id"], r["rank"]) for r in answer["results"]] == [("drum", 1)]


@pytest.mark.parametrize(("filters", "wanted"), [
    ({"region": "West London", "day": "Sat"}, {"gym", "football", "library", "skate", "signed"}),
    ({"region": "Wigan"}, set()), ({"kind": "statutory"}, {"camhs"}), ({"max_cost": 0, "day": "saturday"}, {"football", "library", "skate", "signed"}),
    ({"max_cost": 6.5, "kind": "paid_community"}, {"gym"}), ({"age": 5, "need": "Academic:reading"}, {"library", "dogs"}),
    ({"need": "bereavement"}, {"counsel", "grief"}), ({"free": True, "kind": ["paid_community"]}, set()), ({"language": "bsl"}, {"signed"}),
    ({"step_free": True, "delivery": "venue", "day": "Sun"}, {"send"}), ({"delivery": "online"}, {"maths", "minecraft"}),
    ({"within_km": 1.0, "lat": 51.5172, "lon": -0.2101}, {r.ref for r in ROWS if r.facts.town == "Ladbroke Grove"}),
    ({"free": False, "step_free": None, "delivery": "online"}, {"maths", "minecraft"}),
])
def test_each_filter_of_the_format_is_kept(run: Run, filters: dict[str, Any], wanted: set[str]) -> None:
    done = run([{"id": "q", "query": "", "filters": filters}], "--top", "100")
    assert done.exit_code == 0, done.stderr
    assert {line.split("\t")[1] for line in done.stdout.splitlines()} == wanted


def test_a_query_without_answers_prints_nothing(run: Run) -> None:
    done = run([{"id": "q", "query": "xyzzyq"}])
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert json.loads(run([{"id": "q", "query": "drum"}], "--format", "json", zone="empty").stdout)[0]["results"] == []


@pytest.mark.parametrize(("queries", "said"), [
    ("not json", "is not JSON"), ({"id": "q"}, "must hold a list"), ([1], "query 1: a query is an object"),
    ([{"query": "x"}], "query 1: id must be"), ([{"id": "a\tb", "query": "x"}], "query 1: id must be"),
    ([{"id": "a", "query": 3}], "query must be a text"), ([{"id": "a", "query": "x", "filters": []}] * 1, None),
    ([{"id": "a", "query": "x"}, {"id": "b", "query": "x", "filters": {"colour": "red"}}], "query 2: there is no filter 'colour'"),
    ([{"id": "a", "query": "x", "filters": {"kind": "circus"}}], "kind cannot be 'circus'"),
    ([{"id": "a", "query": "x", "filters": {"age": "nine"}}], "age must be a number"),
    ([{"id": "a", "query": "x", "filters": {"within_km": 3}}], "within_km needs lat and lon"),
    ([{"id": "a", "query": "x", "filters": {"free": "yes"}}], "free must be true or false"),
    ([{"id": "a", "query": "x", "filters": {"day": 3}}], "day must be a text"),
    ("[" * 100_000, "is nested too deeply"), ('[{"id": "a", "query": "x", "filters": {"age": ' + "9" * 5_000 + "}}]", "age must be a number"),
    ('[{"id": ' + "9" * 5_000 + ', "query": "x"}]', "query 1: id must be"), ('[{"id": "\\ud800", "query": "x"}]', "query 1: id must be"),
    ('[{"id": "a\\u0000", "query": "x"}]', "query 1: id must be"),
])
def test_a_bad_file_is_one_sentence_on_standard_error_and_status_one(run: Run, queries: Any, said: str | None) -> None:
    done = run(queries)
    if said is None:  # an empty list of filters narrows nothing
        assert done.exit_code == 0
        return
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr and len(done.stderr.splitlines()) == 1


def test_half_a_letter_in_the_words_or_a_filter_is_no_fault_of_the_file(run: Run) -> None:
    """JSON can write halves of surrogate pairs, which no database takes and no terminal prints."""
    done = run('[{"id": "👨\u200d👧", "query": "\\ud800 drumming"}, {"id": "b", "query": "", "filters": {"region": "\\udfff", "language": "\\ud800"}}]', "--top", "1")
    assert (done.exit_code, done.stderr) == (0, "")
    assert [line.split("\t")[:2] for line in done.stdout.splitlines()] == [["👨\u200d👧", "drum"]]
    assert run('[{"id": "a", "query": "\\ud800"}]', "--format", "json").exit_code == 0


def test_a_large_zone_is_searched_one_way_from_the_first_query_to_the_last(run: Run, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The snapshot weighs all that answer and the database some: what is printed must not depend on when the loops are there."""
    def refuse(*asked: object) -> None:
        raise AssertionError("the database was asked")

    with database.app.app_context():
        assert views.write(zone_by_slug("wl").id) is not None
    views.forget()
    monkeypatch.setattr(views, "_practised", Event())
    monkeypatch.setattr(views, "_practising", Lock())
    monkeypatch.setattr(engine, "_candidates", refuse)
    try:
        done = run([{"id": "q1", "query": "drumming"}, {"id": "q2", "query": "club"}], "--top", "1")
    finally:
        views.forget()
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("q1\tdrum\t1\t")


def test_a_price_is_never_above_what_was_asked_for(run: Run) -> None:
    for most, wanted in ((6, {"gym"}), (5.996, set()), (5.9999999999, {"gym"})):  # the last is 6 to a machine that counts in halves
        done = run([{"id": "q", "query": "", "filters": {"max_cost": most, "kind": "paid_community"}}], "--top", "100")
        assert {line.split("\t")[1] for line in done.stdout.splitlines()} == wanted, most


def test_an_unknown_zone_is_one_sentence_and_status_one(run: Run) -> None:
    done = run([], zone="atlantis")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "atlantis" in done.stderr


@pytest.mark.parametrize("arguments", [["--top", "none"], ["--top", "0"], ["--format", "xml"], ["--colour", "red"]])
def test_wrong_usage_is_status_two(run: Run, arguments: list[str]) -> None:
    done = run([], *arguments)
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_file_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    done = run([], "--queries", str(tmp_path / "nowhere.json"))
    assert done.exit_code == 1
    assert "cannot be read" in done.stderr

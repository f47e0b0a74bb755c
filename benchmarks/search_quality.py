"""How good Kith's search is on the judged set, on SQLite and on PostgreSQL, beside plain engines in the same run.

    python -m benchmarks.search_quality [--no-peers] [--misses]

Prints nDCG@10 (gain 2^grade - 1), MRR of the first grade 3, recall of grades 2 and 3 in the first ten, how often a grade 3 comes
first, and nDCG@10 by kind of query. --misses lists Kith's weak answers of the seen half only.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import log2, sqrt
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade

from app import create_app
from app.accounts.models import Zone
from app.accounts.services.zones import create_zone
from app.catalogue.search.engine import search
from app.catalogue.search.filters import Filters
from app.interchange.services import import_catalogue
from benchmarks import judged, peers
from benchmarks.judged import elsewhere
from benchmarks.peers import Peer
from config import ROOT, Settings

TOP = 10


@dataclass(frozen=True)
class Marks:
    """What one engine earned for one query."""

    ndcg: float
    reciprocal: float
    recall: float
    top1: float


def mark(found: Sequence[str], grades: Mapping[str, int], top: int = TOP) -> Marks:
    def worth(order: Sequence[int]) -> float:
        return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(order[:top]))

    got = [grades.get(ref, 0) for ref in found[:top]]
    best = sorted(grades.values(), reverse=True)
    good = {ref for ref, grade in grades.items() if grade >= 2}
    first = next((place for place, grade in enumerate(got, 1) if grade == 3), 0)
    return Marks(
        worth(got) / worth(best), 1 / first if first else 0.0, len(good & set(found[:top])) / min(top, len(good)), float(got[:1] == [3]),
    )


def marks_of(engine: Peer, asked: Sequence[judged.Judged] | None = None) -> list[Marks]:
    return [mark(engine(query.typed, TOP), query.grades) for query in asked or judged.queries()]


@contextmanager
def kith(url: str | None = None, content: bytes | None = None) -> Iterator[Peer]:
    """Kith with the judged catalogue, or another, in a database of its own (a new SQLite file, or the empty database at `url`)."""
    with tempfile.TemporaryDirectory(prefix="kith-quality-") as folder:
        settings = replace(Settings.from_environment({"KITH_DATA_DIR": folder, **({"KITH_DATABASE_URL": url} if url else {})}), environment="test")
        app = create_app(settings)
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            zone: Zone = create_zone(slug="judged", name="Judged", region="West London")
            yield stocked(zone, content)


def stocked(zone: Zone, content: bytes | None = None) -> Peer:
    """Import the judged catalogue, or another, into the Zone and answer from it."""
    zone_id = zone.id
    report = import_catalogue(zone_id=zone_id, content=judged.catalogue_csv() if content is None else content, actor=None)
    if report.wrong:
        raise SystemExit(f"{report.wrong} rows of the catalogue are wrong.")
    return lambda typed, top: [hit.source_ref for hit in search(zone_id, typed, Filters(), top).hits]


def header() -> str:
    kinds = list(dict.fromkeys(query.kind for query in judged.queries()))
    return f"{'':<34}{'nDCG@10':>9}{'se':>6}{'MRR':>7}{'R@10':>7}{'top1':>7}{'seen':>7}{'unseen':>8}" + "".join(f"{kind[:8]:>9}" for kind in kinds)


def line(name: str, marks: Sequence[Marks], asked: Sequence[judged.Judged] | None = None) -> str:
    asked = asked or judged.queries()
    kinds = list(dict.fromkeys(query.kind for query in judged.queries()))
    gains = [one.ndcg for one in marks]

    def mean(keep: Callable[[judged.Judged], bool]) -> float:
        return statistics.fmean([one.ndcg for one, query in zip(marks, asked, strict=True) if keep(query)] or [float("nan")])

    figures = (
        f"{statistics.fmean(gains):>9.3f}{statistics.stdev(gains) / sqrt(len(gains)):>6.3f}{statistics.fmean(m.reciprocal for m in marks):>7.3f}"
        f"{statistics.fmean(m.recall for m in marks):>7.3f}{statistics.fmean(m.top1 for m in marks):>7.3f}"
        f"{mean(lambda q: q.half == 'seen'):>7.3f}{mean(lambda q: q.half == 'unseen'):>8.3f}"
    )
    return f"{name:<34}{figures}" + "".join(f"{mean(lambda q, k=kind: q.kind == k):>9.3f}" for kind in kinds)  # type: ignore[misc]


def misses(engine: Peer, below: float = 0.9) -> None:
    """The weak answers of the seen half: what came, with its grade, and what ought to have come and did not."""
    titles = {row["id"]: row["title"] for row in judged.offerings()}
    for query in judged.queries():
        found = engine(query.typed, TOP)
        marks = mark(found, query.grades)
        if query.half == "seen" and marks.ndcg < below:
            print(f"{marks.ndcg:.2f} {query.kind}: {query.typed}")
            print("     came:", ", ".join(f"{query.grades.get(ref, 0)} {ref} {titles[ref][:22]}" for ref in found))
            lost = sorted((ref for ref, grade in query.grades.items() if grade >= 2 and ref not in found), key=lambda r: -query.grades[r])
            print("     lost:", ", ".join(f"{query.grades[ref]} {ref} {titles[ref][:22]}" for ref in lost) or "none")


@contextmanager
def a_postgres() -> Iterator[Callable[[str], str]]:
    """A throw-away PostgreSQL (or the one KITH_TEST_DATABASE_URL names); gives the URLs of new, empty databases."""
    from tests.support.postgres import server_url

    with tempfile.TemporaryDirectory(prefix="kith-bench-pg-") as folder:
        server = sa.make_url(server_url(Path(folder), os.getpid()))
        admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        made: list[str] = []

        def new(name: str) -> str:
            name = f"kith_bench_{os.getpid()}_{name}"
            with admin.connect() as connection:
                connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
            made.append(name)
            return server.set(database=name).render_as_string(hide_password=False)

        try:
            yield new
        finally:
            with admin.connect() as connection:
                for name in made:
                    connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-peers", action="store_true", help="only Kith, only on SQLite")
    parser.add_argument("--misses", action="store_true", help="the weak answers of the seen half, one by one")
    given = parser.parse_args()
    report(with_peers=not given.no_peers, with_misses=given.misses)
    return 0


def report(*, with_peers: bool = True, with_misses: bool = False) -> None:
    asked, rows = judged.queries(), judged.offerings()
    counts = {kind: sum(query.kind == kind for query in asked) for kind in dict.fromkeys(query.kind for query in asked)}
    print(f"Search quality: {len(rows)} offerings, {len(asked)} judged queries ({', '.join(f'{n} {kind}' for kind, n in counts.items())})")
    print(header())
    with kith() as engine:
        print(line("Kith on SQLite", marks_of(engine)), flush=True)
        for name, later in (("asked later", judged.later()), ("asked a third time", judged.again()), ("asked a fourth time", judged.fourth()),
                            ("asked a fifth time", judged.fifth()), ("asked a sixth time", judged.sixth()), ("asked a seventh time", judged.seventh())):
            print(line(f"Kith on SQLite, {name}", marks_of(engine, later), later), flush=True)
        if with_misses:
            misses(engine)
    with kith(content=elsewhere.catalogue_csv()) as engine:
        for name, other in (("another catalogue", elsewhere.queries()), ("another, a seventh time", elsewhere.again())):
            print(line(f"Kith on SQLite, {name}", marks_of(engine, other), other), flush=True)
    if not with_peers:
        return
    with a_postgres() as new:
        with kith(new("kith")) as engine:
            print(line("Kith on PostgreSQL", marks_of(engine)), flush=True)
            print(line("Kith on PostgreSQL, a seventh time", marks_of(engine, judged.seventh()), judged.seventh()), flush=True)
        with kith(new("elsewhere"), content=elsewhere.catalogue_csv()) as engine:
            print(line("Kith on PostgreSQL, another", marks_of(engine, elsewhere.again()), elsewhere.again()), flush=True)
        bare = peers.postgres(rows, new("peer"))
        print(line("PostgreSQL ts_rank, any word", marks_of(bare)), flush=True)
    for name, peer in (
        ("SQLite FTS5 porter bm25, any word", peers.fts5(rows)), ("SQLite FTS5 trigram bm25", peers.fts5_trigram(rows)),
        ("tantivy en_stem, any word", peers.tantivy_index(rows, is_fuzzy=False)),
        ("tantivy fuzzy, one slip", peers.tantivy_index(rows, is_fuzzy=True)),
        ("bm25s, Snowball stems", peers.bm25s_index(rows)), ("rapidfuzz WRatio, title and tags", peers.fuzzy_titles(rows)),
    ):
        print(line(name, marks_of(peer)), flush=True)


if __name__ == "__main__":
    sys.exit(main())

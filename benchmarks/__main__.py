"""Search and match over many offerings on SQLite, beside a bare full-text query over the same words in the same process.

    python -m benchmarks [--offerings 10000] [--rounds 5]

Prints milliseconds (p50, p95) and the ratio to the peer, interleaved round by round: machines are noisy, ratios less so.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flask_migrate import upgrade

from app import create_app
from app.accounts.models import Zone
from app.accounts.services.zones import create_zone
from app.catalogue.search.engine import search
from app.catalogue.search.filters import Filters
from app.demo import west_london
from app.interchange.services import import_catalogue
from config import ROOT, Settings

QUERIES = (
    "drumming", "druming", "football for girls", "art therapy", "someone to talk to", "swiming", "chess club", "homework help",
    "bmx", "circus", "reading", "gardning", "boxing before school", "senco", "wants to do flips", "lego",
)
HEADER = (
    "id,title,provider,kind,description,interests,needs,age_min,age_max,town,postcode_area,region,lat,lon,delivery,home_visit_radius_km,"
    "sessions,by_arrangement,term,cost_gbp,capacity,places_left,languages,gender,step_free,accessibility,sibling_min_age,"
    "parent_must_stay,group_size,referrals_last_year"
)


def catalogue_of(count: int) -> bytes:
    """Invented offerings: the demo's, mixed and moved, as a catalogue.csv."""
    dice, lines = random.Random(5), [HEADER]
    for number in range(count):
        offer, other = dice.choice(west_london.OFFERINGS), dice.choice(west_london.OFFERINGS)
        lines.append(",".join((
            f"b{number}", f'"{offer.title} {number % 97}"', f"Provider {number % 900}", "commissioned", f'"{offer.about} {other.about}"',
            offer.interests, offer.needs, str(offer.age_min), str(offer.age_max), "Acton", "W3", "West London",
            f"{51.45 + dice.random() * 0.12:.5f}", f"{-0.35 + dice.random() * 0.2:.5f}", "venue", "", "Tue 16:00-17:00 term", "False", "term",
            "0", "12", str(dice.randint(0, 12)), "en", "any", "True", "", "", "False", "12", "3",
        )))
    return "\n".join(lines).encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offerings", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        settings = replace(Settings.from_environment({"KITH_DATA_DIR": folder}), environment="test")
        app = create_app(settings)
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            zone: Zone = create_zone(slug="bench", name="Bench", region="West London")
            zone_id = zone.id
            began = time.perf_counter()
            report = import_catalogue(zone_id=zone_id, content=catalogue_of(given.offerings), actor=None)
            print(f"machine: {os.cpu_count()} cores; offerings: {given.offerings:,}")
            print(f"import: {time.perf_counter() - began:.1f} s, {report.wrong} rows wrong")
            peer = sqlite3.connect(f"file:{Path(folder) / 'kith.sqlite3'}?mode=ro", uri=True)
            ours: list[float] = []
            theirs: list[float] = []
            for _ in range(given.rounds):
                for query in QUERIES:
                    ours.append(timed(lambda q=query: search(zone_id, q, Filters(), 10)))  # type: ignore[misc]
                    theirs.append(timed(lambda q=query: bare(peer, q)))  # type: ignore[misc]
            say("search with spelling, synonyms and facets", ours)
            say("peer: bare FTS5 any-word query, no facets", theirs)
            print(f"ratio of medians: {statistics.median(ours) / statistics.median(theirs):.2f}")
    return 0


def bare(peer: sqlite3.Connection, query: str) -> None:
    """What plain full-text search does with the same words."""
    words = " OR ".join(f'"{word}"' for word in query.split())
    peer.execute(
        "SELECT rowid FROM offering_search WHERE offering_search MATCH ? ORDER BY bm25(offering_search) LIMIT 10", (words,)
    ).fetchall()


def timed(verb: Callable[[], object]) -> float:
    began = time.perf_counter()
    verb()
    return (time.perf_counter() - began) * 1000


def say(what: str, times: list[float]) -> None:
    ordered = sorted(times)
    print(f"{what}: p50 {statistics.median(ordered):.1f} ms, p95 {ordered[int(len(ordered) * 0.95)]:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())

"""How good search is on the judged set (benchmarks.search_quality) and matching on its own (match_quality, match_hearing, match_recipe), then search and
match over many offerings on SQLite, beside a bare full-text query over the same words in the same process, then search and match over
a hundred thousand (benchmarks.search_speed, benchmarks.match_speed), and registers
from a hundred phones (benchmarks.registers), requests and decisions (benchmarks.deciding), and how long a webhook waits (benchmarks.webhooks).

    python -m benchmarks [--offerings 10000] [--children 8] [--rounds 4] [--no-quality] [--no-speed]

Prints milliseconds (p50, p95) of Kith and of the peer, and how many times the peer's median Kith takes. Kith and the peer take
turns, query by query, each as often first as second: machines are noisy, ratios less so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from pysqlite3 import dbapi2 as sqlite3

from app import create_app
from app.accounts.models import Zone
from app.accounts.services.zones import create_zone
from app.catalogue.search.engine import search
from app.catalogue.search.filters import Filters
from app.children.queries import list_children_of_zone
from app.demo import west_london
from app.interchange.services import import_catalogue, import_children
from app.matching.queries import match_profile, profile_of
from benchmarks import (
    deciding,
    introductions_speed,
    match_hearing,
    match_quality,
    match_recipe,
    match_speed,
    registers,
    search_quality,
    search_speed,
    webhooks,
)
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


def children_of(count: int) -> bytes:
    """Invented children with the interests and needs of the offerings."""
    dice = random.Random(6)
    return json.dumps([
        {
            "id": f"c{number}", "first_name": "Child", "age": (age := dice.randint(6, 11)), "school_year": f"Year {age - 5}",
            "gender": dice.choice(("girl", "boy")), "region": "West London", "town": "Acton",
            "lat": 51.5 + dice.random() * 0.02, "lon": -0.27 + dice.random() * 0.02, "own_words": "", "link_worker_note": "",
            "interests": list_of(offer.interests), "needs": [{"code": code, "priority": 1} for code in list_of(offer.needs)[:2]],
            "goals": "", "barriers": "",
            "constraints": {
                "max_km": 6, "windows": [{"days": ["Tue", "Wed"], "start": "15:30", "end": "18:30"}], "holidays_ok": True,
                "online_ok": True, "max_cost_gbp": 5, "languages": ["en"], "step_free": False, "girls_only": False,
                "sibling_ages": [], "max_group": None, "quiet_required": False, "parent_cannot_stay": False,
            },
        }
        for number, offer in ((number, dice.choice(west_london.OFFERINGS)) for number in range(count))
    ]).encode()


def list_of(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


@dataclass
class Pair:
    """What Kith and the peer took for the same thing, in milliseconds."""

    ours: list[float] = field(default_factory=list)
    peers: list[float] = field(default_factory=list)

    def run(self, kith: Callable[[], object], peer: Callable[[], object]) -> None:
        turns = [(self.ours, kith), (self.peers, peer)]
        for kept, verb in turns if len(self.ours) % 2 == 0 else reversed(turns):
            kept.append(timed(verb))

    @property
    def ratio(self) -> float:
        return statistics.median(self.ours) / statistics.median(self.peers)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offerings", type=at_least_one, default=10_000)
    parser.add_argument("--children", type=at_least_one, default=8)
    parser.add_argument("--rounds", type=at_least_one, default=4)
    parser.add_argument("--no-quality", action="store_true", help="only the times")
    parser.add_argument("--no-speed", action="store_true", help="without the hundred thousand offerings, which take minutes to load")
    given = parser.parse_args()
    if not given.no_quality:
        search_quality.report()
        print()
        match_quality.report()
        match_hearing.report()
        match_recipe.report()
        print()
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        settings = replace(Settings.from_environment({"KITH_DATA_DIR": folder}), environment="test")
        with create_app(settings).app_context():
            measure(Path(folder) / "kith.sqlite3", given.offerings, given.children, given.rounds)
    if not given.no_speed:
        print()
        search_speed.report()
        print()
        match_speed.report()
        print()
        registers.report()
        print()
        deciding.report()
        print()
        introductions_speed.report()
        print()
        webhooks.report()
    return 0


def at_least_one(typed: str) -> int:
    number = int(typed)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def measure(database: Path, offerings: int, children: int, rounds: int) -> None:
    upgrade(directory=str(ROOT / "migrations"))
    zone: Zone = create_zone(slug="bench", name="Bench", region="West London")
    zone_id = zone.id
    print(f"{os.cpu_count()} cores, SQLite {sqlite3.sqlite_version}, {offerings:,} offerings, {children} children, {rounds} rounds")
    began = time.perf_counter()
    report = import_catalogue(zone_id=zone_id, content=catalogue_of(offerings), actor=None)
    wrong = report.wrong + import_children(zone_id=zone_id, content=children_of(children), actor=None).wrong
    if wrong:
        raise SystemExit(f"{wrong} rows of the invented data are wrong: what follows would measure something else.")
    took = time.perf_counter() - began
    print(f"import: {took:.1f} s, {(offerings + children) / took:,.0f} rows a second")
    profiles = [profile_of(child) for child in list_children_of_zone(zone_id)]
    print(f"first search in a new process: {timed(lambda: search(zone_id, QUERIES[0], Filters(), 10)):.0f} ms; "
          f"first match: {timed(lambda: match_profile(zone_id, profiles[0])):.0f} ms")
    peer = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    found, matched = Pair(), Pair()
    for number in range(rounds + 1):
        if number == 1:  # the round before was to warm both up
            found, matched = Pair(), Pair()
        for query in QUERIES:
            found.run(lambda q=query: search(zone_id, q, Filters(), 10), lambda q=query: bare(peer, q.split()))  # type: ignore[misc]
        for profile in profiles:
            matched.run(lambda p=profile: match_profile(zone_id, p), lambda p=profile: bare(peer, sorted(p.interests)))  # type: ignore[misc]
    peer.close()
    print()
    print(f"{'ms':<52}{'p50':>9}{'p95':>9}")
    for title, pair in (("search: spelling, synonyms, facets, ten results", found), ("match: rules, distance, ten explained matches", matched)):
        print(row(title, pair.ours))
        print(row("  peer: bare FTS5, any word, ten row ids", pair.peers))
        print(f"  Kith's median is {pair.ratio:.1f} times the peer's")


def bare(peer: Any, words: Sequence[str]) -> None:
    """What plain full-text search does with the same words."""
    any_word = " OR ".join(f'"{word}"' for word in words)
    peer.execute(
        "SELECT rowid FROM offering_search WHERE offering_search MATCH ? ORDER BY bm25(offering_search) LIMIT 10", (any_word,)
    ).fetchall()


def timed(verb: Callable[[], object]) -> float:
    began = time.perf_counter()
    verb()
    return (time.perf_counter() - began) * 1000


def row(title: str, times: Sequence[float]) -> str:
    ordered = sorted(times)
    return f"{title:<52}{statistics.median(ordered):>9.1f}{ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]:>9.1f}"


if __name__ == "__main__":
    sys.exit(main())

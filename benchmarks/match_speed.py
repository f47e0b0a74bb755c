"""How fast a match is beside tantivy on the same text, in turns, in one process: filter, score, reasons, everything fresh.

    .venv/bin/python -m benchmarks.match_speed --offerings 100000 --children 40 --many 1000

Times are the thread's own processor time, so that other work on the machine does not count. KITH_DATABASE_URL chooses the database.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace

from flask_migrate import upgrade

from app import create_app
from app.accounts.services.zones import create_zone
from app.demo import west_london
from app.matching import queries, shelf
from app.matching.profile import Profile, Span
from app.shared.db import db
from benchmarks import invented, peers
from config import ROOT, Settings

GOALS = "To make one friend and to feel brave"


def child(dice: random.Random, number: int) -> Profile:
    first, second = dice.choice(west_london.OFFERINGS), dice.choice(west_london.OFFERINGS)
    needs = dict.fromkeys(code for code in f"{first.needs}|{second.needs}".split("|") if code)
    loved = [one.strip() for one in f"{first.interests}|{second.interests}".split("|") if one.strip()]
    return queries.with_audiences(Profile(
        id=f"c{number}", called="Amara", age=dice.randint(6, 13), gender=dice.choice(("girl", "boy")),
        latitude=51.45 + dice.random() * 0.14, longitude=-0.4 + dice.random() * 0.2, max_km=dice.choice((3, 5, 8)),
        windows=tuple(Span(day, 930, 1110) for day in dice.sample(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"), 2)),
        are_holidays_ok=dice.random() < 0.5, is_online_ok=dice.random() < 0.3, max_cost_pence=dice.choice((0, 0, 300, 500)),
        needs=tuple((code, at + 1) for at, code in enumerate(list(needs)[:3])), interests=tuple(loved[:3]), own_words=(first.about[:80],),
        goals=(GOALS,),
    ))


def text_of(profile: Profile) -> str:
    needs = (code.partition(":")[2].replace("-", " ") for code, _ in profile.needs)
    return " ".join((*profile.interests, *profile.own_words, *profile.goals, *needs))


def took(verb: Callable[[], object]) -> float:
    began = time.thread_time()
    verb()
    return (time.thread_time() - began) * 1000


def at_share(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.match_speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offerings", type=int, default=100_000)
    parser.add_argument("--children", type=int, default=40)
    parser.add_argument("--many", type=int, default=1000, help="children of the batch")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        settings = replace(Settings.from_environment({**os.environ, "KITH_DATA_DIR": folder}), environment="test")
        with create_app(settings).app_context():
            measure(given.offerings, given.children, given.many)
    return 0


def measure(offerings: int, children: int, many: int) -> None:
    upgrade(directory=str(ROOT / "migrations"))
    zone_id = create_zone(slug="bench", name="Bench", region="West London").id
    invented.load(zone_id, offerings)
    dice = random.Random(3)
    profiles = [child(dice, number) for number in range(children)]
    print(f"{offerings:,} offerings; read in {took(lambda: shelf.shelf_of(zone_id)) / 1000:.1f} s, {memory():.0f} MB")
    rows = [{name: value if isinstance(value, str) else "" for name, value in row.items()} for row in invented.rows(offerings)]
    peer = peers.tantivy_index(rows, is_fuzzy=False)
    ours, theirs = list[float](), list[float]()
    for turn in range(5):
        for profile in profiles:
            text = text_of(profile)
            verbs = [(ours, lambda p=profile: queries.match_profile(zone_id, p)), (theirs, lambda t=text: peer(t, 10))]
            for kept, verb in verbs if turn % 2 else reversed(verbs):
                if turn:  # the first time round is to warm both up
                    kept.append(took(verb))
                else:
                    verb()
            db.session.rollback()
    for share, name in ((0.5, "p50"), (0.95, "p95")):
        print(f"match {name}: {at_share(ours, share):.2f} ms, tantivy {at_share(theirs, share):.2f} ms, "
              f"{at_share(ours, share) / at_share(theirs, share):.2f} x")
    everyone = [child(dice, number) for number in range(many)]
    lists = took(lambda: sum(len(result.matches) for _, result in queries.match_many(zone_id, everyone))) / 1000
    print(f"{many:,} children: {lists:.1f} s a core, {lists / many * 10_000:.1f} s for 10,000; {memory():.0f} MB with the peer")


if __name__ == "__main__":
    sys.exit(main())

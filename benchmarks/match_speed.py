"""How fast a match is beside tantivy on the same text, in turns, in one process: filter, score, reasons, everything fresh.

    .venv/bin/python -m benchmarks.match_speed [--offerings 100000] [--children 40] [--many 1000] [--one-town]

The offerings lie in and around twenty-five towns of the country, the large ones having more; with --one-town all of them lie in one
part of London, which no catalogue of that size does.

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
import uuid
from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa
from flask_migrate import upgrade

from app import create_app
from app.accounts.services.zones import create_zone
from app.catalogue.models import Offering
from app.demo import west_london
from app.matching import queries, shelf
from app.matching.profile import Profile, Span
from app.shared.db import atomic, db, in_parts
from benchmarks import invented, peers
from config import ROOT, Settings

TOWNS = (
    (51.51, -0.12, 9), (52.48, -1.89, 3), (53.48, -2.24, 3), (53.80, -1.55, 2), (55.86, -4.25, 2), (53.41, -2.98, 2), (51.45, -2.59, 1),
    (53.38, -1.47, 1), (55.95, -3.19, 1), (51.48, -3.18, 1), (52.64, -1.13, 1), (54.60, -5.93, 1), (52.95, -1.15, 1), (54.98, -1.61, 1),
    (50.90, -1.40, 1), (50.37, -4.14, 1), (52.41, -1.51, 1), (53.74, -0.33, 1), (53.54, -2.63, 1), (52.63, 1.30, 1), (51.75, -1.26, 1),
    (50.72, -3.53, 1), (54.90, -2.93, 1), (57.15, -2.09, 1), (52.20, 0.12, 1),
)
"""Latitude, longitude, and how many of the country's offerings and children lie there."""
GOALS = "To make one friend and to feel brave"


def somewhere(dice: random.Random) -> tuple[float, float]:
    latitude, longitude, _ = dice.choices(TOWNS, [town[2] for town in TOWNS])[0]
    return latitude + dice.gauss(0, 0.08), longitude + dice.gauss(0, 0.13)


def spread_out(zone_id: uuid.UUID) -> None:
    """Moves every offering to one of the towns."""
    dice = random.Random(9)
    ids = db.session.scalars(sa.select(Offering.id).where(Offering.zone_id == zone_id).order_by(Offering.source_ref)).all()
    table = sa.inspect(Offering).local_table
    move = sa.update(table).where(table.c.id == sa.bindparam("which")).values(latitude=sa.bindparam("north"), longitude=sa.bindparam("east"))
    for some in in_parts(ids):
        with atomic():
            db.session.connection().execute(move, [
                dict(zip(("which", "north", "east"), (id_, *somewhere(dice)), strict=True)) for id_ in some])


def child(dice: random.Random, number: int, *, in_one_town: bool = True) -> Profile:
    first, second = dice.choice(west_london.OFFERINGS), dice.choice(west_london.OFFERINGS)
    needs = dict.fromkeys(code for code in f"{first.needs}|{second.needs}".split("|") if code)
    loved = [one.strip() for one in f"{first.interests}|{second.interests}".split("|") if one.strip()]
    latitude, longitude = (51.45 + dice.random() * 0.14, -0.4 + dice.random() * 0.2) if in_one_town else somewhere(dice)
    return queries.with_audiences(Profile(
        id=f"c{number}", called="Amara", age=dice.randint(6, 13), gender=dice.choice(("girl", "boy")),
        latitude=latitude, longitude=longitude, max_km=dice.choice((3, 5, 8)),
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
    parser.add_argument("--one-town", action="store_true")
    given = parser.parse_args()
    report(given.offerings, given.children, given.many, in_one_town=given.one_town)
    return 0


def report(offerings: int = 100_000, children: int = 40, many: int = 1000, *, in_one_town: bool = False) -> None:
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        settings = replace(Settings.from_environment({**os.environ, "KITH_DATA_DIR": folder}), environment="test")
        with create_app(settings).app_context():
            measure(offerings, children, many, in_one_town)


def measure(offerings: int, children: int, many: int, in_one_town: bool) -> None:
    upgrade(directory=str(ROOT / "migrations"))
    zone_id = create_zone(slug="bench", name="Bench", region="West London").id
    invented.load(zone_id, offerings)
    if not in_one_town:
        spread_out(zone_id)
    dice = random.Random(3)
    profiles = [child(dice, number, in_one_town=in_one_town) for number in range(children)]
    print(f"{offerings:,} offerings; read in {took(lambda: shelf.shelf_of(zone_id)) / 1000:.1f} s, {memory():.0f} MB")
    shelf.forget()
    print(f"read again from files in {took(lambda: shelf.shelf_of(zone_id)) / 1000:.2f} s")
    rows = [{name: value if isinstance(value, str) else "" for name, value in row.items()} for row in invented.rows(offerings)]
    peer = peers.tantivy_index(rows, is_fuzzy=False)
    fitting = [queries.match_profile(zone_id, profile).eligible for profile in profiles]
    print(f"eligible for a child: {sum(fitting) / len(fitting):,.0f} on average, {max(fitting):,} at most")
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
    everyone = [child(dice, number, in_one_town=in_one_town) for number in range(many)]
    lists = took(lambda: sum(len(result.matches) for _, result in queries.match_many(zone_id, everyone))) / 1000
    print(f"{many:,} children: {lists:.1f} s a core, {lists / many * 10_000:.1f} s for 10,000; {memory():.0f} MB with the peer")


if __name__ == "__main__":
    sys.exit(main())

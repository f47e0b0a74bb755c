"""How fast a match is beside tantivy on the same text, in turns, in one process: filter, score, reasons, everything fresh.

    .venv/bin/python -m benchmarks.match_speed [--offerings 100000] [--children 40] [--many 1000] [--one-town] [--no-peer] [--keep FOLDER]

The offerings lie in and around twenty-five towns of the country, the large ones having more; with --one-town all of them lie in one
part of London, which no catalogue of that size does.

Times are the thread's own processor time, so that other work on the machine does not count. KITH_DATABASE_URL chooses the database. The page is
what a browser of the children's Link Worker is sent, the second time it asks. --keep uses what lies in a folder (and, on PostgreSQL, in the database), or leaves
it there.
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
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_migrate import upgrade

from app import create_app
from app.accounts.models import Person, Role, RoleGrant, School, SignIn, Zone
from app.accounts.services.sign_ins import hash_token
from app.accounts.services.zones import create_zone
from app.catalogue.models import Offering
from app.children.models import Caseload, Child, Need, Voice
from app.demo import west_london
from app.matching import queries, shelf
from app.matching.profile import Profile, Span
from app.shared import clock
from app.shared.db import atomic, db, in_parts
from benchmarks import invented, peers
from benchmarks.introductions_speed import secret
from config import ROOT, Settings

TOWNS = (
    (51.51, -0.12, 9), (52.48, -1.89, 3), (53.48, -2.24, 3), (53.80, -1.55, 2), (55.86, -4.25, 2), (53.41, -2.98, 2), (51.45, -2.59, 1),
    (53.38, -1.47, 1), (55.95, -3.19, 1), (51.48, -3.18, 1), (52.64, -1.13, 1), (54.60, -5.93, 1), (52.95, -1.15, 1), (54.98, -1.61, 1),
    (50.90, -1.40, 1), (50.37, -4.14, 1), (52.41, -1.51, 1), (53.74, -0.33, 1), (53.54, -2.63, 1), (52.63, 1.30, 1), (51.75, -1.26, 1),
    (50.72, -3.53, 1), (54.90, -2.93, 1), (57.15, -2.09, 1), (52.20, 0.12, 1),
)
"""Latitude, longitude, and how many of the country's offerings and children lie there."""
Peer = Callable[[str, int], object]
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
    parser.add_argument("--no-peer", action="store_true", help="Kith alone")
    parser.add_argument("--keep", default="")
    given = parser.parse_args()
    report(given.offerings, given.children, given.many, in_one_town=given.one_town, with_peer=not given.no_peer, keep=given.keep)
    return 0


def report(
    offerings: int = 100_000, children: int = 40, many: int = 1000, *, in_one_town: bool = False, with_peer: bool = True, keep: str = ""
) -> None:
    if keep:
        Path(keep).mkdir(parents=True, exist_ok=True)
    with nullcontext(keep) if keep else tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        settings = replace(Settings.from_environment({**os.environ, "KITH_DATA_DIR": folder}), environment="test")
        with create_app(settings).app_context():
            measure(offerings, children, many, in_one_town, with_peer)


def load(offerings: int, in_one_town: bool) -> uuid.UUID:
    upgrade(directory=str(ROOT / "migrations"))
    known = db.session.scalar(sa.select(Zone.id).where(Zone.slug == "bench"))
    if known is not None:
        return known
    zone_id = create_zone(slug="bench", name="Bench", region="West London").id
    invented.load(zone_id, offerings)
    if not in_one_town:
        spread_out(zone_id)
    return zone_id


def measure(offerings: int, children: int, many: int, in_one_town: bool, with_peer: bool) -> None:
    zone_id = load(offerings, in_one_town)
    dice = random.Random(3)
    profiles = [child(dice, number, in_one_town=in_one_town) for number in range(children)]
    print(f"{offerings:,} offerings; read in {took(lambda: shelf.shelf_of(zone_id)) / 1000:.1f} s, {memory():.0f} MB")
    shelf.forget()
    print(f"read again from files in {took(lambda: shelf.shelf_of(zone_id)) / 1000:.2f} s")
    print(f"load {os.getloadavg()[0]:.0f}; {db.engine.dialect.name}")
    peer = peer_of(offerings) if with_peer else None
    fitting = [queries.match_profile(zone_id, profile).eligible for profile in profiles]
    print(f"eligible for a child: {sum(fitting) / len(fitting):,.0f} on average, {max(fitting):,} at most")
    beside(zone_id, profiles, peer)
    pages(zone_id, profiles)
    everyone = [child(dice, number, in_one_town=in_one_town) for number in range(many)]
    lists = took(lambda: sum(len(result.matches) for _, result in queries.match_many(zone_id, everyone))) / 1000
    print(f"{many:,} children: {lists:.1f} s a core, {lists / many * 10_000:.1f} s for 10,000; {memory():.0f} MB with the peer; load {os.getloadavg()[0]:.0f}")


def peer_of(offerings: int) -> Peer:
    rows = [{name: value if isinstance(value, str) else "" for name, value in row.items()} for row in invented.rows(offerings)]
    return peers.tantivy_index(rows, is_fuzzy=False)


def beside(zone_id: uuid.UUID, profiles: list[Profile], peer: Peer | None) -> None:
    """One child after the other by Kith and by the peer, in turns."""
    ours, theirs = list[float](), list[float]()
    for turn in range(5):
        for profile in profiles:
            text = text_of(profile)
            verbs: list[tuple[list[float], Callable[[], object]]] = [(ours, lambda p=profile: queries.match_profile(zone_id, p))]
            if peer is not None:
                verbs.append((theirs, lambda t=text: peer(t, 10)))
            for kept, verb in verbs if turn % 2 else reversed(verbs):
                if turn:  # the first time round is to warm both up
                    kept.append(took(verb))
                else:
                    verb()
            db.session.rollback()
    for share, name in ((0.5, "p50"), (0.95, "p95")):
        told = f", tantivy {at_share(theirs, share):.2f} ms, {at_share(ours, share) / at_share(theirs, share):.2f} x" if theirs else ""
        print(f"match {name}: {at_share(ours, share):.2f} ms{told}; load {os.getloadavg()[0]:.0f}")


# --- the page ------------------------------------------------------------------------------------


def pages(zone_id: uuid.UUID, profiles: list[Profile]) -> None:
    """The list of matches as a browser of the Link Worker gets it."""
    person_id, children = caseload(zone_id, profiles)
    client = current_app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = secret(person_id)
    times, sizes = list[float](), list[int]()
    for turn in range(3):
        for child_id in children:
            began = time.thread_time()
            answer = client.get(f"/children/{child_id}/matches")
            body = answer.get_data()
            if answer.status_code != 200:
                raise SystemExit(f"the page says {answer.status_code}")
            if turn:  # the first time what stands on it is noted
                times.append((time.thread_time() - began) * 1000)
                sizes.append(len(body))
    print(f"page p50: {at_share(times, 0.5):.1f} ms, p95 {at_share(times, 0.95):.1f} ms, {sum(sizes) / len(sizes) / 1000:.0f} kB; load {os.getloadavg()[0]:.0f}")


def caseload(zone_id: uuid.UUID, profiles: list[Profile]) -> tuple[uuid.UUID, list[uuid.UUID]]:
    """A Link Worker, signed in, with a child for each profile; those of an earlier run are used again."""
    mail = "worker@bench.example"
    known = db.session.scalar(sa.select(Person.id).where(Person.email == mail))
    if known is not None:
        return known, list(db.session.scalars(sa.select(Child.id).where(Child.zone_id == zone_id).order_by(Child.reference)))
    with atomic():
        school = School(id=uuid.uuid4(), zone_id=zone_id, name="Bench School", town="Acton")
        worker = Person(id=uuid.uuid4(), name="Bench Worker", email=mail, password_hash="", grants=[RoleGrant(role=Role.LINK_WORKER, zone_id=zone_id)])
        db.session.add_all([school, worker])
        db.session.flush()
        db.session.add(SignIn(person_id=worker.id, token_hash=hash_token(secret(worker.id))))
        made = [of_profile(profile, school, worker) for profile in profiles]
        db.session.add_all(made)
        return worker.id, [one.id for one in made]


def of_profile(profile: Profile, school: School, worker: Person) -> Child:
    today = clock.today()
    return Child(
        id=uuid.uuid4(), zone_id=school.zone_id, school_id=school.id, reference=profile.id, first_name=profile.called, last_name="Bench", age=profile.age,
        school_year="Year 5", gender=profile.gender, region="West London", town="Acton", latitude=profile.latitude, longitude=profile.longitude,
        interests=list(profile.interests), max_km=profile.max_km, are_holidays_ok=profile.are_holidays_ok, is_online_ok=profile.is_online_ok,
        max_cost_pence=profile.max_cost_pence, goals_text=GOALS, programme_starts_on=today, needs=[Need(code=code, priority=rank) for code, rank in profile.needs],
        windows=[{"days": [span.day], "start": f"{span.start // 60:02d}:{span.start % 60:02d}", "end": f"{span.end // 60:02d}:{span.end % 60:02d}"}
                 for span in profile.windows],
        voices=[Voice(words=words, said_on=today) for words in profile.own_words], caseload=[Caseload(person_id=worker.id, starts_on=today)],
    )


if __name__ == "__main__":
    sys.exit(main())

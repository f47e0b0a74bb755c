"""How fast the pages about introductions are, with many introductions in the Zone: how many statements each sends, and its server time.

    .venv/bin/python -m benchmarks.introductions_speed --introductions 20000

Every page is asked for through the whole app, signed in, as a browser would; times are the thread's own processor time, so that other
work on the machine does not count. A page fails that sends 12 statements or more, or takes 60 ms or more at the median.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from app import create_app
from app.accounts.models import Person, Role, RoleGrant, School, SignIn, Zone
from app.accounts.services.sign_ins import hash_token
from app.accounts.services.zones import create_zone
from app.audit.models import AuditEntry
from app.catalogue.models import Offering, OfferingKind, Organisation, PartnerState
from app.children.models import (
    SHAREABLE,
    Carer,
    Caseload,
    Child,
    Consent,
    Relationship,
    RelationshipKind,
    Voice,
)
from app.introductions.models import (
    EndReason,
    Introduction,
    IntroductionState,
    Linking,
    Message,
    Readers,
    Stance,
    StillGoing,
    View,
    Viewpoint,
)
from app.notifications.models import Task, Urgency
from app.shared import clock
from app.shared.db import Row, atomic, db, in_parts
from config import ROOT, Settings

MOST_STATEMENTS, MOST_MS = 12, 60.0
CASELOAD = 40
OFFERINGS = 400
ROUNDS = 15
_S = IntroductionState
SHARE = {
    _S.IDEA: 4, _S.LISTENING: 8, _S.NOT_YET: 6, _S.READY: 4, _S.ASKED: 6, _S.DECLINED: 3, _S.LAPSED: 2, _S.AGREED: 4, _S.ARRANGED: 4,
    _S.MET: 6, _S.JOINED: 10, _S.SETTLED: 10, _S.CLOSED: 20, _S.ENDED: 13,
}
"""How many in a hundred stand there."""


@dataclass(frozen=True)
class Page:
    title: str
    person_id: uuid.UUID
    path: str
    is_limited: bool = True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.introductions_speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--introductions", type=int, default=20_000)
    return report(parser.parse_args().introductions)


def report(introductions: int = 20_000) -> int:
    """Print a line for each page; how many of them are too slow or send too many statements."""
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        settings = replace(Settings.from_environment({**os.environ, "KITH_DATA_DIR": folder}), environment="test")
        app = create_app(settings)
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            pages = load(introductions)
        print(f"{os.cpu_count()} cores, {introductions:,} introductions in one Zone")
        print(f"{'page':<44}{'statements':>12}{'p50 ms':>9}{'p95 ms':>9}")
        return sum(not measure(app, page) for page in pages)


def measure(app: Flask, page: Page) -> bool:
    with app.app_context():
        engine, token = db.engine, secret(page.person_id)
    client = app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = token
    times, counts = list[float](), set[int]()
    for turn in range(ROUNDS + 2):
        with counted(engine) as sent:
            began = time.thread_time()
            answer = client.get(page.path)
            took = (time.thread_time() - began) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"{page.path}: {answer.status_code}")
        if turn > 1:  # the first two are to warm up
            times.append(took)
            counts.add(len(sent))
    p50 = statistics.median(times)
    is_good = not page.is_limited or (max(counts) < MOST_STATEMENTS and p50 < MOST_MS)
    print(f"{page.title:<44}{max(counts):>12}{p50:>9.1f}{sorted(times)[int(len(times) * 0.95)]:>9.1f}{'' if is_good else '   too much'}")
    return is_good


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def secret(person_id: uuid.UUID) -> str:
    return f"bench-{person_id}"


# --- invented rows -------------------------------------------------------------------------------


def save(rows: list[Row] | list[Any]) -> None:
    for part in in_parts(rows, 2000):
        with atomic():
            db.session.add_all(part)
        db.session.expunge_all()


def load(count: int) -> list[Page]:
    """A Zone with so many introductions, and the pages to look at: one Link Worker's, one organisation's, the Zone manager's."""
    zone_id, dice = create_zone(slug="bench", name="Bench", region="West London").id, random.Random(4)
    zone: Zone = db.session.get_one(Zone, zone_id)
    school = School(id=uuid.uuid4(), zone_id=zone.id, name="Bench Primary", latitude=51.51, longitude=-0.26)
    manager = person("Zara Manager", RoleGrant(role=Role.ZONE_MANAGER, zone_id=zone_id))
    workers = [person(f"Worker {n}", RoleGrant(role=Role.LINK_WORKER, zone_id=zone_id)) for n in range(max(2, count // (CASELOAD * 10)))]
    manager_id, worker_ids, school_id = manager.id, [one.id for one in workers], school.id
    save([school, manager, *workers])
    partner_id, offerings = load_catalogue(zone_id)
    children = load_children(zone_id, school_id, worker_ids, count // 10)
    rows, looks = load_introductions(zone_id, children, offerings, count, dice)
    save(rows)
    pages = [Page("a Link Worker’s day", worker_ids[0], "/"), Page("a child with ten introductions", worker_ids[0], f"/children/{children[0][0]}")]
    pages += [Page(f"introduction, {state.value.replace('_', ' ')}", worker_ids[0], f"/introductions/{key}") for state, key in looks.items()]
    pages.append(Page("the Zone manager’s home (no limit)", manager_id, "/", is_limited=False))
    pages.append(Page("introduction, asked: as the organisation", partner_id, f"/introductions/{looks[_S.ASKED]}"))
    save([SignIn(person_id=key, token_hash=hash_token(secret(key))) for key in {page.person_id for page in pages}])
    return pages


def person(name: str, grant: RoleGrant) -> Person:
    return Person(id=uuid.uuid4(), name=name, email=f"{uuid.uuid4().hex}@example.org", grants=[grant])


def load_catalogue(zone_id: uuid.UUID) -> tuple[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID]]]:
    organisations = [Organisation(id=uuid.uuid4(), zone_id=zone_id, name=f"Organisation {n}", state=PartnerState.LIVE) for n in range(OFFERINGS // 4)]
    partner = person("Theo Brown", RoleGrant(role=Role.PARTNER_ADMIN, zone_id=zone_id, organisation_id=organisations[0].id))
    made = [(uuid.uuid4(), organisations[n % len(organisations)].id) for n in range(OFFERINGS)]
    partner_id = partner.id
    save(organisations)
    save([partner, *(Offering(
        id=key, zone_id=zone_id, organisation_id=organisation_id, kind=OfferingKind.COMMUNITY_ASSET, title=f"Offering {n}", description="Good.",
        interests=["drumming"], needs=["Social:friendships"], confirmed_on=clock.today(), town="Acton", latitude=51.51, longitude=-0.26,
    ) for n, (key, organisation_id) in enumerate(made))])
    return partner_id, made


def load_children(zone_id: uuid.UUID, school_id: uuid.UUID, worker_ids: list[uuid.UUID], count: int) -> list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]]:
    """Each with mother, voices, a circle and a Link Worker; (child, mother, Link Worker)."""
    made, rows, today = [], list[Any](), clock.today()
    for n in range(count):
        key, mother, worker = uuid.uuid4(), uuid.uuid4(), worker_ids[(n // CASELOAD) % len(worker_ids)]
        rows.append(Child(
            id=key, zone_id=zone_id, school_id=school_id, reference=f"B-{n:05d}", first_name=f"Child{n}", last_name="Bench", age=9,
            interests=["drumming"], programme_starts_on=today - timedelta(days=200),
        ))
        rows += [Carer(id=mother, child_id=key, name="Ada", relation="mother"), Caseload(child_id=key, person_id=worker, starts_on=today - timedelta(days=200))]
        rows += [Voice(child_id=key, words="I like drums.", said_on=today - timedelta(days=days), heard_by_id=worker) for days in (3, 20, 40)]
        rows.append(Relationship(child_id=key, name="Joanne", kind=RelationshipKind.LINK_WORKER, is_trusted_adult=True))
        made.append((key, mother, worker))
    save(rows)
    return made


def load_introductions(
    zone_id: uuid.UUID, children: list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]], offerings: list[tuple[uuid.UUID, uuid.UUID]], count: int,
    dice: random.Random,
) -> tuple[list[Any], dict[IntroductionState, uuid.UUID]]:
    """With views, a trail, messages, checks, consents and tasks; and one of each state, of the first Link Worker's children. The first
    question goes to the first organisation."""
    rows, looks = list[Any](), dict[IntroductionState, uuid.UUID]()
    consented = set[tuple[uuid.UUID, uuid.UUID]]()
    states = dice.choices(list(SHARE), list(SHARE.values()), k=count)
    states[: len(SHARE)] = [_S.ASKED, *(state for state in SHARE if state is not _S.ASKED)]
    for n, state in enumerate(states):
        child_id, mother, worker = children[n % len(children)]
        offering_id, organisation_id = offerings[0 if n == 0 else (n // len(children) * 37 + n) % len(offerings)]
        key = uuid.uuid4()
        if worker == children[0][2]:
            looks.setdefault(state, key)
        rows.append(introduction(key, zone_id, child_id, offering_id, organisation_id, worker, state))
        rows += around(key, zone_id, child_id, mother, worker, state)
        if (child_id, organisation_id) not in consented:
            consented.add((child_id, organisation_id))
            rows.append(Consent(
                child_id=child_id, organisation_id=organisation_id, carer_id=mother, fields=list(SHAREABLE),
                given_on=clock.today() - timedelta(days=9), ends_on=clock.today() + timedelta(days=200),
            ))
        if state in (_S.MET, _S.JOINED, _S.SETTLED):
            rows.append(Linking(zone_id=zone_id, child_id=child_id, offering_id=offering_id, introduction_id=key, met_on=clock.today() - timedelta(days=30)))
    linked = set[tuple[uuid.UUID, uuid.UUID]]()
    once = [row for row in rows if not isinstance(row, Linking) or not ((row.child_id, row.offering_id) in linked or linked.add((row.child_id, row.offering_id)))]  # type: ignore[func-returns-value]
    return once, looks


def introduction(
    key: uuid.UUID, zone_id: uuid.UUID, child_id: uuid.UUID, offering_id: uuid.UUID, organisation_id: uuid.UUID, worker: uuid.UUID,
    state: IntroductionState,
) -> Introduction:
    now, today = clock.now(), clock.today()
    has_met = state in (_S.MET, _S.JOINED, _S.SETTLED, _S.CLOSED)
    return Introduction(
        id=key, zone_id=zone_id, child_id=child_id, offering_id=offering_id, organisation_id=organisation_id, started_by_id=worker, state=state,
        why="Drums on every table.", who_goes_along="Mum", has_met_contact=True, asked_at=now - timedelta(days=6), answer_by_on=today + timedelta(days=8),
        answered_at=now - timedelta(days=3) if has_met else None, ask_again_on=today + timedelta(days=9),
        meeting_at=now + timedelta(days=2), meeting_place="Hall", met_on=today - timedelta(days=30) if has_met else None,
        joined_on=today - timedelta(days=20) if has_met else None, settled_on=today - timedelta(days=9) if state in (_S.SETTLED, _S.CLOSED) else None,
        end_reason=EndReason.MOVED if state is _S.ENDED else None, ended_on=today if state is _S.ENDED else None,
    )


def around(
    key: uuid.UUID, zone_id: uuid.UUID, child_id: uuid.UUID, mother: uuid.UUID, worker: uuid.UUID, state: IntroductionState
) -> list[Any]:
    said_on = clock.today() - timedelta(days=5)
    rows: list[Any] = [
        View(introduction_id=key, viewpoint=Viewpoint.CHILD, stance=Stance.YES, words="I would like that.", said_on=said_on, asked_by_id=worker),
        View(introduction_id=key, viewpoint=Viewpoint.CARER, carer_id=mother, stance=Stance.YES, words="Fine.", said_on=said_on, asked_by_id=worker),
        Message(introduction_id=key, written_by_id=worker, readers=Readers.TEAM, words="Ring first."),
    ]
    rows += [AuditEntry(
        at=clock.now(), actor_id=worker, actor_name="Joanne Price", action="introductions.introduction.asked", subject_type="introduction",
        subject_id=key, zone_id=zone_id, child_id=child_id, from_state="ready", to_state="asked", details={"version": 1},
    ) for _ in range(6)]
    if state is _S.SETTLED:
        rows += [StillGoing(introduction_id=key, months=months, due_on=clock.today() + timedelta(days=30 * months)) for months in (1, 3, 6, 12)]
    if state in (_S.DECLINED, _S.LAPSED, _S.AGREED):
        rows.append(Task(
            zone_id=zone_id, person_id=worker, child_id=child_id, kind="introduction_next", subject_type="introduction", subject_id=key,
            title="Child · What next?", url=f"/introductions/{key}", urgency=Urgency.TODAY,
        ))
    return rows


if __name__ == "__main__":
    sys.exit(main())

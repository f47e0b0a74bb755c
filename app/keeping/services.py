"""Handing a Zone over from a page: one person asks, a second one agrees, the worker makes the file, and it is gone after some days.

The file lies sealed in KITH_DATA_DIR/hand-overs under a secret that only its row holds, sealed too. Whoever asked fetches it, and only they.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, cast

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Role, Zone
from app.accounts.queries import people_with
from app.audit import services as audit
from app.children.models import Child
from app.interchange.progress import Notes
from app.keeping import handing_over, policies, queries
from app.keeping.models import HAND_OVER_MOVES, HandOver, HandOverState
from app.keeping.sealed_files import Sealer, opened
from app.notifications.handlers import Job
from app.notifications.models import Urgency
from app.notifications.services import close_tasks, open_task, post
from app.notifications.worker import TRIES
from app.safeguarding.queries import leads_of
from app.shared import clock
from app.shared.db import atomic, db, in_parts, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid
from app.shared.paths import link, new_file
from config import Settings

TOPIC = "keeping.hand_over"
TO_ANSWER = timedelta(days=14)
TO_FETCH = timedelta(days=3)
OPEN = (HandOverState.ASKED, HandOverState.MAKING, HandOverState.READY)


class AlreadyAsked(DomainError):
    code = "hand_over_asked"


class NothingToFetch(DomainError):
    code = "hand_over_gone"


@dataclass(frozen=True)
class File:
    """What is handed to the browser: the opened bytes, part by part."""

    size: int
    parts: Iterator[bytes]


def ask(*, zone_id: uuid.UUID, slug: str, why: str, actor: Person) -> HandOver:
    """Ask for everything of a Zone as one file. Raises Forbidden, Invalid, AlreadyAsked."""
    with atomic():
        if not actor.manages(zone_id):
            raise Forbidden(_("The Zone manager asks for a hand-over."))
        zone = lock_row(Zone, zone_id)
        if slug.strip().lower() != zone.slug:
            raise Invalid(_("Type the Zone’s short name, %(slug)s, to show that you mean this one.", slug=zone.slug), field="slug")
        if not why.strip():
            raise Invalid(_("Say who gets it and why."), field="why")
        if db.session.scalar(sa.select(sa.exists().where(HandOver.zone_id == zone_id, HandOver.state.in_(OPEN)))):
            raise AlreadyAsked(_("A hand-over of this Zone is on its way already. Throw that one away first."))
        seconds = [person for person in second_people(zone_id) if person.id != actor.id]
        if not seconds:
            raise Invalid(_("Nobody else can agree to it: the Zone has no safeguarding lead and no other manager."))
        asked = HandOver(zone_id=zone_id, why=why.strip(), asked_by_id=actor.id, expires_at=clock.now() + TO_ANSWER)
        db.session.add(asked)
        audit.record("keeping.hand_over.asked", subject=asked, actor=actor)
        for person in seconds:
            open_task(
                person_id=person.id, kind=TOPIC, subject=asked, title=f"{actor.name} wants to hand {zone.name} over", text="Every record of the Zone as one file. Nothing is made before you agree.",
                action="Read why", icon="archive", url=link("keeping.hand_overs"), urgency=Urgency.WEEK,
            )
    return asked


def second_people(zone_id: uuid.UUID) -> list[Person]:
    """Who can agree, whoever asked: the Zone's own safeguarding leads and its managers."""
    return list({person.id: person for person in (*leads_of(zone_id), *people_with(Role.ZONE_MANAGER, zone_id))}.values())


def agree(*, hand_over_id: uuid.UUID, actor: Person) -> HandOver:
    """The second person says yes, and the worker begins. Raises Forbidden for whoever asked, IllegalMove."""
    with atomic():
        asked = _own(hand_over_id, actor)
        if not policies.can_agree(actor, asked):
            raise Forbidden(_("Somebody other than who asked has to agree."))
        _move(asked, HandOverState.MAKING, actor)
        asked.answered_by_id = actor.id
        close_tasks(kind=TOPIC, subject=asked, why="answered")
        post(topic=TOPIC, payload={"hand_over_id": str(asked.id)}, dedupe=f"{TOPIC}:{asked.id}")
    return asked


def end(*, hand_over_id: uuid.UUID, actor: Person, data_dir: Path) -> None:
    """Refuse it, take it back, or throw the file away: anybody who may see it. Raises IllegalMove when it has ended."""
    with atomic():
        asked = _own(hand_over_id, actor)
        why = "thrown away" if asked.state is HandOverState.READY else "taken back" if asked.asked_by_id == actor.id else "refused"
        dropped = _end(asked, why, actor)
    _drop(data_dir, dropped)


def fetch(*, hand_over_id: uuid.UUID, actor: Person, data_dir: Path) -> File:
    """Hand the file to whoever asked for it. That, and the look at every child in it, is written down first. Raises Forbidden, NothingToFetch."""
    with atomic():
        ready = _own(hand_over_id, actor)
        if not policies.can_fetch(actor, ready):
            raise Forbidden(_("Whoever asked for the hand-over fetches it."))
        if ready.state is not HandOverState.READY or ready.expires_at <= clock.now() or ready.file_name is None or ready.secret is None:
            raise NothingToFetch(_("There is no file any more. Ask for a new one."))
        ready.fetched += 1
        audit.record("keeping.hand_over.fetched", subject=ready, actor=actor, rows=ready.rows)
        children = db.session.scalars(sa.select(Child.id).where(Child.zone_id == ready.zone_id)).all()
        for part in in_parts(list(children)):
            audit.note_sights(person=actor, child_ids=part, what="hand-over of the Zone")
        path, size, secret = data_dir / queries.FOLDER / ready.file_name, ready.size, ready.secret
    return File(size, _parts(path, secret))


def _parts(path: Path, secret: str) -> Iterator[bytes]:
    with path.open("rb") as source:
        yield from opened(source, secret)


def make(job: Job, settings: Settings) -> None:
    """The worker's part. Done twice it has the effect of once: whoever is second finds it made, and drops its own file."""
    hand_over_id = uuid.UUID(job.payload["hand_over_id"])
    notes = Notes(hand_over_id)
    try:
        _make(hand_over_id, settings, notes)
    except Exception:
        if job.attempt >= TRIES:
            with atomic():
                given_up = lock_row(HandOver, hand_over_id)
                if given_up.state is HandOverState.MAKING:
                    _end(given_up, "not made", None)
        raise
    finally:
        notes.end()


def _make(hand_over_id: uuid.UUID, settings: Settings, notes: Callable[[str, int, int], None]) -> None:
    asked = db.session.get_one(HandOver, hand_over_id)
    if asked.state is not HandOverState.MAKING:
        return
    zone, secret, name = asked.zone, secrets.token_urlsafe(32), f"{secrets.token_hex(16)}.sealed"
    path = settings.data_dir / queries.FOLDER / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    tables = len(list(handing_over.scoped(zone.id)))
    told = iter(range(1, tables + 1))
    try:
        with new_file(path) as target:
            sealer = Sealer(target, secret)
            rows, files = handing_over.pack(
                cast(IO[bytes], sealer), zone=zone, settings=settings, without_private=True,
                tell=lambda table, rows: notes(f"Writing, {rows:,} rows so far", next(told, tables), tables),
            )
            sealer.finish()
        _keep(hand_over_id, name, secret, sealer.size, rows, files)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _keep(hand_over_id: uuid.UUID, name: str, secret: str, size: int, rows: int, files: int) -> None:
    with atomic():
        made = lock_row(HandOver, hand_over_id)
        _move(made, HandOverState.READY, None, rows=rows)
        made.file_name, made.secret, made.size, made.rows, made.files = name, secret, size, rows, files
        made.expires_at = clock.now() + TO_FETCH
        open_task(
            person_id=made.asked_by_id, kind=f"{TOPIC}.ready", subject=made, title=f"{made.zone.name} is ready to be handed over", action="Fetch it",
            text=f"The file is there until {clock.london(made.expires_at):%-d %B, %H:%M}.", icon="archive", url=link("keeping.hand_overs"),
        )


def sweep(data_dir: Path) -> None:
    """End what nobody answered or fetched in time, and delete files that no row knows (a worker died beside them)."""
    over = sa.select(HandOver.id).where(HandOver.state.in_((HandOverState.ASKED, HandOverState.READY)), HandOver.expires_at <= clock.now())
    for hand_over_id in db.session.scalars(over).all():
        with atomic():
            row = lock_row(HandOver, hand_over_id)
            dropped = _end(row, "its time was over", None) if row.state in OPEN and row.expires_at <= clock.now() else None
        _drop(data_dir, dropped)
    _drop_unknown(data_dir)


def _drop_unknown(data_dir: Path) -> None:
    """What lies there is looked at before the rows are read: whatever was being made then is seen as being made, or is known by now."""
    db.session.rollback()  # no row is read as it was before
    lying = list((data_dir / queries.FOLDER).glob("*.sealed"))
    if not lying or db.session.scalar(sa.select(sa.exists().where(HandOver.state == HandOverState.MAKING))):
        return
    known = set(db.session.scalars(sa.select(HandOver.file_name).where(HandOver.file_name.is_not(None))))
    for path in lying:
        if path.name not in known:
            path.unlink(missing_ok=True)


def _own(hand_over_id: uuid.UUID, actor: Person) -> HandOver:
    queries.get_hand_over(hand_over_id, actor)
    return lock_row(HandOver, hand_over_id)


def _move(row: HandOver, to: HandOverState, actor: Person | None, **details: str | int) -> None:
    before = row.state
    HAND_OVER_MOVES.require(before, to)
    row.state = to
    done = {HandOverState.MAKING: "agreed", HandOverState.READY: "made", HandOverState.ENDED: "ended"}[to]
    audit.record(f"keeping.hand_over.{done}", subject=row, actor=actor, zone_id=None, child_id=None, moved=(before, to), reason="", **details)


def _end(row: HandOver, why: str, actor: Person | None) -> str | None:
    """Its secret goes with it. The file that is to be dropped once this is committed."""
    dropped, row.file_name, row.secret, row.ended_why = row.file_name, None, None, why
    if row.state is HandOverState.ASKED and actor is not None:
        row.answered_by_id = actor.id
    _move(row, HandOverState.ENDED, actor, why=why.replace(" ", "_"))
    for kind in (TOPIC, f"{TOPIC}.ready"):
        close_tasks(kind=kind, subject=row, why=why)
    return dropped


def _drop(data_dir: Path, name: str | None) -> None:
    if name is not None:
        (data_dir / queries.FOLDER / name).unlink(missing_ok=True)

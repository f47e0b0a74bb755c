"""What was looked for and not found: counted by day without anybody's name, and told to the Zone manager by those who wish."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import Person, Role
from app.audit import services as audit
from app.catalogue import hooks
from app.catalogue.models.finding import GapNote, MissKind, OpenedView, SearchMiss
from app.catalogue.search.analysis import words
from app.catalogue.search.private import without_names
from app.catalogue.search.snapshot import vocabulary_of
from app.catalogue.search.spelling import is_known
from app.catalogue.services import powers
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Invalid, NotFound

KEPT_FOR = timedelta(days=365)
LONGEST = 200


def without_anybody(text: str, zone_id: uuid.UUID) -> str:
    """What was typed, without personal names: those of the Zone's children and their people, and what looks like one."""
    if not text.strip():
        return ""
    vocabulary = vocabulary_of(zone_id)
    return without_names(text[:1000], hooks.names_of_zone(zone_id), lambda word: is_known(word, vocabulary))


def record_miss(*, zone_id: uuid.UUID, role: Role, kind: MissKind, typed: str, taken_as: str, asked: str) -> None:
    """Count a search of today. Who searched is not written down. The one log that a GET may write (like a look at a child)."""
    said = without_anybody(typed, zone_id)[:LONGEST]
    understood = without_anybody(taken_as, zone_id)[:LONGEST]
    with atomic():
        insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        statement = insert(SearchMiss).values(
            id=uuid.uuid4(), created_at=clock.now(), zone_id=zone_id, on_day=clock.today(), role=role, kind=kind, typed=said,
            taken_as=understood, asked=asked[:400], times=1, last_at=clock.now(),
        )
        db.session.execute(statement.on_conflict_do_update(
            index_elements=["zone_id", "on_day", "role", "kind", "typed", "asked"],
            set_={"times": SearchMiss.times + 1, "last_at": clock.now(), "taken_as": statement.excluded.taken_as},
        ))


def forget_old_misses() -> int:
    """Counts older than a year go. How many did. The clock calls this; most minutes there is nothing to do."""
    before = clock.today() - KEPT_FOR
    if db.session.scalar(sa.select(SearchMiss.id).where(SearchMiss.on_day < before).limit(1)) is None:
        return 0
    with atomic():
        done: Any = db.session.execute(sa.delete(SearchMiss).where(SearchMiss.on_day < before))
        return int(done.rowcount)


def note_gap(*, zone_id: uuid.UUID, typed: str, asked: str, note: str, actor: Person) -> GapNote:
    """Tell the Zone manager that something is not there. Telling the same again changes the note, not the number.

    Raises Invalid at the field when the note names a child that the writer knows.
    """
    powers.searches(actor, zone_id)
    refuse_names(note, actor, "note")
    with atomic():
        said = without_anybody(typed, zone_id)[:LONGEST]
        gap = db.session.scalar(sa.select(GapNote).where(
            GapNote.zone_id == zone_id, GapNote.person_id == actor.id, GapNote.typed == said, GapNote.asked == asked[:400],
            GapNote.closed_at.is_(None),
        ))
        if gap is None:
            gap = GapNote(zone_id=zone_id, person_id=actor.id, typed=said, asked=asked[:400], note="")
            db.session.add(gap)
        gap.note = without_anybody(note, zone_id) or gap.note
        audit.record("catalogue.gap.noted", subject=gap, actor=actor)
        return gap


def refuse_names(text: str, person: Person, field: str) -> None:
    """Raises Invalid when the text holds the first name of a child this person may see. Nothing is said about other children."""
    seen = hooks.names_seen_by(person)
    if any(form in seen for word in words(text) for form in (word, word.removesuffix("s"))):
        raise Invalid(_("That has the name of one of your children in it. Say it without."), field=field)


def close_gap(*, gap_id: uuid.UUID, why: str, actor: Person) -> GapNote:
    """All open notes that say the same are closed together. Raises NotFound, and DomainError when it is closed already."""
    with atomic():
        gap = lock_row(GapNote, gap_id)
        powers.manages(actor, gap.zone_id)
        if gap.closed_at is not None:
            raise DomainError(_("That is closed already."))
        same = db.session.scalars(sa.select(GapNote).where(
            GapNote.zone_id == gap.zone_id, GapNote.typed == gap.typed, GapNote.asked == gap.asked, GapNote.closed_at.is_(None)
        )).all()
        for one in same:
            one.closed_at, one.closed_by_id, one.closed_why = clock.now(), actor.id, why
        audit.record("catalogue.gap.closed", subject=gap, actor=actor, notes=len(same))
        return gap


def open_view(*, zone_id: uuid.UUID, to_zone_id: uuid.UUID, actor: Person) -> OpenedView:
    """Let another Zone see which live offers there are here when it has none. Raises DomainError when it does already."""
    with atomic():
        powers.manages(actor, zone_id)
        if db.session.scalar(sa.select(OpenedView.id).where(OpenedView.zone_id == zone_id, OpenedView.to_zone_id == to_zone_id)):
            raise DomainError(_("That Zone sees your offers already."), field="zone")
        view = OpenedView(zone_id=zone_id, to_zone_id=to_zone_id)
        db.session.add(view)
        audit.record("catalogue.view.opened", subject=view, actor=actor, zone_id=zone_id, to=to_zone_id)
        return view


def close_view(*, view_id: uuid.UUID, actor: Person) -> None:
    """The other Zone sees nothing more, at once. Raises NotFound."""
    with atomic():
        view = db.session.get(OpenedView, view_id)
        if view is None:
            raise NotFound
        powers.manages(actor, view.zone_id)
        audit.record("catalogue.view.closed", subject=view, actor=actor, zone_id=view.zone_id, to=view.to_zone_id)
        db.session.delete(view)

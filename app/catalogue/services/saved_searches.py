"""Searches people keep by name, and telling them once of each new offer that fits."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import Person
from app.accounts.queries import list_schools
from app.audit import services as audit
from app.catalogue import addresses
from app.catalogue.models import Offering
from app.catalogue.models.finding import SavedSearch, SavedSearchOffer
from app.catalogue.search.engine import fitting
from app.catalogue.services import powers
from app.catalogue.services.misses import refuse_names
from app.notifications.services import close_tasks, open_task
from app.shared import clock
from app.shared.db import atomic, db, in_parts, lock_row
from app.shared.errors import DomainError, Invalid

TASK = "catalogue.saved_search.fits"
MOST_SAVED = 50
MOST_A_SWEEP = 25
"""Searches looked at in one turn of the clock; a turn comes every minute."""
LONGEST_ADDRESS = 1000


def save_search(*, zone_id: uuid.UUID, name: str, asked: str, is_told: bool, actor: Person) -> SavedSearch:
    """Keep a search. What fits it today is known, and is not told.

    Raises Invalid at the field: the name is used, has a child's name in it, or there are too many.
    """
    powers.searches(actor, zone_id)
    refuse_names(name, actor, "name")
    refuse_names(addresses.read_text(asked, None).words, actor, "name")
    if len(asked) > LONGEST_ADDRESS:
        raise Invalid(_("That search has too many parts to be kept. Take some away."), field="name")
    known = _fits(asked, zone_id)
    with atomic():
        own = db.session.execute(sa.select(SavedSearch.zone_id, SavedSearch.name).where(SavedSearch.person_id == actor.id)).all()
        if any(other == zone_id and called.casefold() == name.casefold() for other, called in own):
            raise Invalid(_("You have a search of that name already."), field="name")
        if len(own) >= MOST_SAVED:
            raise Invalid(_("You keep %(most)s searches already. Remove one that you no longer need.", most=MOST_SAVED), field="name")
        saved = SavedSearch(person_id=actor.id, zone_id=zone_id, name=name, asked=asked, is_told=is_told)
        db.session.add(saved)
        audit.record("catalogue.saved_search.saved", subject=saved, actor=actor, is_told=is_told)
        _remember(saved, known, told=False)
        return saved


def tell(*, saved_id: uuid.UUID, is_told: bool, actor: Person) -> SavedSearch:
    """Be told, or stop being told. Whoever begins again is told of what is new from then on. Raises DomainError when it is so."""
    saved = db.session.get_one(SavedSearch, saved_id)
    known = _fits(saved.asked, saved.zone_id) if is_told else []
    with atomic():
        saved = lock_row(SavedSearch, saved_id)
        powers.keeps_search(actor, saved)
        if saved.is_told == is_told:
            raise DomainError(_("You are told already.") if is_told else _("You are not told any more already."))
        saved.is_told, saved.swept_on = is_told, clock.today()
        if is_told:
            _remember(saved, known, told=False)
        else:
            close_tasks(kind=TASK, subject=saved, why="You are no longer told")
        audit.record(f"catalogue.saved_search.{'told' if is_told else 'silenced'}", subject=saved, actor=actor)
        return saved


def mark_seen(*, saved_id: uuid.UUID, actor: Person) -> SavedSearch:
    """The owner has looked at what is new: it leaves the list of things to do."""
    with atomic():
        saved = lock_row(SavedSearch, saved_id)
        powers.keeps_search(actor, saved)
        db.session.execute(
            sa.update(SavedSearchOffer).where(SavedSearchOffer.saved_search_id == saved.id, SavedSearchOffer.seen_at.is_(None))
            .values(seen_at=clock.now()).execution_options(synchronize_session=False)
        )
        close_tasks(kind=TASK, subject=saved, why="Looked at")
        audit.record("catalogue.saved_search.viewed", subject=saved, actor=actor)
        return saved


def remove_search(*, saved_id: uuid.UUID, actor: Person) -> None:
    with atomic():
        saved = lock_row(SavedSearch, saved_id)
        powers.keeps_search(actor, saved)
        close_tasks(kind=TASK, subject=saved, why="The search was removed")
        audit.record("catalogue.saved_search.removed", subject=saved, actor=actor)
        db.session.execute(sa.delete(SavedSearchOffer).where(SavedSearchOffer.saved_search_id == saved.id))
        db.session.delete(saved)


def sweep() -> int:
    """Look at the searches that were not looked at today and tell their owners of what is new. How many were looked at.

    Safe to run twice at once: the row is locked and its day read again; an offer can be told of only once (a unique constraint).
    """
    due = sa.select(SavedSearch.id).where(SavedSearch.is_told, SavedSearch.swept_on < clock.today())
    ids = db.session.scalars(due.order_by(SavedSearch.swept_on, SavedSearch.id).limit(MOST_A_SWEEP)).all()
    for saved_id in ids:
        _sweep_one(saved_id)
    return len(ids)


def _sweep_one(saved_id: uuid.UUID) -> None:
    saved = db.session.get(SavedSearch, saved_id)
    if saved is None:
        return
    owner = db.session.get_one(Person, saved.person_id)
    may_look = owner.is_active and saved.zone_id in owner.zone_ids()
    fits = _fits(saved.asked, saved.zone_id) if may_look else []
    with atomic():
        row = db.session.scalar(sa.select(SavedSearch).where(SavedSearch.id == saved_id).with_for_update())
        if row is None or not row.is_told or row.swept_on >= clock.today():
            return
        row.swept_on = clock.today()
        new = _remember(row, fits, told=True)
        if new:
            _open(row)
            audit.record("catalogue.saved_search.announced", subject=row, actor=None, new=len(new))


def _fits(asked: str, zone_id: uuid.UUID) -> list[uuid.UUID]:
    """Live offers of the Zone that answer every part of it, best first."""
    near = addresses.school_of(list_schools(zone_id), addresses.near_of(asked))
    wanted = addresses.read_text(asked, near)
    return fitting(zone_id, wanted.words, wanted.filters)


def _remember(saved: SavedSearch, offering_ids: list[uuid.UUID], *, told: bool) -> list[uuid.UUID]:
    """Write down that the owner knows of these; the ones that are new to them."""
    if not offering_ids:
        return []
    db.session.flush()
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    now, new = clock.now(), list[uuid.UUID]()
    for part in in_parts(offering_ids, 200):
        rows = [
            {"id": uuid.uuid4(), "created_at": now, "saved_search_id": saved.id, "offering_id": id_, "told_at": now if told else None,
             "seen_at": None if told else now}
            for id_ in part
        ]
        statement = insert(SavedSearchOffer).values(rows).on_conflict_do_nothing(index_elements=["saved_search_id", "offering_id"])
        new += db.session.scalars(statement.returning(SavedSearchOffer.offering_id)).all()
    return new


def _open(saved: SavedSearch) -> None:
    """One task however many are waiting. It says what is new, and nothing of what the owner typed: that may name a child."""
    waiting = db.session.scalars(
        sa.select(Offering).join(SavedSearchOffer, SavedSearchOffer.offering_id == Offering.id)
        .where(SavedSearchOffer.saved_search_id == saved.id, SavedSearchOffer.seen_at.is_(None))
        .order_by(SavedSearchOffer.told_at.desc(), Offering.title)
    ).all()
    first, more = waiting[0], len(waiting) - 1
    others = f" and {more} more" if more else ""
    open_task(
        person_id=saved.person_id, kind=TASK, subject=saved, title=f"New for a search you saved: {first.title}{others}",
        text=f"By {first.organisation.name}{f', {first.town}' if first.town else ''}.", action="Look", icon="bookmark",
        url=f"/find/saved/{saved.id}",
    )

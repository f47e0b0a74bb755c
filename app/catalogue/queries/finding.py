"""Reads of saved searches, of what was not found, and of what a neighbouring Zone has."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import ROLE_WORDS, Person, Zone
from app.catalogue.models import Offering, OfferingState
from app.catalogue.models.finding import (
    GapNote,
    MissKind,
    OpenedView,
    SavedSearch,
    SavedSearchOffer,
    SearchMiss,
)
from app.catalogue.queries.offerings import offerings_visible_to
from app.catalogue.search.engine import browse
from app.catalogue.search.filters import Filters
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound

MOST_COMPARED = 4
MOST_NEIGHBOURS = 4
MOST_LINES = 60


def list_to_compare(ids: Sequence[uuid.UUID], person: Person) -> list[Offering]:
    """In the order asked for, at most four, of what this person may see and is on offer; nothing else is told apart."""
    wanted = list(dict.fromkeys(ids))[:MOST_COMPARED]
    statement = (
        sa.select(Offering).where(Offering.id.in_(wanted), offerings_visible_to(person), Offering.state.in_((OfferingState.LIVE, OfferingState.PAUSED)))
        .options(selectinload(Offering.cohorts), selectinload(Offering.tariffs), joinedload(Offering.organisation))
    )
    found = {offering.id: offering for offering in db.session.scalars(statement).unique()}
    return [found[id_] for id_ in wanted if id_ in found]


# --- saved searches ---------------------------------------------------------------------------------


def get_saved_search(saved_id: uuid.UUID, person: Person) -> SavedSearch:
    """One's own. Raises NotFound."""
    saved = db.session.get(SavedSearch, saved_id, options=[joinedload(SavedSearch.zone)])
    if saved is None or saved.person_id != person.id or saved.zone_id not in person.zone_ids():
        raise NotFound
    return saved


def list_saved_searches(person: Person) -> list[tuple[SavedSearch, int]]:
    """One's own, by name, each with how many new offers wait to be looked at."""
    waiting = (
        sa.select(SavedSearchOffer.saved_search_id, sa.func.count().label("number"))
        .join(Offering, Offering.id == SavedSearchOffer.offering_id)
        .where(SavedSearchOffer.seen_at.is_(None), Offering.state == OfferingState.LIVE)
        .group_by(SavedSearchOffer.saved_search_id).subquery()
    )
    statement = (
        sa.select(SavedSearch, sa.func.coalesce(waiting.c.number, 0)).outerjoin(waiting, waiting.c.saved_search_id == SavedSearch.id)
        .where(SavedSearch.person_id == person.id, SavedSearch.zone_id.in_(person.zone_ids()))
        .options(joinedload(SavedSearch.zone)).order_by(sa.func.lower(SavedSearch.name), SavedSearch.id)
    )
    return [(saved, number) for saved, number in db.session.execute(statement)]


def list_new_for(saved: SavedSearch, person: Person) -> list[Offering]:
    """What was told and not looked at, as far as it is still live and within sight; newest first."""
    statement = (
        sa.select(Offering).join(SavedSearchOffer, SavedSearchOffer.offering_id == Offering.id)
        .where(SavedSearchOffer.saved_search_id == saved.id, SavedSearchOffer.seen_at.is_(None), Offering.state == OfferingState.LIVE,
               offerings_visible_to(person))
        .options(selectinload(Offering.cohorts), selectinload(Offering.tariffs), joinedload(Offering.organisation))
        .order_by(SavedSearchOffer.told_at.desc(), Offering.title)
    )
    return list(db.session.scalars(statement).unique())


# --- what was not found -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Missed:
    """The same search by whoever, however often. `asked` are its filters."""

    typed: str
    taken_as: str
    asked: str
    times: int
    roles: tuple[str, ...]
    last_on: date


def list_misses(zone_id: uuid.UUID, kind: MissKind, days: int) -> list[Missed]:
    """Most often missed first."""
    since = clock.today() - timedelta(days=days)
    statement = sa.select(SearchMiss).where(SearchMiss.zone_id == zone_id, SearchMiss.kind == kind, SearchMiss.on_day > since)
    groups: dict[tuple[str, str], list[SearchMiss]] = {}
    for row in db.session.scalars(statement.order_by(SearchMiss.on_day, SearchMiss.id)):
        groups.setdefault((row.typed.casefold(), row.asked), []).append(row)
    found = [
        Missed(
            rows[-1].typed, rows[-1].taken_as, asked, sum(row.times for row in rows),
            tuple(sorted({ROLE_WORDS[row.role] for row in rows})), rows[-1].on_day,
        )
        for (_, asked), rows in groups.items()
    ]
    return sorted(found, key=lambda missed: (-missed.times, -missed.last_on.toordinal(), missed.typed))[:MOST_LINES]


@dataclass(frozen=True)
class Gap:
    """Notes that say the same. `first` is the oldest of them, for closing."""

    first: GapNote
    people: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    last_at: datetime


def list_gaps(zone_id: uuid.UUID) -> list[Gap]:
    """Open ones, those most people told of first."""
    statement = (
        sa.select(GapNote).where(GapNote.zone_id == zone_id, GapNote.closed_at.is_(None)).options(joinedload(GapNote.person))
        .order_by(GapNote.created_at, GapNote.id)
    )
    groups: dict[tuple[str, str], list[GapNote]] = {}
    for note in db.session.scalars(statement):
        groups.setdefault((note.typed, note.asked), []).append(note)
    found = [
        Gap(notes[0], tuple(dict.fromkeys(note.person.name for note in notes)), tuple((note.note, note.person.name) for note in notes if note.note),
            max(note.created_at for note in notes))
        for notes in groups.values()
    ]
    return sorted(found, key=lambda gap: (-len(gap.people), gap.first.created_at, str(gap.first.id)))


def get_gap(gap_id: uuid.UUID, person: Person) -> GapNote:
    """Of a Zone one manages. Raises NotFound."""
    gap = db.session.get(GapNote, gap_id)
    if gap is None or not person.manages(gap.zone_id):
        raise NotFound
    return gap


# --- the neighbouring Zone --------------------------------------------------------------------------


@dataclass(frozen=True)
class NextDoor:
    """What another Zone has for the same words and filters. `is_own`: the person has a role there and may go and look."""

    zone: Zone
    is_own: bool
    total: int
    offers: tuple[tuple[str, str, str], ...]


def look_next_door(zone_id: uuid.UUID, person: Person, typed: str, filters: Filters, most: int = 3) -> list[NextDoor]:
    """Zones see nothing of each other, unless the person works in both, or the other's manager has opened its live offers to this
    one; then titles, providers and towns, and nothing one could open. Distance and place of the own Zone are left out."""
    opened = db.session.scalars(sa.select(OpenedView.zone_id).where(OpenedView.to_zone_id == zone_id)).all()
    own = person.zone_ids() - {zone_id}
    ids = {*opened, *own} - {zone_id}
    if not ids:
        return []
    zones = db.session.scalars(sa.select(Zone).where(Zone.id.in_(ids)).order_by(Zone.name).limit(MOST_NEIGHBOURS)).all()
    elsewhere = replace(filters, within_km=None, origin=None, towns=())
    out = []
    for zone in zones:
        found = browse(zone.id, typed, elsewhere, size=most)
        if not found.close:
            continue
        ids_found = [result.offering_id for result in found.results if result.is_close]
        by_id = {o.id: o for o in db.session.scalars(sa.select(Offering).where(Offering.id.in_(ids_found)).options(joinedload(Offering.organisation)))}
        offers = tuple((by_id[i].title, by_id[i].organisation.name, by_id[i].town) for i in ids_found if i in by_id)
        out.append(NextDoor(zone, zone.id in own, found.close, offers))
    return out


def list_opened_views(zone_id: uuid.UUID) -> Sequence[OpenedView]:
    """To which Zones this one shows its live offers."""
    statement = sa.select(OpenedView).where(OpenedView.zone_id == zone_id).options(joinedload(OpenedView.to_zone))
    return sorted(db.session.scalars(statement), key=lambda view: view.to_zone.name)


def get_opened_view(view_id: uuid.UUID, person: Person) -> OpenedView:
    """Of a Zone one manages. Raises NotFound."""
    view = db.session.get(OpenedView, view_id)
    if view is None or not person.manages(view.zone_id):
        raise NotFound
    return view

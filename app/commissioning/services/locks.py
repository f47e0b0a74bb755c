"""Locking all that a verb will change: once, before the recount, in the global order.

Cohort, Fund, Envelope, Commission, Introduction, Place, Session; within a table by id. Whoever follows this order can never
wait in a circle. Calling it again for rows already locked costs a query and changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import Zone
from app.catalogue.models import Cohort, Session
from app.children.models import Child
from app.commissioning.models import WAITING_STATES, Commission, Envelope, Fund, FundShare, Place, PlaceState
from app.introductions.models import Introduction
from app.shared import clock
from app.shared.db import db, lock_ids, lock_rows
from app.shared.errors import NotFound

Year = tuple[uuid.UUID, int]
"""A child and a school year: whose envelope."""


def lock_for(
    *,
    commissions: Iterable[uuid.UUID] = (),
    cohorts: Iterable[uuid.UUID] = (),
    funds: Iterable[uuid.UUID] = (),
    years: Iterable[Year] = (),
    introductions: Iterable[uuid.UUID] = (),
    places: Iterable[uuid.UUID] = (),
    sessions: Iterable[uuid.UUID] = (),
    only_money: bool = False,
) -> dict[uuid.UUID, Commission]:
    """Lock these rows and, for each commission, its cohort, its funds, the child's envelope, its introduction and its place.

    `only_money` leaves all of a commission but its funds alone, for what moves neither state nor place.

    An envelope that is not there yet is made, with the Zone's amount. Answers the commissions, read fresh. Raises NotFound when
    one of the rows is not there.
    """
    wanted = set(commissions)
    cohorts, funds, years, introductions, places = set(cohorts), set(funds), set(years), set(introductions), set(places)
    if wanted and not only_money:
        statement = sa.select(
            Commission.cohort_id, Commission.child_id, Commission.year, Commission.introduction_id, Commission.place_id
        ).where(Commission.id.in_(wanted))
        for cohort_id, child_id, year, introduction_id, place_id in db.session.execute(statement):
            cohorts.add(cohort_id)
            years.add((child_id, year))
            introductions.add(introduction_id)
            places |= {place_id} if place_id else set()
    if wanted:
        funds |= set(db.session.scalars(sa.select(FundShare.fund_id).where(FundShare.commission_id.in_(wanted))))
    lock_rows(Cohort, cohorts)
    lock_rows(Fund, funds)
    lock_rows(Envelope, _envelopes_made(years).values())
    locked = lock_rows(Commission, wanted)
    lock_rows(Introduction, introductions)
    lock_rows(Place, places)
    lock_rows(Session, sessions)
    for commission in locked:
        db.session.expire(commission, ["shares", "decisions", "suspensions", "place"])
        if not only_money:
            db.session.expire(commission.child, ["school_id"])  # who may pay hangs on it
    return {commission.id: commission for commission in locked}


def lock_for_register(session_id: uuid.UUID, child_ids: Collection[uuid.UUID]) -> None:
    """All that marking these children at this session may change: the same rows as `lock_for`, in the same order. The register calls it
    before it looks at anything, so that nothing has to be read here."""
    found = db.session.execute(
        sa.select(Place.id, Place.introduction_id, Commission.id, Place.cohort_id, Commission.child_id, Commission.year, FundShare.fund_id)
        .join(Session, Session.cohort_id == Place.cohort_id)
        .outerjoin(Commission, Commission.place_id == Place.id)
        .outerjoin(FundShare, FundShare.commission_id == Commission.id)
        .where(Session.id == session_id, Place.child_id.in_(child_ids), Place.taken_at.is_not(None))
    ).all()
    commissions, funds = {row[2] for row in found if row[2]}, {row[6] for row in found if row[6]}
    lock_ids(Cohort, {row[3] for row in found})
    lock_ids(Fund, funds)
    lock_ids(Envelope, _envelopes_made({(row[4], row[5]) for row in found if row[2]}).values())
    lock_ids(Commission, commissions)
    lock_ids(Introduction, {row[1] for row in found if row[1]})
    lock_ids(Place, {row[0] for row in found})
    lock_ids(Session, [session_id])


def lapsed_commissions(*, cohort_ids: Iterable[uuid.UUID] = (), fund_ids: Iterable[uuid.UUID] = ()) -> set[uuid.UUID]:
    """Requests whose hold has run out and that still stand in the way of these cohorts or funds. Unlocked: look again."""
    paid_by = sa.select(FundShare.commission_id).where(FundShare.fund_id.in_(list(fund_ids)))
    return set(db.session.scalars(sa.select(Commission.id).where(
        Commission.state.in_(WAITING_STATES), Commission.decide_by <= clock.now(),
        sa.or_(Commission.cohort_id.in_(list(cohort_ids)), Commission.id.in_(paid_by)),
    )))


def place_ids_of_introductions(introduction_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Live places by id, with their cohort: also those of a local asset, behind which no commission stands."""
    rows = db.session.execute(sa.select(Place.id, Place.cohort_id).where(
        Place.introduction_id.in_(list(introduction_ids)),
        Place.state.in_((PlaceState.HELD, PlaceState.FIRM, PlaceState.TAKEN)),
    ))
    return {row.id: row.cohort_id for row in rows}


def _envelopes_made(years: set[Year]) -> dict[Year, uuid.UUID]:
    """The envelopes of these years, made where there are none. Two at the same moment make one: the second waits and adds nothing."""
    there = _envelopes(years)
    if not years - set(there):
        return there
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    for child_id, year in sorted(years - set(there)):
        pence = db.session.scalar(sa.select(Zone.envelope_pence).join(Child, Child.zone_id == Zone.id).where(Child.id == child_id))
        if pence is None:
            raise NotFound
        db.session.execute(
            insert(Envelope)
            .values(id=uuid.uuid4(), created_at=clock.now(), child_id=child_id, year=year, pence=pence)
            .on_conflict_do_nothing(index_elements=[Envelope.child_id, Envelope.year])
        )
    return _envelopes(years)


def _envelopes(years: Iterable[Year]) -> dict[Year, uuid.UUID]:
    wanted = sorted(set(years))
    if not wanted:
        return {}
    statement = sa.select(Envelope.child_id, Envelope.year, Envelope.id).where(sa.tuple_(Envelope.child_id, Envelope.year).in_(wanted))
    return {(child_id, year): id_ for child_id, year, id_ in db.session.execute(statement)}

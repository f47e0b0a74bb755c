"""A commission a part of which nobody pays for (a fund stopped): how far the rest of the money goes. Reads only."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import accumulate

import sqlalchemy as sa

from app.catalogue.models import Session, SessionState
from app.commissioning.models import Commission, Place, SessionPrice, part_of_price
from app.commissioning.services import pricing, purse
from app.shared import clock
from app.shared.db import db


def waiting_for_a_register(commission: Commission) -> int:
    """Sessions that have begun since the child has the place, are payable and have no register yet; never more than are left to deliver."""
    taken_at = db.session.scalar(sa.select(Place.taken_at).where(Place.id == commission.place_id))
    if taken_at is None:
        return 0
    has_price = sa.exists().where(SessionPrice.session_id == Session.id, SessionPrice.commission_id == commission.id)
    found = db.session.scalars(sa.select(Session).where(
        Session.cohort_id == commission.cohort_id, Session.state.in_((SessionState.SCHEDULED, SessionState.HELD)),
        Session.starts_at >= taken_at, Session.starts_at < clock.now(), ~has_price,
    )).unique()
    payable = sum(1 for session in found if not any(pause.covers(session.held_on) for pause in commission.suspensions))
    return min(payable, to_deliver(commission))


def to_deliver(commission: Commission) -> int:
    """Sessions that were bought and have no price yet."""
    return max(0, commission.sessions - pricing.counted(commission)[0])


def worth_of_next(commission: Commission, sessions: int) -> int:
    """What the next so many sessions without a register come to, in pence."""
    return sum(_prices(commission)[:sessions])


def _prices(commission: Commission) -> list[int]:
    """What each session that has no register yet is worth, the next first."""
    done, before = pricing.counted(commission)
    left = max(0, commission.sessions - done)
    if not commission.is_per_place:
        return [commission.price_pence] * left
    prices: list[int] = []
    while len(prices) < left:
        prices.append(part_of_price(commission.price_pence, before + sum(prices), left - len(prices)))
    return prices


def sessions_paid_for(commission: Commission, going: int | None = None) -> int:
    """For how many sessions from here on the money that is still promised is enough, those that wait for a register not among them.

    `going`: what would be promised, in pence; else what is now. What a fund that has stopped still keeps is for those that wait.
    """
    waiting = waiting_for_a_register(commission)
    if going is None:
        going = sum(left for _, left in purse.committed(commission, at=datetime.min.replace(tzinfo=UTC) if waiting else None))
    paid = sum(1 for worth in accumulate(_prices(commission)) if worth <= going)
    return max(0, paid - waiting)


def is_next_paid(commission: Commission) -> bool:
    """Is there money for the next session, or none to come?"""
    return not commission.uncovered_pence or to_deliver(commission) <= waiting_for_a_register(commission) or sessions_paid_for(commission) > 0

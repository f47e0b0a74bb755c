"""What the clock does for commissioning: expire requests, pass on offered places, stop funds that have ended, rest what nobody pays for, ask about pauses that
have run out.

None of it frees anything that is not free already: a lapsed hold counts for nothing and a lapsed request reads as expired.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.commissioning.models import Commission, CommissionState, Waiting, WaitingState
from app.commissioning.queries.commissions import list_due
from app.commissioning.services import endings, fund_ends, stopping, telling, waiting
from app.shared import clock
from app.shared.db import atomic, db, lock_row


def expire_due() -> int:
    """Each request whose hold ran out, in a transaction of its own. How many there were."""
    due = list_due()
    for commission_id in due:
        endings.expire(commission_id=commission_id)
    return len(due)


def pass_on_offers() -> int:
    """Cohorts with an offer nobody answered, or with room for somebody in line: offer on. How many turns got an offer."""
    unanswered = sa.and_(Waiting.state == WaitingState.OFFERED, Waiting.offered_until <= clock.now())
    statement = sa.select(Waiting.cohort_id).distinct().where(sa.or_(unanswered, Waiting.state == WaitingState.WAITING))
    return sum(len(waiting.offer_next(cohort_id=id_)) for id_ in sorted(db.session.scalars(statement).all()))


def ask_about_pauses() -> int:
    """Pauses whose last day has passed: the Link Worker says whether it goes on or ends. How many are asked about."""
    statement = sa.select(Commission.id).where(
        Commission.state == CommissionState.SUSPENDED, Commission.suspended_until < clock.today()
    )
    due = db.session.scalars(statement).all()
    for commission_id in due:
        with atomic():
            commission = lock_row(Commission, commission_id)
            if commission.state is CommissionState.SUSPENDED:
                telling.pause_over(commission)
    return len(due)


def run() -> None:
    """All of it. Safe to run twice, and beside people at work."""
    expire_due()
    pass_on_offers()
    fund_ends.stop_what_has_ended()
    stopping.rest_what_is_unpaid()
    ask_about_pauses()

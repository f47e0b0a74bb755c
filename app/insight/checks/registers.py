"""What was marked, once, and what it earned, to the penny (PRODUCT 2 and 9)."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app.attendance.models import Mark, MarkKind
from app.attendance.queries import is_newest
from app.catalogue.models import Session, SessionState
from app.commissioning.models import EARNED, Commission, CommissionState, Posting, SessionPrice
from app.insight.checks.looking import first
from app.shared.db import db
from app.shared.money import share


def marks_have_every_revision() -> str | None:
    newest, number = sa.func.max(Mark.revision), sa.func.count()
    row = first(
        sa.select(Mark.session_id, Mark.child_id, newest, number).group_by(Mark.session_id, Mark.child_id)
        .having(newest != number).order_by(Mark.session_id, Mark.child_id)
    )
    return f"session {row[0]} has {row[3]} of {row[2]} revisions of child {row[1]}'s mark" if row else None


def marked_sessions_were_held() -> str | None:
    """A session that was called off has marks that say so, and no other."""
    was_held = Session.state.in_((SessionState.HELD, SessionState.CLOSED))
    called_off = sa.and_(Session.state == SessionState.CANCELLED, Mark.kind == MarkKind.SESSION_CANCELLED)
    row = first(
        sa.select(Session.id, Session.state).join(Mark, Mark.session_id == Session.id)
        .where(~sa.or_(was_held, called_off)).order_by(Session.id)
    )
    return f"session {row[0]} has marks and is {row[1]}" if row else None


def _earned_by_session() -> dict[tuple[uuid.UUID, uuid.UUID], dict[uuid.UUID, int]]:
    """Pence earned or paid, by (session, child) and commission; nil is left out."""
    pence = sa.func.sum(Posting.pence)
    statement = (
        sa.select(Posting.session_id, Posting.child_id, Posting.commission_id, pence)
        .where(Posting.account.in_(EARNED), Posting.session_id.is_not(None), Posting.child_id.is_not(None))
        .group_by(Posting.session_id, Posting.child_id, Posting.commission_id).having(pence != 0)
        .order_by(Posting.session_id, Posting.child_id)
    )
    found: dict[tuple[uuid.UUID, uuid.UUID], dict[uuid.UUID, int]] = {}
    for session_id, child_id, commission_id, sum_ in db.session.execute(statement):
        assert session_id is not None and child_id is not None and commission_id is not None
        found.setdefault((session_id, child_id), {})[commission_id] = int(sum_)
    return found


def a_session_of_a_child_is_billed_once() -> str | None:
    for (session_id, child_id), by_commission in _earned_by_session().items():
        if len(by_commission) > 1:
            return f"session {session_id} of child {child_id} is billed to {len(by_commission)} commissions"
    return None


def marks_owe_what_the_ledger_says() -> str | None:
    """Each newest mark's percent of what its session is worth, to the penny; less only where the commission's money is all used."""
    earned = _earned_by_session()
    used_up = _used_up()
    bought = (
        CommissionState.IN_DELIVERY, CommissionState.SUSPENDED, CommissionState.DELIVERED, CommissionState.ENDED_EARLY,
        CommissionState.CLOSED,
    )
    statement = (
        sa.select(Mark.session_id, Mark.child_id, Mark.percent, Commission.id, sa.func.coalesce(SessionPrice.pence, Commission.price_pence))
        .join(Commission, sa.and_(Commission.place_id == Mark.place_id, Commission.state.in_(bought)))
        .outerjoin(SessionPrice, sa.and_(SessionPrice.commission_id == Commission.id, SessionPrice.session_id == Mark.session_id))
        .where(is_newest).order_by(Mark.session_id, Mark.child_id)
    )
    for session_id, child_id, percent, commission_id, price_pence in db.session.execute(statement):
        owed = share(price_pence, percent, 100)
        found = earned.pop((session_id, child_id), {}).get(commission_id, 0)
        if found != owed and not (found < owed and commission_id in used_up):
            return f"session {session_id} owes {owed}p for child {child_id} and the ledger says {found}p"
    for (session_id, child_id), by_commission in earned.items():
        return f"session {session_id} earned {sum(by_commission.values())}p for child {child_id} without a mark"
    return None


def _used_up() -> set[uuid.UUID]:
    """Commissions whose whole price is earned."""
    pence = sa.func.sum(Posting.pence)
    statement = (
        sa.select(Commission.id).join(Posting, Posting.commission_id == Commission.id).where(Posting.account.in_(EARNED))
        .group_by(Commission.id, Commission.total_pence).having(pence >= Commission.total_pence)
    )
    return set(db.session.scalars(statement))

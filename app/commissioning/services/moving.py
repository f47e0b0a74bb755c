"""A child changes school: a fund for the old school pays for what was delivered until then, and nothing more (`stopping.py`)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person, School
from app.children.models import Child
from app.commissioning.models import LIVE_STATES, WAITING_STATES, Commission, FundShare
from app.commissioning.queries.commissions import live_commission_ids
from app.commissioning.queries.money import list_open_funds
from app.commissioning.services import purse, seats, stopping, unpaid
from app.commissioning.services.locks import lock_for
from app.shared.db import db
from app.shared.money import pounds
from app.shared.view import day

WHY = "The child is at another school, and {funds} is for the old one only."


def lock_before_school_changes(child: Child) -> None:
    """All that a change of school may change, before the child's own row: their commissions, and every fund that might pay instead."""
    lock_for(commissions=live_commission_ids(child_id=child.id), funds=[fund.id for fund in list_open_funds(child.zone_id)])


def on_school_changed(child: Child, actor: Person) -> None:
    """The child is at `child.school_id` now. The caller holds the locks."""
    for commission in _live(child.id):
        others = _of_other_schools(commission, child.school_id)
        if others:
            stopping.stop(commission, others, why=WHY.format(funds=stopping.in_words(others)), actor=actor)


def _live(child_id: uuid.UUID) -> Sequence[Commission]:
    statement = sa.select(Commission).where(Commission.child_id == child_id, Commission.state.in_(LIVE_STATES))
    return db.session.scalars(statement.order_by(Commission.requested_at, Commission.id)).unique().all()


def _of_other_schools(commission: Commission, school_id: uuid.UUID | None) -> list[FundShare]:
    return [
        share for share in commission.shares
        if share.stopped_at is None and share.fund.school_id is not None and share.fund.school_id != school_id
    ]


# --- preview -------------------------------------------------------------------------------------


def what_moving_does(child: Child, school: School | None) -> list[str]:
    """What a change of school does to the child's money, a sentence for each commission it touches. Reads only."""
    found = []
    for commission in _live(child.id):
        others = _of_other_schools(commission, school.id if school else None)
        if others and not commission.has_lapsed:
            found.append(_preview(commission, others))
    return found


def _preview(commission: Commission, others: Sequence[FundShare]) -> str:
    funds, title = stopping.in_words(others), commission.offering.title
    if commission.state in WAITING_STATES:
        return _("%(title)s: the request goes on waiting, and %(funds)s is not asked any more; other funds are.", title=title, funds=funds)
    if not stopping.begins(commission):
        return _(
            "%(title)s: %(funds)s pays no more, so the request goes back to the budget holder. The place is kept until %(day)s.",
            title=title, funds=funds, day=day(seats.last_day_of(seats.hold_ends(commission.child))),
        )
    back = sum(stopping.released(commission, others).values())
    if not back:
        return _("%(title)s: %(funds)s has nothing promised to sessions to come, so nothing changes.", title=title, funds=funds)
    paid = unpaid.sessions_paid_for(commission, sum(left for _, left in purse.committed(commission)) - back)
    goes_on = _("It rests before the next session")
    if paid:
        goes_on = ngettext("It goes on for %(num)s session, and rests then", "It goes on for %(num)s sessions, and rests then", paid)
    return _(
        "%(title)s: %(back)s goes back to %(funds)s. %(goes_on)s, unless the budget holder says by then who pays that.",
        title=title, back=pounds(back), funds=funds, goes_on=goes_on,
    )

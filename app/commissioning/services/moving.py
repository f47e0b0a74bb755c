"""A child changes school: a fund for the old school pays for what was delivered until then, and nothing more.

What it had promised to sessions to come goes back to it in the transaction of the move. What is under way goes on with the money of the
others, and rests before a session that nobody pays for; a budget holder decides who pays from now. What has not begun is asked for again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Person, School
from app.children.models import Child
from app.commissioning.models import (
    LIVE_STATES,
    WAITING_STATES,
    Account,
    Commission,
    CommissionState,
    DecisionKind,
    FundShare,
    PlaceState,
    Together,
)
from app.commissioning.queries.commissions import live_commission_ids
from app.commissioning.queries.money import commission_balances, list_open_funds, next_days
from app.commissioning.services import changing, delivery, endings, purse, seats, telling, unpaid, variations
from app.commissioning.services.common import move, note
from app.commissioning.services.ledger import moved
from app.commissioning.services.locks import lock_for
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.money import pounds
from app.shared.money import share as share_of
from app.shared.view import day, plural, sentence_list

_S = CommissionState
KEPT_FOR = timedelta(days=28)
"""How long the place of one that rests is kept; the Link Worker decides after that."""
WHY = "The child is at another school, and {funds} is for the old one only."


def lock_before_school_changes(child: Child) -> None:
    """All that a change of school may change, before the child's own row: their commissions, and every fund that might pay instead."""
    lock_for(commissions=live_commission_ids(child_id=child.id), funds=[fund.id for fund in list_open_funds(child.zone_id)])


def on_school_changed(child: Child, actor: Person) -> None:
    """The child is at `child.school_id` now. The caller holds the locks."""
    for commission in _live(child.id):
        stopping = _stopping(commission, child.school_id)
        if not stopping:
            continue
        if commission.has_lapsed:
            endings.expire_locked(commission)
        elif commission.state in WAITING_STATES:
            _set_aside_anew(commission, stopping, actor)
        elif _begins(commission):
            if commission.state is _S.CONFIRMED:
                delivery.start_delivery(commission_id=commission.id, actor=None)
            _stop(commission, stopping, actor)
        else:
            _ask_again(commission, stopping, actor)


def _live(child_id: uuid.UUID) -> Sequence[Commission]:
    statement = sa.select(Commission).where(Commission.child_id == child_id, Commission.state.in_(LIVE_STATES))
    return db.session.scalars(statement.order_by(Commission.requested_at, Commission.id)).unique().all()


def _stopping(commission: Commission, school_id: uuid.UUID | None) -> list[FundShare]:
    return [
        share for share in commission.shares
        if share.stopped_at is None and share.fund.school_id is not None and share.fund.school_id != school_id
    ]


def _begins(commission: Commission) -> bool:
    """Is it under way: a session was held, or is waiting for its register?"""
    if commission.state is _S.CONFIRMED:
        return unpaid.waiting_for_a_register(commission) > 0
    return commission.state in endings.IN_DELIVERY


def _funds_in_words(stopping: Sequence[FundShare]) -> str:
    return sentence_list([share.fund.name for share in stopping])


# --- before the first session --------------------------------------------------------------------


def _set_aside_anew(commission: Commission, stopping: Sequence[FundShare], actor: Person) -> None:
    """A request that waits: other funds are proposed, the place is kept as it was, and a yes for the old split counts no more."""
    changing.set_aside_anew(commission, actor)
    _forget_yes(commission)
    note(commission, actor=actor, done="payers_changed", reason=WHY.format(funds=_funds_in_words(stopping)))


def _ask_again(commission: Commission, stopping: Sequence[FundShare], actor: Person) -> None:
    """Promised and not begun: back to the budget holders, by itself alone, with the place kept as for a new request."""
    why = WHY.format(funds=_funds_in_words(stopping))
    endings.drop_change(commission, actor)
    purse.uncommit(commission, actor)
    changing.set_aside_anew(commission, actor)
    _forget_yes(commission)
    db.session.execute(sa.delete(Together).where(Together.commission_id == commission.id))
    until = seats.hold_ends(commission.child)
    assert commission.place is not None
    seats.move(commission.place, PlaceState.HELD, actor, why, until=until)
    commission.approved_at, commission.confirmed_at, commission.decide_by = None, None, until
    move(commission, _S.REQUESTED, actor=actor, done="asked_again", reason=why, decide_by=until)
    telling.done(commission, "The money is asked for again")
    telling.asked_again(commission)


def _forget_yes(commission: Commission) -> None:
    """A yes that somebody has said was for other funds; the trail keeps it."""
    for decision in list(commission.decisions):
        if decision.kind in (DecisionKind.APPROVE, DecisionKind.OVERRIDE) and decision.round == commission.round:
            db.session.delete(decision)
    db.session.flush()
    db.session.expire(commission, ["decisions", "shares"])


# --- under way -----------------------------------------------------------------------------------


def _stop(commission: Commission, stopping: Sequence[FundShare], actor: Person) -> None:
    """COMMITTED -> AVAILABLE all that these funds had promised, but for their part of sessions that still wait for a register."""
    back = _released(commission, stopping)
    lines = moved(Account.COMMITTED, Account.AVAILABLE, [(share.fund, back[share.fund_id]) for share in stopping], purse.about(commission))
    covered, now = commission.total_pence - commission.uncovered_pence, clock.now()
    purse.post_event(commission, "stop", lines, actor)
    for share in stopping:
        share.stopped_at, share.stopped_pence, share.stopped_of_pence = now, back[share.fund_id], covered
        share.pence -= back[share.fund_id]
        if share.pence == 0:
            db.session.delete(share)
    commission.uncovered_pence += sum(back.values())
    db.session.flush()
    db.session.expire(commission, ["shares"])
    why = WHY.format(funds=_funds_in_words(stopping))
    note(commission, actor=actor, done="payer_gone", reason=why, pence=sum(back.values()))
    if commission.uncovered_pence:
        variations.ask_who_pays(commission, reason=why, actor=actor)
        telling.payer_gone(commission)
        rest_if_unpaid(commission)


def _released(commission: Commission, stopping: Sequence[FundShare]) -> dict[uuid.UUID, int]:
    """By fund, what goes back: all it has promised, less its part of the sessions held that wait for their register."""
    now = commission_balances(commission.id)
    late = unpaid.worth_of_next(commission, unpaid.waiting_for_a_register(commission))
    covered = commission.total_pence - commission.uncovered_pence
    return {
        s.fund_id: now[s.fund_id][Account.COMMITTED] - min(now[s.fund_id][Account.COMMITTED], share_of(late, s.pence, covered)) for s in stopping
    }


def rest_if_unpaid(commission: Commission) -> None:
    """Going, and nobody pays for the next session: it rests from that session on. The caller holds its lock."""
    if commission.state is not _S.IN_DELIVERY or unpaid.is_next_paid(commission):
        return
    tomorrow = clock.today() + timedelta(days=1)
    first = max(clock.today(), next(iter(next_days(commission.cohort_id, 1)), tomorrow))
    delivery.rest(
        commission, starts_on=first, until_on=max(first, clock.today() + KEPT_FOR), reason=delivery.NOBODY_PAYS, actor=None
    )
    telling.payer_gone(commission)


def rest_what_is_unpaid() -> int:
    """The clock: what the other funds promised is used up, and nobody has decided. How many rest since now."""
    statement = sa.select(Commission.id).where(Commission.state == _S.IN_DELIVERY, Commission.uncovered_pence > 0)
    rested = 0
    for commission_id in sorted(db.session.scalars(statement).all()):
        with atomic():
            commission = lock_for(commissions=[commission_id], only_money=True)[commission_id]
            rest_if_unpaid(commission)
            rested += commission.state is _S.SUSPENDED
    return rested


# --- preview -------------------------------------------------------------------------------------


def what_moving_does(child: Child, school: School | None) -> list[str]:
    """What a change of school does to the child's money, a sentence for each commission it touches. Reads only."""
    found = []
    for commission in _live(child.id):
        stopping = _stopping(commission, school.id if school else None)
        if stopping and not commission.has_lapsed:
            found.append(_preview(commission, stopping))
    return found


def _preview(commission: Commission, stopping: Sequence[FundShare]) -> str:
    funds, title = _funds_in_words(stopping), commission.offering.title
    if commission.state in WAITING_STATES:
        return f"{title}: the request goes on waiting, and {funds} is not asked any more; other funds are."
    if not _begins(commission):
        return (
            f"{title}: {funds} pays no more, so the request goes back to the budget holder. The place is kept until "
            f"{day(seats.last_day_of(seats.hold_ends(commission.child)))}."
        )
    back = sum(_released(commission, stopping).values())
    if not back:
        return f"{title}: {funds} has nothing promised to sessions to come, so nothing changes."
    paid = unpaid.sessions_paid_for(commission, sum(left for _, left in purse.committed(commission)) - back)
    goes_on = f"It goes on for {plural(paid, 'session')}, and rests then" if paid else "It rests before the next session"
    return f"{title}: {pounds(back)} goes back to {funds}. {goes_on}, unless the budget holder says by then who pays that."

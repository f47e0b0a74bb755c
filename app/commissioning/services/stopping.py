"""A fund stops paying for a commission: it is for another school's children only, or its last day has passed.

It pays for what was delivered until then, and for nothing more. What it had promised to sessions to come goes back to it in the same
transaction. What is under way goes on with the money of the others, and rests before a session that nobody pays for; a budget holder
decides who pays from now. What has not begun is asked for again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Person
from app.commissioning.models import (
    WAITING_STATES,
    Account,
    Commission,
    CommissionState,
    DecisionKind,
    FundShare,
    PlaceState,
    Together,
)
from app.commissioning.queries.money import commission_balances, next_days
from app.commissioning.services import changing, delivery, endings, purse, seats, telling, unpaid, variations
from app.commissioning.services.common import move, note
from app.commissioning.services.ledger import moved
from app.commissioning.services.locks import lock_for
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.money import share as share_of
from app.shared.view import sentence_list

_S = CommissionState
KEPT_FOR = timedelta(days=28)
"""How long the place of one that rests is kept; the Link Worker decides after that."""


def stop(commission: Commission, stopping: Sequence[FundShare], *, why: str, actor: Person | None) -> None:
    """These shares pay no more; `actor` None is the clock. The caller holds the locks."""
    if commission.has_lapsed:
        endings.expire_locked(commission)
    elif commission.state in WAITING_STATES:
        _set_aside_anew(commission, why, actor)
    elif begins(commission):
        if commission.state is _S.CONFIRMED:
            delivery.start_delivery(commission_id=commission.id, actor=None)
        _stop(commission, stopping, why, actor)
    else:
        _ask_again(commission, why, actor)


def begins(commission: Commission) -> bool:
    """Is it under way: a session was held, or is waiting for its register?"""
    if commission.state is _S.CONFIRMED:
        return unpaid.waiting_for_a_register(commission) > 0
    return commission.state in endings.IN_DELIVERY


def in_words(stopping: Sequence[FundShare]) -> str:
    return sentence_list([share.fund.name for share in stopping])


# --- before the first session --------------------------------------------------------------------


def _set_aside_anew(commission: Commission, why: str, actor: Person | None) -> None:
    """A request that waits: other funds are proposed, the place is kept as it was, and a yes for the old split counts no more."""
    changing.set_aside_anew(commission, actor)
    _forget_yes(commission)
    note(commission, actor=actor, done="payers_changed", reason=why)


def _ask_again(commission: Commission, why: str, actor: Person | None) -> None:
    """Promised and not begun: back to the budget holders, by itself alone, with the place kept as for a new request."""
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


def _stop(commission: Commission, stopping: Sequence[FundShare], why: str, actor: Person | None) -> None:
    """COMMITTED -> AVAILABLE all that these funds had promised, but for their part of sessions that still wait for a register."""
    back = released(commission, stopping)
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
    note(commission, actor=actor, done="payer_gone", reason=why, pence=sum(back.values()))
    if commission.uncovered_pence:
        variations.ask_who_pays(commission, reason=why, actor=actor)
        telling.payer_gone(commission)
        rest_if_unpaid(commission)


def released(commission: Commission, stopping: Sequence[FundShare]) -> dict[uuid.UUID, int]:
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

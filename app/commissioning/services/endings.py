"""How a commission ends: declined, expired, cancelled, ended early, closed. Place, money and introduction go with it, at once."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.commissioning import policies
from app.commissioning.models import (
    Account,
    Commission,
    CommissionState,
    PlaceState,
    Variation,
    VariationState,
)
from app.commissioning.queries.money import commission_balances
from app.commissioning.queries.places import find_waiting_of
from app.commissioning.services import purse, seats, telling, waiting
from app.commissioning.services.common import move, note, take, words
from app.introductions import services as introductions
from app.introductions.models import EndReason
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, permit
from app.shared.money import pounds, share

_S = CommissionState
BEFORE_DELIVERY = frozenset({_S.DRAFT, _S.REQUESTED, _S.RETURNED, _S.APPROVED, _S.CONFIRMED})
IN_DELIVERY = frozenset({_S.IN_DELIVERY, _S.SUSPENDED})
PROMISED_BEFORE_DELIVERY = frozenset({_S.APPROVED, _S.CONFIRMED})


def cancel(*, commission_id: uuid.UUID, reason: str, actor: Person, seen_version: int | None = None) -> Commission:
    """Stop before the first session: place and money are free at once.

    Once the money was promised, the introduction ends with it; a request that is only withdrawn leaves it open, to ask again.
    Raises Invalid without a reason, Stale, IllegalMove, Forbidden.
    """
    with atomic():
        commission = take(commission_id, seen_version=seen_version)
        permit(policies.can_cancel(actor, commission), _("Only those who work with the child, who decide, or the partner can cancel this."))
        stop_locked(commission, words(reason, _("Say why: it is kept with the commission."), "reason"), actor, to=_S.CANCELLED)
        return commission


def end_early(*, commission_id: uuid.UUID, reason: str, actor: Person, seen_version: int | None = None) -> Commission:
    """Stop after the first session: what is unspent is free at once, save for notice where the tariff says so.

    The introduction ends with it. Nothing may block this but its having ended. Raises Invalid, Stale, IllegalMove, Forbidden.
    """
    with atomic():
        commission = take(commission_id, seen_version=seen_version)
        permit(policies.can_end_early(actor, commission), _("Only those who work with the child, or the partner, can end this."))
        stop_locked(commission, words(reason, _("Say why: it is kept with the commission."), "reason"), actor, to=_S.ENDED_EARLY)
        return commission


def stop_locked(
    commission: Commission, reason: str, actor: Person | None, *, to: CommissionState | None = None, ends_introduction: bool = True
) -> None:
    """End a live commission in the way that its state asks for (or exactly `to`). The caller holds its locks."""
    was = commission.state
    if to is None:
        to = _S.ENDED_EARLY if was in IN_DELIVERY else _S.CANCELLED
    if to is _S.ENDED_EARLY and was in IN_DELIVERY:
        _charge_notice(commission, actor)
    commission.end_reason = reason
    move(
        commission, to, actor=actor, done="ended_early" if to is _S.ENDED_EARLY else "cancelled", reason=reason,
        free_pence=_held_back(commission) or None,
    )
    let_go(commission, actor, reason)
    telling.done(commission, "It is over")
    if ends_introduction and (was in PROMISED_BEFORE_DELIVERY or to is _S.ENDED_EARLY):
        _end_introduction(commission, reason, actor)


def _charge_notice(commission: Commission, actor: Person | None) -> None:
    """The tariff's share of one more session (of a place with one price: of an equal part of it), when it is not the partner who ends: the notice that falls away."""
    percent = commission.tariff.notice_percent
    if not percent or (actor is not None and policies.is_partner_admin_of(actor, commission)):
        return
    owed = share(commission.price_of_a_session, percent, 100)
    purse.earn(commission, owed, key=f"commission:{commission.id}:notice", kind="notice", actor=actor, reference=f"{percent}%")


def let_go(commission: Commission, actor: Person | None, reason: str) -> None:
    """Money back to its funds; the place, or the turn on the waiting list, given up; a pause that lasted is over."""
    purse.give_back(commission, actor)
    drop_change(commission, actor)
    for pause in commission.suspensions:
        if pause.ended_on is None:
            pause.ended_on = max(clock.today(), pause.starts_on)
    turn = find_waiting_of(commission.id)
    if turn is not None:
        waiting.leave(turn, reason, actor)
        seats.offer_free_places(commission.cohort)
        return
    place = commission.place
    if place is not None and place.state in (PlaceState.HELD, PlaceState.FIRM):
        seats.move(place, PlaceState.RELEASED, actor, reason)
    elif place is not None and place.state is PlaceState.TAKEN:
        confirmed_only = commission.state is _S.CANCELLED
        seats.move(place, PlaceState.ENDED, actor, "It was cancelled before the first session" if confirmed_only else reason)


def drop_change(commission: Commission, actor: Person | None) -> None:
    """The change that was asked for is not any more."""
    standing = db.session.scalars(sa.select(Variation).where(
        Variation.commission_id == commission.id, Variation.state == VariationState.REQUESTED
    )).unique().one_or_none()
    if standing is not None:
        standing.state, standing.decided_at = VariationState.WITHDRAWN, clock.now()
        db.session.flush()
        audit.record("commissioning.change.withdrawn", subject=commission, actor=actor, version=commission.version, pence=standing.pence)


def _end_introduction(commission: Commission, reason: str, actor: Person | None) -> None:
    """When one ends, the other ends with it; nothing happens when the introduction is what ended first."""
    db.session.refresh(commission.introduction, ["state"])
    if commission.introduction.is_open:
        introductions.end(
            introduction_id=commission.introduction_id, reason=EndReason.COMMISSION_ENDED, note=reason, actor=actor
        )


def _held_back(commission: Commission) -> int:
    now = commission_balances(commission.id).values()
    return sum(accounts[Account.REQUESTED] + accounts[Account.COMMITTED] for accounts in now)


def reject_locked(commission: Commission, reason: str, actor: Person) -> None:
    """Declined by the budget holder: all is free, the introduction stays open, the Link Worker sees what else fits."""
    commission.end_reason = reason
    move(commission, _S.REJECTED, actor=actor, done="rejected", reason=reason)
    let_go(commission, actor, "The request was declined")
    telling.declined(commission)


def expire(*, commission_id: uuid.UUID) -> Commission:
    """The clock: the hold ran out. Nothing happens when it has not, or when somebody was quicker."""
    with atomic():
        commission = take(commission_id)
        if commission.has_lapsed:
            expire_locked(commission)
        return commission


def expire_locked(commission: Commission) -> None:
    if not commission.has_lapsed:
        raise IllegalMove(_("This request has not run out."))
    commission.end_reason = "The hold ran out"
    move(commission, _S.EXPIRED, actor=None, done="expired", reason=commission.end_reason)
    let_go(commission, None, commission.end_reason)
    telling.expired(commission)


# --- closing -------------------------------------------------------------------------------------


def write_closing_note(*, commission_id: uuid.UUID, note_text: str, actor: Person, seen_version: int | None = None) -> Commission:
    """What came of it, by the Link Worker; the Zone manager closes after that. Raises Invalid, Stale, IllegalMove."""
    with atomic():
        commission = take(commission_id, seen_version=seen_version)
        permit(policies.can_write_closing_note(actor, commission), _("Only the child’s Link Worker or the Zone manager writes this."))
        _require_over(commission)
        commission.closing_note = words(note_text, _("Write what came of it, and what comes next."), "note")
        note(commission, actor=actor, done="noted")
        telling.to_close(commission)
        return commission


def close(*, commission_id: uuid.UUID, actor: Person, seen_version: int | None = None) -> Commission:
    """Put it away for good: its note is written and nothing is committed any more. Raises Invalid, Stale, IllegalMove."""
    with atomic():
        commission = take(commission_id, seen_version=seen_version)
        permit(policies.can_close(actor, commission), _("Only the Zone manager closes a commission."))
        _require_over(commission)
        if not commission.closing_note:
            raise Invalid(_("The Link Worker writes the closing note first."))
        if left := _held_back(commission):
            raise Invalid(_("%(left)s is still promised. It has to be used or given back first.", left=pounds(left)))
        move(commission, _S.CLOSED, actor=actor, done="closed")
        telling.done(commission, "Closed")
        return commission


def _require_over(commission: Commission) -> None:
    if commission.state not in (_S.DELIVERED, _S.ENDED_EARLY):
        raise IllegalMove(_("This is not over yet: close it when it has been delivered or has ended."))

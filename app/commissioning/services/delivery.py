"""From the partner's yes to the last session: confirm, start, pause, go on, complete; what a session earns is in accruals.py."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.calendar import SATURDAY, SchoolDays
from app.accounts.models import Person
from app.accounts.queries import school_days
from app.catalogue.models import Practitioner, Season, Session, SessionState
from app.commissioning import policies
from app.commissioning.models import Commission, CommissionState, PlaceState, Suspension
from app.commissioning.queries.commissions import count_sessions_posted
from app.commissioning.queries.money import next_days
from app.commissioning.refusals import CannotConfirm
from app.commissioning.services import documents, endings, purse, seats, telling, unpaid
from app.commissioning.services.accruals import accrue, accrue_locked
from app.commissioning.services.common import move, note, take, words
from app.commissioning.services.locks import lock_for_register
from app.introductions.policies import PARTNER_SEES
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, permit
from app.shared.money import pounds
from app.shared.view import long_day

__all__ = [
    "accrue", "accrue_locked", "agreed", "complete", "confirm", "confirm_or_ask", "lock_for_register", "resume", "start_delivery", "suspend",
    "why_not_confirm",
]
_S = CommissionState
NOBODY_PAYS = "Nobody pays for the next session yet."
"""Why it rests when a fund has stopped and what the others promised is used up."""


def confirm(
    *, commission_id: uuid.UUID, practitioner_id: uuid.UUID, actor: Person, seen_version: int | None = None
) -> Commission:
    """The partner's administrator takes the place for the child and names who will meet them.

    Raises CannotConfirm with all that is missing (a practitioner with current evidence, current documents, dates inside term),
    Stale, IllegalMove, Forbidden.
    """
    with atomic():
        commission = take(commission_id, seen_version=seen_version)
        permit(policies.can_confirm(actor, commission), _("Only the partner’s administrator confirms a place."))
        missing = why_not_confirm(commission, practitioner_id)
        if missing and commission.state is _S.APPROVED:
            raise CannotConfirm(" ".join(missing), field="practitioner")
        _confirm(commission, practitioner_id, actor)
        return commission


def why_not_confirm(commission: Commission, practitioner_id: uuid.UUID | None) -> list[str]:
    """What stands in the way of a confirmed place today, a sentence each."""
    practitioner = db.session.get(Practitioner, practitioner_id) if practitioner_id else None
    if practitioner is None:
        return [_("Name who will meet the child.")]
    if practitioner.organisation_id != commission.organisation_id:
        return [_("%(practitioner)s does not work for %(organisation)s.", practitioner=practitioner.name, organisation=commission.organisation.name)]
    missing = []
    if practitioner.left_on is not None and practitioner.left_on <= clock.today():
        missing.append(_("%(practitioner)s has left %(organisation)s.", practitioner=practitioner.name, organisation=commission.organisation.name))
    missing += documents.gaps(commission.cohort, through=clock.today(), practitioner_id=practitioner.id)
    if commission.offering.season is Season.TERM:
        days = school_days(commission.child.school_id)
        outside = [day for day in next_days(commission.cohort_id, commission.sessions) if not _is_in_term(days, day)]
        if outside:
            missing.append(
                _("The session on %(day)s is outside the school’s term. Move or cancel it first.", day=long_day(outside[0]))
            )
    return missing


def _is_in_term(days: SchoolDays, day: date) -> bool:
    """A weekend counts with the Friday before it or the Monday after it."""
    if day.weekday() < SATURDAY:
        return days.is_school_day(day)
    friday = day - timedelta(days=day.weekday() - 4)
    return days.is_school_day(friday) or days.is_school_day(friday + timedelta(days=3))


def _confirm(commission: Commission, practitioner_id: uuid.UUID, actor: Person | None) -> None:
    commission.practitioner_id, commission.confirmed_at = practitioner_id, clock.now()
    commission.partner_agreed_at = commission.partner_agreed_at or clock.now()
    move(commission, _S.CONFIRMED, actor=actor, done="confirmed", practitioner=practitioner_id)
    assert commission.place is not None
    seats.move(commission.place, PlaceState.TAKEN, actor)
    telling.done(commission, "Confirmed", "commission_confirm")


def agreed(commission: Commission, practitioner_id: uuid.UUID, actor: Person | None) -> None:
    """The partner said yes to the introduction, which is also its word about the place. The caller holds the locks.

    Approved already: the place is confirmed now. Not yet: by itself on approval. What is missing for that becomes a task.
    """
    if commission.state not in (_S.REQUESTED, _S.RETURNED, _S.APPROVED):
        return
    commission.practitioner_id, commission.partner_agreed_at = practitioner_id, clock.now()
    note(commission, actor=actor, done="agreed", practitioner=practitioner_id)
    if commission.state is _S.APPROVED:
        confirm_or_ask(commission)


def confirm_or_ask(commission: Commission) -> None:
    """On approval: confirm what the partner has agreed to already, else ask the partner, once it may know of the child."""
    if commission.partner_agreed_at is not None and commission.practitioner_id is not None:
        missing = why_not_confirm(commission, commission.practitioner_id)
        if not missing:
            _confirm(commission, commission.practitioner_id, None)
        else:
            telling.to_confirm(commission, " ".join(missing))
    elif commission.introduction.state in PARTNER_SEES:
        telling.to_confirm(commission)


def start_delivery(*, commission_id: uuid.UUID, actor: Person | None = None) -> Commission:
    """The first session was held: setting up is owed now. Nothing happens when it has started already. Raises IllegalMove."""
    with atomic():
        commission = take(commission_id)
        if commission.state is _S.IN_DELIVERY:
            return commission
        if commission.state is not _S.CONFIRMED:
            raise IllegalMove(_("Delivery starts with the first session after the place is confirmed."))
        move(commission, _S.IN_DELIVERY, actor=actor, done="started")
        if commission.setup_pence:
            purse.earn(
                commission, commission.setup_pence, key=f"commission:{commission.id}:setup", kind="setup", actor=actor
            )
        return commission


def suspend(
    *, commission_id: uuid.UUID, until_on: date, reason: str, actor: Person | None, seen_version: int | None = None
) -> Commission:
    """Pause delivery from today on: sessions in between are not payable, the place is kept until `until_on`.

    Raises Invalid, Stale, IllegalMove, Forbidden.
    """
    with atomic():
        commission = take(commission_id, seen_version=seen_version)
        if actor is not None:
            permit(policies.can_suspend(actor, commission), _("Only the child’s Link Worker or the Zone manager pauses this."))
        reason = words(reason, _("Say why: the partner and the Zone manager read it."), "reason")
        if until_on <= clock.today():
            raise Invalid(_("Keep the place until a day that is still to come."), field="until_on")
        rest(commission, starts_on=clock.today(), until_on=until_on, reason=reason, actor=actor)
        return commission


def rest(commission: Commission, *, starts_on: date, until_on: date, reason: str, actor: Person | None) -> None:
    """Sessions from `starts_on` on are not payable. The caller holds the locks. Raises IllegalMove."""
    commission.suspended_until = until_on
    move(commission, _S.SUSPENDED, actor=actor, done="suspended", reason=reason, until_on=until_on)
    db.session.add(Suspension(commission_id=commission.id, starts_on=starts_on, until_on=until_on, reason=reason))
    db.session.flush()
    db.session.expire(commission, ["suspensions"])


def resume(*, commission_id: uuid.UUID, actor: Person | None, seen_version: int | None = None) -> Commission:
    """Go on: sessions are payable again from today. Raises Stale, IllegalMove, Forbidden."""
    with atomic():
        commission = take(commission_id, seen_version=seen_version)
        if actor is not None:
            permit(policies.can_suspend(actor, commission), _("Only the child’s Link Worker or the Zone manager lets this go on."))
        if commission.state is not _S.SUSPENDED:
            raise IllegalMove(_("This is not paused."))
        if actor is not None and (why_not := why_not_resume(commission)):
            raise Invalid(why_not)
        _go_on(commission, actor)
        return commission


def why_not_resume(commission: Commission) -> str:
    """"" when there is money for the next session."""
    if unpaid.is_next_paid(commission):
        return ""
    return _("Nobody pays for the next session: %(amount)s is missing. The budget holder decides, or it becomes fewer sessions.", amount=pounds(commission.uncovered_pence))


def go_on_after(reason: str, commission: Commission) -> None:
    """Where it rests for this reason, it goes on. The caller holds the locks."""
    if commission.state is _S.SUSPENDED and any(pause.ended_on is None and pause.reason == reason for pause in commission.suspensions):
        _go_on(commission, None)


def _go_on(commission: Commission, actor: Person | None) -> None:
    move(commission, _S.IN_DELIVERY, actor=actor, done="resumed")
    commission.suspended_until = None
    for pause in commission.suspensions:
        if pause.ended_on is None:
            pause.ended_on = max(clock.today(), pause.starts_on)
    telling.done(commission, "Going again", "pause_over")


def complete(*, commission_id: uuid.UUID, actor: Person | None, seen_version: int | None = None) -> Commission:
    """All that was bought has been delivered: what is left of the money goes back, the place is free.

    A person may say so once as many sessions have registers as were bought, or none is still to come. Raises Invalid, Stale,
    IllegalMove, Forbidden.
    """
    with atomic():
        commission = take(commission_id, seen_version=seen_version)
        if actor is not None:
            permit(policies.can_complete(actor, commission), _("Only the child’s Link Worker or the Zone manager says so."))
            if commission.state is _S.IN_DELIVERY and (why_not := why_not_complete(commission)):
                raise Invalid(why_not)
        move(commission, _S.DELIVERED, actor=actor, done="completed")
        endings.let_go(commission, actor, "Delivered in full")
        telling.done(commission, "Delivered")
        return commission


def why_not_complete(commission: Commission) -> str:
    """"" when nothing is still to be delivered."""
    if count_sessions_posted(commission.id) >= commission.sessions:
        return ""
    coming = db.session.scalar(
        sa.select(sa.func.min(Session.starts_at)).where(
            Session.cohort_id == commission.cohort_id, Session.state == SessionState.SCHEDULED
        )
    )
    if coming is None:
        return ""
    return _("There is a session on %(day)s without a register. Take that, or end this early and say why.", day=long_day(coming))

"""A request that waits is changed: another number of sessions, with the place, or the turn on the waiting list, kept."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person, Zone
from app.commissioning import policies
from app.commissioning.models import WAITING_STATES, Commission, DecisionKind
from app.commissioning.queries import proposals
from app.commissioning.queries.money import next_days
from app.commissioning.refusals import HoldLapsed
from app.commissioning.services import judging, purse
from app.commissioning.services.common import note, words
from app.commissioning.services.requests import MOST_SESSIONS
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, permit


def change_request(
    *, commission_id: uuid.UUID, sessions: int, reason: str, actor: Person, seen_version: int | None = None
) -> Commission:
    """The family's wish changed before anybody decided. Place, hold and turn stay; the money is worked out anew at the same tariff.

    A yes that somebody has said already was for another sum, and counts no more. Raises Invalid at the field, EnvelopeFull,
    HoldLapsed, Stale, IllegalMove, Forbidden.
    """
    with atomic():
        commission = judging.take(commission_id, seen_version)
        permit(policies.works_with_child_of(actor, commission), _("Only the child’s Link Worker or the Zone manager changes this."))
        if commission.has_lapsed:
            raise HoldLapsed(_("The hold ran out, so this request has expired. Ask again."))
        if commission.state not in WAITING_STATES:
            raise IllegalMove(_("Only a request that waits for a decision is changed like this."))
        reason = words(reason, _("Say why: the budget holder reads it."), "reason")
        _require_sessions(commission, sessions)
        own = sum(proposals.reserved(commission).values())
        total = commission.total_for(sessions)
        purse.require_envelope(commission.child, db.session.get_one(Zone, commission.zone_id), commission.year, total, already=own)
        was, commission.sessions, commission.total_pence = commission.sessions, sessions, total
        set_aside_anew(commission, actor)
        for decision in list(commission.decisions):
            if decision.kind in (DecisionKind.APPROVE, DecisionKind.OVERRIDE) and decision.round == commission.round:
                db.session.delete(decision)
        note(commission, actor=actor, done="changed", reason=reason, from_sessions=was, to_sessions=sessions, total_pence=total)
        db.session.expire(commission, ["decisions", "shares"])
        return commission


def _require_sessions(commission: Commission, sessions: int) -> None:
    if not 1 <= sessions <= MOST_SESSIONS:
        raise Invalid(_("Ask for between 1 and %(most)s sessions.", most=MOST_SESSIONS), field="sessions")
    if sessions == commission.sessions:
        raise Invalid(ngettext("It is %(num)s session already.", "It is %(num)s sessions already.", sessions), field="sessions")
    to_come = len(next_days(commission.cohort_id))
    if to_come and sessions > to_come:
        raise Invalid(ngettext(
            "This group has %(num)s session to come, so ask for %(num)s at most.",
            "This group has %(num)s sessions to come, so ask for %(num)s at most.", to_come,
        ), field="sessions")


def set_aside_anew(commission: Commission, actor: Person | None) -> None:
    """By the proposed split of the new sum; where money is missing, nothing is set aside and the request waits for that too."""
    db.session.flush()
    fresh = proposals.propose_for(commission)
    if fresh.is_complete:
        purse.reserve(commission, fresh, actor)
        return
    purse.give_back(commission, actor)
    for share in list(commission.shares):
        db.session.delete(share)
    db.session.flush()

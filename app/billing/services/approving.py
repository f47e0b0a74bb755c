"""Verified by one person, approved to be paid by another: then the lines are frozen."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person
from app.billing import policies
from app.billing.checking import problems
from app.billing.models import Statement, StatementState
from app.billing.services.agreeing import require_up_to_date
from app.billing.services.common import move, take
from app.commissioning.queries.deciding import interests_of
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Forbidden, IllegalMove, Invalid, permit

_S = StatementState


class DoesNotMatch(DomainError):
    """Commission, locked register and tariff do not say the same about some line."""

    code = "does_not_match"


def verify(*, statement_id: uuid.UUID, seen_version: int | None = None, actor: Person) -> Statement:
    """Commission = locked register = tariff, for every line. Raises DoesNotMatch, Stale, IllegalMove, Forbidden."""
    with atomic():
        statement = take(statement_id, seen_version=seen_version)
        permit(policies.can_verify(actor, statement), _("The Zone manager verifies a statement, or the Link Worker of all children on it."))
        if why_not := policies.why_not_verify(actor, statement):
            raise Forbidden(why_not)
        if statement.state is not _S.SUBMITTED:
            raise IllegalMove(_("A statement is verified after the partner has agreed it."))
        require_up_to_date(statement)
        wrong = problems(statement)
        if wrong:
            raise DoesNotMatch(ngettext(
                "%(number)s line does not match: %(why)s", "%(number)s lines do not match: %(why)s",
                len(wrong), number=f"{len(wrong):,}", why=next(iter(wrong.values())),
            ))
        statement.verified_by_id, statement.verified_at = actor.id, clock.now()
        move(statement, _S.VERIFIED, actor=actor, done="verified", pence=statement.total_pence, lines=len(statement.lines))
        return statement


def approve(*, statement_id: uuid.UUID, seen_version: int | None = None, actor: Person) -> Statement:
    """To be paid with the next payment run. From now on the lines are frozen. Raises Stale, IllegalMove, Forbidden."""
    with atomic():
        statement = take(statement_id, seen_version=seen_version)
        if statement.state is not _S.VERIFIED:
            raise IllegalMove(_("A statement is approved after somebody has verified it."))
        why_not = policies.why_not_approve(actor, statement, statement.total_pence, interests_of(actor.id))
        if why_not:
            raise Forbidden(why_not)
        require_up_to_date(statement)
        statement.approved_by_id, statement.approved_at = actor.id, clock.now()
        for line in statement.lines:
            line.frozen_at = statement.approved_at
        db.session.flush()
        move(statement, _S.APPROVED, actor=actor, done="approved", pence=statement.total_pence, lines=len(statement.lines))
        return statement


def hold(*, statement_id: uuid.UUID, why: str, actor: Person) -> Statement:
    """Stop an agreed or verified statement, with a reason that the partner reads. Raises Invalid, IllegalMove, Forbidden."""
    with atomic():
        statement = take(statement_id)
        permit(policies.can_manage(actor, statement), _("The Zone manager holds a statement."))
        why = " ".join(why.split())
        if not 1 <= len(why) <= 300:
            raise Invalid(_("Say why, in at most 300 characters: the partner reads it."), field="why")
        statement.held_why = why
        statement.verified_by_id = statement.verified_at = None
        move(statement, _S.ON_HOLD, actor=actor, done="held", reason=why)
        return statement


def release(*, statement_id: uuid.UUID, actor: Person) -> Statement:
    """Off hold: to be verified again."""
    with atomic():
        statement = take(statement_id)
        permit(policies.can_manage(actor, statement), _("The Zone manager releases a statement."))
        statement.held_why = ""
        move(statement, _S.SUBMITTED, actor=actor, done="released")
        return statement

"""Drawing up statements from the ledger: on request, on the first of the month, and anew when something was corrected."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask_babel import gettext as _

from app.accounts.models import Person
from app.accounts.queries import list_zones
from app.billing import policies, queries
from app.billing.models import LineSay, Statement, StatementLine, StatementState
from app.billing.queries import Owed
from app.billing.services.common import move, note, take, tell
from app.catalogue.models import Organisation
from app.payments.services.locks import lock_zone
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, permit
from app.shared.view import full_date

_S = StatementState
MAY_CHANGE = (_S.ACCRUING, _S.SUBMITTED, _S.VERIFIED, _S.ON_HOLD, _S.QUERIED)


class NothingOwed(Invalid):
    """No locked register has earned this organisation anything that is not billed."""

    code = "nothing_owed"


def draw_up(*, organisation_id: uuid.UUID, through_on: date | None = None, actor: Person | None) -> Statement:
    """A statement of all that is earned by locked registers up to that day (today) and not billed yet.

    While one is open it is brought up to date instead of a second. Raises NothingOwed, Invalid for a day to come, Forbidden.
    """
    through_on = through_on or clock.today()
    if through_on > clock.today():
        raise Invalid(_("A statement is about what has happened: choose a day that has come."), field="through_on")
    with atomic():
        organisation = db.session.get_one(Organisation, organisation_id)
        permit(actor is None or policies.can_draw_up(actor, organisation), _("The partner and the Zone manager draw up statements."))
        lock_zone(organisation.zone_id)  # the number is counted under it, and two at once make one
        standing = queries.find_open_statement(organisation.zone_id, organisation_id)
        if standing is not None:
            standing = take(standing.id)
            standing.through_on = max(standing.through_on, through_on)
            _redraw(standing, actor)
            return standing
        owed = queries.list_owed(organisation_id, organisation.zone_id, through_on)
        if not owed:
            raise NothingOwed(_("%(organisation)s is owed nothing new up to %(day)s: a session counts when its register is locked.", organisation=organisation.name, day=full_date(through_on)))
        statement = Statement(
            id=uuid.uuid4(), zone_id=organisation.zone_id, organisation_id=organisation_id, number=queries.next_number(organisation.zone_id),
            through_on=through_on,
        )
        db.session.add(statement)
        db.session.flush()
        _write(statement, owed)
        note(statement, actor=actor, done="drawn", through_on=through_on, lines=len(owed), pence=sum(o.pence for o in owed))
        tell(statement)
        return statement


def refresh(*, statement_id: uuid.UUID, actor: Person) -> Statement:
    """Bring an open statement up to date with what the registers say now. If a line changed, the partner agrees again."""
    with atomic():
        statement = take(statement_id)
        permit(policies.can_refresh(actor, statement), _("The partner and the Zone manager bring it up to date."))
        _redraw(statement, actor)
        return statement


def _redraw(statement: Statement, actor: Person | None) -> None:
    if statement.state not in MAY_CHANGE:
        raise IllegalMove(_("This statement was approved: what changes now comes as a correction on the next one."))
    owed = queries.list_owed(statement.organisation_id, statement.zone_id, statement.through_on, but_not=statement.id)
    before = {(line.id, line.pence) for line in statement.lines}
    _write(statement, owed)
    if before == {(line.id, line.pence) for line in statement.lines}:
        return
    statement.drawn_at = clock.now()
    pence = statement.total_pence
    if statement.state is _S.ACCRUING:
        note(statement, actor=actor, done="refreshed", lines=len(owed), pence=pence)
    elif statement.state is not _S.QUERIED:
        forget_who_said_yes(statement)
        move(statement, _S.ACCRUING, actor=actor, done="refreshed", lines=len(owed), pence=pence)


def forget_who_said_yes(statement: Statement) -> None:
    """It is not what they agreed to and verified."""
    statement.agreed_by_id = statement.agreed_at = statement.verified_by_id = statement.verified_at = None


def _write(statement: Statement, owed: list[Owed]) -> None:
    """Make the lines those of `owed`: what is the same keeps its query and its answer."""
    standing = {(line.commission_id, line.what, line.correction): line for line in statement.lines}
    for position, one in enumerate(owed, 1):
        line = standing.pop(one.key, None)
        if line is None:
            line = StatementLine(
                statement_id=statement.id, commission_id=one.commission.id, child_id=one.commission.child_id,
                session_id=one.session.id if one.session else None, what=one.what, correction=one.correction,
            )
            db.session.add(line)
        line.position, line.held_on, line.percent, line.price_pence = position, one.held_on, one.percent, one.price_pence
        line.pence, line.parts = one.pence, dict(one.parts)
    for line in standing.values():
        db.session.delete(line)
    db.session.flush()
    db.session.expire(statement, ["lines"])


def open_queries(statement: Statement) -> list[StatementLine]:
    return [line for line in statement.lines if line.say is LineSay.QUERIED]


def monthly() -> None:
    """The clock: on the first days of a month, a statement for every partner that is owed something for the month before."""
    today = clock.today()
    if today.day > 7:
        return
    last_day = today.replace(day=1) - timedelta(days=1)
    zones = [zone.id for zone in list_zones()]
    owing = sorted(queries.unbilled_by_organisation(zones))
    db.session.rollback()
    for zone_id, organisation_id in owing:
        with atomic():
            lock_zone(zone_id)
            if queries.find_open_statement(zone_id, organisation_id) is None and queries.list_owed(organisation_id, zone_id, last_day):
                draw_up(organisation_id=organisation_id, through_on=last_day, actor=None)

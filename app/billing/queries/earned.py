"""What partners have earned by the ledger and not been billed for: the lines that a statement drawn up now would have."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.attendance.queries import current_marks, disputed
from app.billing.models import Statement, StatementLine
from app.catalogue.models import Session, SessionState
from app.commissioning.models import Account, Commission, Journal, Posting
from app.commissioning.queries.commissions import session_prices
from app.shared import clock
from app.shared.db import db, in_parts

BY_SESSION = ("accrual", "undo")
BY_ITSELF = ("setup", "notice")
"""Kinds of journals that earn: for a session (and what takes it back), and for a commission without one."""

Key = tuple[uuid.UUID, str]
"""A commission, and the session's id or "setup" or "notice"."""


@dataclass(frozen=True)
class Owed:
    """One line: what is earned by now less what was billed before, `parts` by fund."""

    commission: Commission
    session: Session | None
    what: str
    correction: int
    held_on: date
    percent: int
    price_pence: int
    parts: Mapping[str, int]

    @property
    def pence(self) -> int:
        return sum(self.parts.values())

    @property
    def key(self) -> tuple[uuid.UUID, str, int]:
        return self.commission.id, self.what, self.correction


def list_owed(organisation_id: uuid.UUID, zone_id: uuid.UUID, through_on: date, *, but_not: uuid.UUID | None = None) -> list[Owed]:
    """What is owed for sessions whose register is locked, and for charges, up to that day; `but_not` is the statement being drawn.

    In the order of the days, then of the offerings, then of the children's references.
    """
    whole = _earned(organisation_id, zone_id, through_on)
    commissions = _commissions({commission_id for commission_id, _ in whole})
    sessions = _sessions({what for _, what in whole} - set(BY_ITSELF))
    billed, counted = _billed(commissions, but_not)
    held = [session.id for session in sessions.values()]
    prices = session_prices(commissions)
    marks, unsettled = current_marks(held), disputed(held)
    found = []
    for (commission_id, what), (parts, happened_on) in whole.items():
        left = Counter(parts)
        left.subtract(billed.get((commission_id, what), {}))
        commission, session = commissions[commission_id], sessions.get(what)
        if not sum(left.values()) or (session is not None and (session.id, commission.child_id) in unsettled):
            continue
        mark = marks.get((session.id, commission.child_id)) if session else None
        fixed = prices.get((commission_id, what))
        price = commission.setup_pence if what == "setup" else fixed.pence if fixed else commission.price_of_a_session
        percent = mark.percent if mark else commission.tariff.notice_percent if what == "notice" else 100
        found.append(Owed(
            commission, session, what, counted.get((commission_id, what), 0), session.held_on if session else happened_on, percent, price,
            {fund_id: pence for fund_id, pence in left.items() if pence},
        ))
    return sorted(found, key=lambda o: (o.held_on, o.commission.offering.title, o.commission.child.reference, o.what, o.correction))


def _earned(organisation_id: uuid.UUID, zone_id: uuid.UUID, through_on: date) -> dict[Key, tuple[dict[str, int], date]]:
    """Pence by fund for every key, and the London day on which it was first earned."""
    ends = clock.end_of_day(through_on)
    counts = sa.or_(
        sa.and_(Journal.kind.in_(BY_SESSION), Session.state == SessionState.CLOSED, Session.starts_at < ends),
        sa.and_(Journal.kind.in_(BY_ITSELF), Journal.at < ends),
    )
    kind = sa.case((Posting.session_id.is_(None), Journal.kind), else_="")
    statement = (
        sa.select(Posting.commission_id, Posting.session_id, kind, Posting.fund_id, sa.func.sum(Posting.pence), sa.func.min(Journal.at))
        .join(Journal, Journal.id == Posting.journal_id).join(Commission, Commission.id == Posting.commission_id)
        .outerjoin(Session, Session.id == Posting.session_id)
        .where(
            Posting.account == Account.ACCRUED, Commission.organisation_id == organisation_id, Commission.zone_id == zone_id, counts,
        )
        .group_by(Posting.commission_id, Posting.session_id, kind, Posting.fund_id)
    )
    found: dict[Key, tuple[dict[str, int], date]] = {}
    for commission_id, session_id, kind_of, fund_id, pence, at in db.session.execute(statement):
        assert commission_id is not None
        parts, on = found.setdefault((commission_id, str(session_id or kind_of)), ({}, clock.london(at).date()))
        parts[str(fund_id)] = int(pence)
        found[commission_id, str(session_id or kind_of)] = (parts, min(on, clock.london(at).date()))
    return found


def _billed(
    commission_ids: Collection[uuid.UUID], but_not: uuid.UUID | None
) -> tuple[dict[Key, Counter[str]], dict[Key, int]]:
    """What other statements have billed, by fund; and how many lines there are of each key."""
    billed: dict[Key, Counter[str]] = {}
    counted: dict[Key, int] = {}
    for part in in_parts(sorted(commission_ids)):
        statement = sa.select(StatementLine.commission_id, StatementLine.what, StatementLine.parts).where(
            StatementLine.commission_id.in_(part)
        )
        if but_not is not None:
            statement = statement.where(StatementLine.statement_id != but_not)
        for commission_id, what, parts in db.session.execute(statement):
            billed.setdefault((commission_id, what), Counter()).update(parts)
            counted[commission_id, what] = counted.get((commission_id, what), 0) + 1
    return billed, counted


def _commissions(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Commission]:
    found = {}
    for part in in_parts(sorted(ids)):
        for commission in db.session.scalars(sa.select(Commission).where(Commission.id.in_(part))).unique():
            found[commission.id] = commission
    return found


def _sessions(ids: Collection[str]) -> dict[str, Session]:
    found = {}
    for part in in_parts([uuid.UUID(id_) for id_ in sorted(ids)]):
        statement = sa.select(Session).where(Session.id.in_(part)).options(joinedload(Session.cohort))
        for session in db.session.scalars(statement).unique():
            found[str(session.id)] = session
    return found


def is_up_to_date(statement: Statement) -> bool:
    """A statement drawn up now would have the same lines."""
    owed = list_owed(statement.organisation_id, statement.zone_id, statement.through_on, but_not=statement.id)
    return _content(owed) == _content(statement.lines)


def _content(lines: Sequence[Owed] | Sequence[StatementLine]) -> set[tuple[object, ...]]:
    return {
        (line.commission.id, line.what, line.correction, line.pence, line.percent, tuple(sorted(line.parts.items()))) for line in lines
    }


def unbilled_by_organisation(zone_ids: Collection[uuid.UUID], organisation_ids: Collection[uuid.UUID] | None = None) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """Pence earned (register locked or not) and on no statement yet, by Zone and organisation; nil is left out."""
    whose = [Commission.zone_id.in_(list(zone_ids))]
    if organisation_ids is not None:
        whose.append(Commission.organisation_id.in_(list(organisation_ids)))
    earned = (
        sa.select(Commission.zone_id, Commission.organisation_id, sa.func.sum(Posting.pence))
        .join(Posting, Posting.commission_id == Commission.id).join(Journal, Journal.id == Posting.journal_id)
        .where(Posting.account == Account.ACCRUED, Journal.kind.in_((*BY_SESSION, *BY_ITSELF)), *whose)
        .group_by(Commission.zone_id, Commission.organisation_id)
    )
    billed = (
        sa.select(Commission.zone_id, Commission.organisation_id, sa.func.sum(StatementLine.pence))
        .join(StatementLine, StatementLine.commission_id == Commission.id).where(*whose)
        .group_by(Commission.zone_id, Commission.organisation_id)
    )
    left: Counter[tuple[uuid.UUID, uuid.UUID]] = Counter()
    for zone_id, organisation_id, pence in db.session.execute(earned):
        left[zone_id, organisation_id] += int(pence)
    for zone_id, organisation_id, pence in db.session.execute(billed):
        left[zone_id, organisation_id] -= int(pence)
    return {key: pence for key, pence in left.items() if pence}

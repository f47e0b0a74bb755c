"""Balances, summed in SQL: the ledger is the only place where an amount stands."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.accounts.models import CeilingBase, Person, Role, Zone
from app.catalogue.models import Cohort, Session, SessionState
from app.children.models import Child
from app.commissioning import split
from app.commissioning.models import EARNED, Account, Envelope, Fund, Journal, Posting
from app.shared import clock
from app.shared.db import db, the_one

Balances = Mapping[uuid.UUID, Mapping[Account, int]]
ASKED, PROMISED, USED = (Account.REQUESTED,), (Account.COMMITTED,), EARNED
SPOKEN_FOR = (*ASKED, *PROMISED, *USED)
"""What counts against an envelope and a funder's ceiling."""


def sum_of(*accounts: Account) -> sa.ColumnElement[int]:
    """SQL: what a group of postings comes to in these accounts together."""
    return sa.func.coalesce(sa.func.sum(sa.case((Posting.account.in_(accounts), Posting.pence), else_=0)), 0)


def balances(fund_ids: Iterable[uuid.UUID]) -> Balances:
    """Every account of these funds; an account never posted to stands at nil."""
    ids = list(fund_ids)
    found: dict[uuid.UUID, dict[Account, int]] = {id_: defaultdict(int) for id_ in ids}
    statement = (
        sa.select(Posting.fund_id, Posting.account, sa.func.sum(Posting.pence))
        .where(Posting.fund_id.in_(ids)).group_by(Posting.fund_id, Posting.account)
    )
    for fund_id, account, pence in db.session.execute(statement):
        found[fund_id][account] = int(pence)
    return found


def balance(fund_id: uuid.UUID, account: Account) -> int:
    return balances([fund_id])[fund_id][account]


def commission_balances(commission_id: uuid.UUID) -> Balances:
    """What each fund has in each account for one commission."""
    return balances_of_commissions([commission_id])[commission_id]


def balances_of_commissions(commission_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Balances]:
    """By commission and fund; `available` there is what went back (positive) or was taken (negative)."""
    ids = list(commission_ids)
    found: dict[uuid.UUID, dict[uuid.UUID, dict[Account, int]]] = {id_: defaultdict(lambda: defaultdict(int)) for id_ in ids}
    statement = (
        sa.select(Posting.commission_id, Posting.fund_id, Posting.account, sa.func.sum(Posting.pence))
        .where(Posting.commission_id.in_(ids)).group_by(Posting.commission_id, Posting.fund_id, Posting.account)
    )
    for commission_id, fund_id, account, pence in db.session.execute(statement):
        if commission_id is not None:
            found[commission_id][fund_id][account] = int(pence)
    return found


@dataclass(frozen=True)
class Spoken:
    """Pence of one child's school year: asked for, promised to sessions to come, used for sessions held."""

    asked: int = 0
    promised: int = 0
    used: int = 0

    @property
    def all(self) -> int:
        return self.asked + self.promised + self.used


def spoken_for(child_id: uuid.UUID, year: int) -> Spoken:
    return spoken_for_children([child_id], year)[child_id]


def spoken_for_children(child_ids: Iterable[uuid.UUID], year: int) -> Mapping[uuid.UUID, Spoken]:
    """What stands against each child's envelope; each id asked for is a key."""
    ids = list(child_ids)
    sums: dict[uuid.UUID, dict[Account, int]] = {id_: defaultdict(int) for id_ in ids}
    statement = (
        sa.select(Posting.child_id, Posting.account, sa.func.sum(Posting.pence))
        .where(Posting.child_id.in_(ids), Posting.year == year, Posting.account.in_(SPOKEN_FOR))
        .group_by(Posting.child_id, Posting.account)
    )
    for child_id, account, pence in db.session.execute(statement):
        if child_id is not None:
            sums[child_id][account] = int(pence)
    return {
        id_: Spoken(*(sum(s[a] for a in group) for group in (ASKED, PROMISED, USED))) for id_, s in sums.items()
    }


def by_funder(child_id: uuid.UUID, year: int, *, but_not: uuid.UUID | None = None) -> dict[str, int]:
    """What each funder has asked, promised and paid for one child's school year, over all its funds, biggest first."""
    total = sa.func.sum(Posting.pence)
    statement = (
        sa.select(Posting.funder, total)
        .where(Posting.child_id == child_id, Posting.year == year, Posting.account.in_(SPOKEN_FOR))
        .group_by(Posting.funder).having(total != 0).order_by(total.desc(), Posting.funder)
    )
    if but_not is not None:
        statement = statement.where(Posting.commission_id != but_not)
    return {funder: int(pence) for funder, pence in db.session.execute(statement)}


def ceiling_for(zone: Zone, child_id: uuid.UUID, year: int, *, total: int, but_not: uuid.UUID | None = None) -> split.Ceiling:
    """The Zone's ceiling for a child's year, were `total` pence spent on top of all but the commission `but_not`."""
    used = by_funder(child_id, year, but_not=but_not)
    return split.Ceiling(zone.ceiling_percent, ceiling_base(zone, sum(used.values()) + total) * zone.ceiling_percent // 100, used)


def ceiling_base(zone: Zone, commissioned: int) -> int:
    """What a funder's share is measured on: the full yearly cost, or the commissioned spend."""
    return zone.full_yearly_cost_pence if zone.ceiling_base is CeilingBase.FULL_YEARLY_COST else commissioned


def envelope_pence(child: Child, zone: Zone, year: int) -> int:
    """What may be spent on this child in that school year: their own envelope, else the Zone's."""
    own = db.session.scalar(sa.select(Envelope.pence).where(Envelope.child_id == child.id, Envelope.year == year))
    return zone.envelope_pence if own is None else own


def fund_facts(funds: Sequence[Fund], *, plus: Mapping[uuid.UUID, int] | None = None) -> list[split.FundFacts]:
    """What split.py needs. `plus` is added to what is left: a request's own reservation, while it is decided."""
    now = balances(fund.id for fund in funds)
    return [
        split.FundFacts(
            id=fund.id, name=fund.name, funder=fund.funder, left=now[fund.id][Account.AVAILABLE] + (plus or {}).get(fund.id, 0),
            starts_on=fund.starts_on, ends_on=fund.ends_on, school_id=fund.school_id,
            school_name=fund.school.name if fund.school else "", ward=fund.ward, postcode_area=fund.postcode_area,
            year_from=fund.year_from, year_to=fund.year_to, gender=fund.gender, need_area=fund.need_area, is_closed=fund.is_closed,
        )
        for fund in funds
    ]


def purpose_of(child: Child, need_code: str, days: tuple[date, date]) -> split.Purpose:
    return split.Purpose(
        need_area=need_code.partition(":")[0], first_on=days[0], last_on=days[1], school_id=child.school_id, ward=child.ward,
        postcode_area=child.postcode_area, year_group=split.year_group(child.school_year_on(days[0])), gender=child.gender,
    )


def delivery_days(cohort: Cohort, sessions: int) -> tuple[date, date]:
    """The first and last day of the next `sessions` sessions: as dated, else weekly from the day the cohort starts or tomorrow."""
    days = next_days(cohort.id, sessions)
    if days:
        return days[0], (days[-1] if len(days) == sessions else max(days[-1], cohort.ends_on or days[-1]))
    tomorrow = date.fromordinal(clock.today().toordinal() + 1)
    first = max(cohort.starts_on or tomorrow, tomorrow)
    weekly = date.fromordinal(first.toordinal() + 7 * (sessions - 1))
    return first, (max(first, min(weekly, cohort.ends_on)) if cohort.ends_on else weekly)


def next_days(cohort_id: uuid.UUID, limit: int | None = None) -> list[date]:
    """The London days of the cohort's sessions still to come, soonest first."""
    statement = (
        sa.select(Session.starts_at)
        .where(Session.cohort_id == cohort_id, Session.state == SessionState.SCHEDULED, Session.starts_at > clock.now())
        .order_by(Session.starts_at)
    )
    return [clock.london(at).date() for at in db.session.scalars(statement.limit(limit) if limit is not None else statement)]


def list_open_funds(zone_id: uuid.UUID) -> Sequence[Fund]:
    """The funds of a Zone that have not ended and are not closed, by name."""
    statement = sa.select(Fund).where(Fund.zone_id == zone_id, Fund.is_closed.is_(False), Fund.ends_on >= clock.today())
    return db.session.scalars(statement.order_by(Fund.name)).unique().all()


# --- funds on pages ------------------------------------------------------------------------------


@dataclass(frozen=True)
class FundLine:
    """One fund in pence. `promised` has not been received yet; the other four are what was."""

    fund: Fund
    promised: int
    free: int
    asked: int
    agreed: int
    spent: int

    @property
    def received(self) -> int:
        return self.free + self.asked + self.agreed + self.spent


def visible_funds(person: Person) -> sa.ColumnElement[bool]:
    """The funds this person may see: a Zone manager's and budget holder's Zone (a grant for one fund: that fund)."""
    reach: list[sa.ColumnElement[bool]] = []
    for grant in person.live_grants if person.is_authenticated else []:
        if grant.role in (Role.ZONE_MANAGER, Role.BUDGET_HOLDER):
            own = Fund.zone_id == grant.zone_id
            reach.append(own if grant.fund_id is None or grant.role is Role.ZONE_MANAGER else sa.and_(own, Fund.id == grant.fund_id))
    return sa.or_(*reach) if reach else sa.false()


def get_fund(fund_id: uuid.UUID, person: Person) -> Fund:
    """One of visible_funds, or a fund this person is the funder of. Raises NotFound outside the person's sight."""
    own = sa.or_(visible_funds(person), Fund.id.in_(person.fund_ids(Role.FUNDER)))
    return the_one(sa.select(Fund).where(Fund.id == fund_id, own))


def list_fund_lines(person: Person) -> list[FundLine]:
    """Every fund the person may see, those in force first, by name."""
    funds = db.session.scalars(sa.select(Fund).where(visible_funds(person))).unique().all()
    today = clock.today()
    ordered = sorted(funds, key=lambda f: (f.is_closed or f.ends_on < today, f.name, f.id))
    return fund_lines(ordered)


def fund_lines(funds: Sequence[Fund]) -> list[FundLine]:
    now = balances(fund.id for fund in funds)
    return [
        FundLine(
            fund, promised=now[fund.id][Account.PLEDGED], free=now[fund.id][Account.AVAILABLE],
            asked=now[fund.id][Account.REQUESTED], agreed=now[fund.id][Account.COMMITTED],
            spent=sum(now[fund.id][account] for account in EARNED),
        )
        for fund in funds
    ]


@dataclass(frozen=True)
class Movement:
    """One journal as one fund sees it: the pence that moved, what its available money gained or lost, whose child it was about."""

    journal: Journal
    moved: int
    pence: int
    reference: str
    child_reference: str


MOVED_INTO = (Account.PLEDGED, Account.AVAILABLE, Account.REQUESTED, Account.COMMITTED, *EARNED)


def list_movements(fund_id: uuid.UUID, *, limit: int, offset: int = 0) -> list[Movement]:
    """The journals of one fund, newest first; children by their reference."""
    net = [sa.func.coalesce(sa.func.sum(sa.case((Posting.account == account, Posting.pence), else_=0)), 0) for account in MOVED_INTO]
    statement = (
        sa.select(Journal, sa.func.max(Child.reference), *net)
        .join(Posting, Posting.journal_id == Journal.id).outerjoin(Child, Child.id == Posting.child_id)
        .where(Posting.fund_id == fund_id).group_by(Journal.id).order_by(Journal.at.desc(), Journal.id.desc()).limit(limit).offset(offset)
    )
    found = []
    for journal, reference, *nets in db.session.execute(statement):
        moved = sum(int(pence) for pence in nets if pence > 0)
        found.append(Movement(journal, moved, int(nets[MOVED_INTO.index(Account.AVAILABLE)]), journal.reference, reference or ""))
    return found


def count_movements(fund_id: uuid.UUID) -> int:
    statement = sa.select(sa.func.count(sa.distinct(Posting.journal_id))).where(Posting.fund_id == fund_id)
    return db.session.scalar(statement) or 0

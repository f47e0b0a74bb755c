"""A budget holder's page: what waits, what each would leave, and where the money goes. Children by their reference."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import orm
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, Role, School, Zone
from app.catalogue.queries import organisations_with_gaps
from app.children.models import Child, ChildState
from app.children.naming import reference_line
from app.commissioning import policies
from app.commissioning.models import (
    EARNED,
    Account,
    Commission,
    CommissionState,
    Decision,
    DecisionKind,
    Envelope,
    Fund,
    Posting,
    Together,
    Waiting,
    WaitingState,
)
from app.commissioning.naming import without_name
from app.commissioning.queries.commissions import visible_to
from app.commissioning.queries.deciding import interests_of, list_all_steps, people_by, stand_ins_of
from app.commissioning.queries.money import SPOKEN_FOR, balances, ceiling_base, visible_funds
from app.introductions.models import IntroductionState
from app.shared import clock
from app.shared.db import db
from app.shared.money import pounds
from app.shared.view import percent

AREA_COLOURS = {"Social": "sky", "Emotional": "plum", "Academic": "leaf"}
SPENT = (Account.COMMITTED, *EARNED)


@dataclass(frozen=True)
class Left:
    """What saying yes leaves of one fund."""

    pence: int
    before: int
    fund: str


@dataclass(frozen=True)
class Share:
    """What one funder would then give of the child's year, in per cent, against the ceiling."""

    funder: str
    percent: float
    ceiling: int

    @property
    def is_over(self) -> bool:
        return self.percent > self.ceiling

    @property
    def words(self) -> str:
        """"37%"; what is past the ceiling never reads as if it were not."""
        return _("just over %(ceiling)s%%", ceiling=self.ceiling) if self.is_over and round(self.percent) <= self.ceiling else percent(self.percent, 100)


@dataclass(frozen=True)
class QueueItem:
    """One request as the queue shows it. `why_not` says why this person may not decide; None when they may."""

    commission: Commission
    who: str
    why: str
    goal: str
    alternatives: str
    checks: tuple[tuple[str, str], ...]
    lefts: tuple[Left, ...]
    shares: tuple[Share, ...]
    why_not: str | None
    not_yet: str
    needed: int
    said: tuple[str, ...]
    has_said: bool
    override: str
    together: tuple[str, ...] = ()

    @property
    def is_first_of_several(self) -> bool:
        return len(self.said) + 1 < self.needed

    @property
    def needs_override(self) -> bool:
        return any(share.is_over for share in self.shares) and not self.override


def queue_items(commissions: Sequence[Commission], person: Person) -> list[QueueItem]:
    """What the page needs of all of them, in as many statements as of one."""
    if not commissions:
        return []
    zones = {z.id: z for z in db.session.scalars(sa.select(Zone).where(Zone.id.in_({c.zone_id for c in commissions})))}
    steps, theirs = list_all_steps(zones), stand_ins_of(person)
    left = balances({share.fund_id for c in commissions for share in c.shares})
    years = _years(commissions)
    gaps = organisations_with_gaps({c.organisation_id for c in commissions}, clock.today())
    waiting = set(db.session.scalars(sa.select(Waiting.commission_id).where(
        Waiting.commission_id.in_([c.id for c in commissions]), Waiting.state == WaitingState.WAITING
    )))
    interests = interests_of(person.id)
    others = _asked_together([c.id for c in commissions])
    items = []
    for c in commissions:
        zone = zones[c.zone_id]
        before = years[c.child_id, c.year]
        shares = _shares(c, zone, before.by_funder)
        said = [d for d in c.decisions if d.kind is DecisionKind.APPROVE and d.round == c.round]
        override = next((d for d in reversed(c.decisions) if d.kind is DecisionKind.OVERRIDE and d.round == c.round), None)
        needed = people_by(steps, zone, c.total_pence, school_id=c.child.school_id, fund_ids={s.fund_id for s in c.shares})
        why_not = policies.why_not_decide(person, c, interests=interests, stands_in=theirs) if c.shares else None
        not_yet = _not_yet(c, is_waiting=c.id in waiting, has_gaps=c.organisation_id in gaps)
        items.append(QueueItem(
            commission=c, who=reference_line(c.child), why=without_name(c.why, c.child), goal=without_name(c.goal, c.child),
            alternatives=without_name(c.free_alternatives, c.child),
            checks=_checks(c, person, needed=needed, gaps=c.organisation_id in gaps, other=before.other_than(c), not_yet=not_yet),
            lefts=tuple(Left(s.pence, left[s.fund_id][Account.AVAILABLE] + s.pence, s.fund.name) for s in c.shares),
            shares=shares, why_not=why_not, not_yet=not_yet, needed=needed, said=tuple(d.person.name for d in said),
            has_said=any(d.person_id == person.id for d in said),
            override=f"{override.person.name}: {without_name(override.reason, c.child)}" if override else "",
            together=others.get(c.id, ()),
        ))
    return items


def _asked_together(commission_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    """The references of the other children each of these was asked for together with."""
    own, other = orm.aliased(Together), orm.aliased(Together)
    statement = (
        sa.select(own.commission_id, Child.reference)
        .join(other, sa.and_(other.group_id == own.group_id, other.commission_id != own.commission_id))
        .join(Commission, Commission.id == other.commission_id).join(Child, Child.id == Commission.child_id)
        .where(own.commission_id.in_(commission_ids)).order_by(Child.reference)
    )
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for commission_id, reference in db.session.execute(statement):
        found[commission_id] = (*found.get(commission_id, ()), reference)
    return found


@dataclass
class _Year:
    """What one child's year has been asked, promised and paid so far, and by whom."""

    by_funder: dict[str, int]
    by_commission: dict[uuid.UUID, int]

    def other_than(self, commission: Commission) -> tuple[int, int]:
        others = {id_: pence for id_, pence in self.by_commission.items() if id_ != commission.id and pence}
        return len(others), sum(others.values())


def _years(commissions: Sequence[Commission]) -> dict[tuple[uuid.UUID, int], _Year]:
    found: dict[tuple[uuid.UUID, int], _Year] = defaultdict(lambda: _Year(defaultdict(int), defaultdict(int)))
    statement = (
        sa.select(Posting.child_id, Posting.year, Posting.funder, Posting.commission_id, sa.func.sum(Posting.pence))
        .where(Posting.child_id.in_({c.child_id for c in commissions}), Posting.account.in_(SPOKEN_FOR))
        .group_by(Posting.child_id, Posting.year, Posting.funder, Posting.commission_id)
    )
    for child_id, year, funder, commission_id, pence in db.session.execute(statement):
        if child_id is not None and commission_id is not None:
            found[child_id, year].by_funder[funder] += int(pence)
            found[child_id, year].by_commission[commission_id] += int(pence)
    return found


def _shares(c: Commission, zone: Zone, by_funder: dict[str, int]) -> tuple[Share, ...]:
    base = ceiling_base(zone, sum(by_funder.values()))
    funders = dict.fromkeys(share.fund.funder for share in c.shares)
    return tuple(Share(f, 100 * by_funder.get(f, 0) / base if base else 0.0, zone.ceiling_percent) for f in funders)


def _not_yet(c: Commission, *, is_waiting: bool, has_gaps: bool) -> str:
    """Why nobody can say yes at the moment, whoever they are; "" when somebody can."""
    if c.introduction.state is IntroductionState.LISTENING:
        return _("The child and the parent or carer are still being asked. It can be approved when both have said yes.")
    if is_waiting:
        return _("The group is full: the child is on its waiting list.")
    if has_gaps:
        return _("%(organisation)s has a document that is missing or out of date.", organisation=c.organisation.name)
    return ""


def _checks(
    c: Commission, person: Person, *, needed: int, gaps: bool, other: tuple[int, int], not_yet: str
) -> tuple[tuple[str, str], ...]:
    checks: list[tuple[str, str]] = []
    limit = policies.limit_of(person, c)
    if limit is not None:
        over = c.total_pence > limit
        checks.append(("stop", _("Over your limit of %(limit)s", limit=pounds(limit))) if over else ("go", _("Within your limit of %(limit)s", limit=pounds(limit))))
    if needed > 1:
        checks.append(("gently", _("%(needed)s people say yes to this sum", needed=needed)))
    checks.append(("stop", _("A document is missing or out of date")) if gaps else ("go", _("Partner’s documents in date today")))
    if c.introduction.state is not IntroductionState.LISTENING:
        checks.append(("go", _("Child and parent or carer have said yes")))
    if other[0]:
        checks.append(("gently", ngettext(
            "%(num)s other commission for this child this year, %(amount)s", "%(num)s other commissions for this child this year, %(amount)s",
            other[0], amount=pounds(other[1]),
        )))
    if not c.shares:
        checks.append(("stop", _("Money was short when this was asked for")))
    return tuple(checks)


@dataclass(frozen=True)
class JustDecided:
    """A word that can still be taken back, until the instant `until`."""

    commission: Commission
    who: str
    words: str
    until: datetime


DECIDED_WORDS = {
    DecisionKind.APPROVE: _l("Approved"), DecisionKind.RETURN: _l("Asked about"), DecisionKind.REJECT: _l("Declined"),
    DecisionKind.OVERRIDE: _l("Said why past the ceiling"),
}


_S = CommissionState
STILL = {
    DecisionKind.APPROVE: (_S.APPROVED, _S.REQUESTED), DecisionKind.RETURN: (_S.RETURNED,), DecisionKind.REJECT: (_S.REJECTED,),
    DecisionKind.OVERRIDE: (_S.REQUESTED,),
}
"""Where a request stands as long as nobody has gone on from the word."""


def list_just_decided(person: Person, within: timedelta) -> list[JustDecided]:
    """This person's last words on requests that are young enough to be taken back, the newest first."""
    statement = (
        sa.select(Decision).join(Commission, Commission.id == Decision.commission_id)
        .where(Decision.person_id == person.id, Decision.at > clock.now() - within, Decision.variation_id.is_(None), visible_to(person))
        .options(joinedload(Decision.commission, innerjoin=True).selectinload(Commission.child).selectinload(Child.school))
        .order_by(Decision.at.desc(), Decision.id)
    )
    seen, found = set[uuid.UUID](), []
    for decision in db.session.scalars(statement).unique():
        is_last = decision.commission_id not in seen
        seen.add(decision.commission_id)
        if is_last and decision.commission.state in STILL[decision.kind]:
            found.append(JustDecided(
                decision.commission, reference_line(decision.commission.child), DECIDED_WORDS[decision.kind], decision.at + within,
            ))
    return found


# --- where the money goes ------------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """Promised and paid in one school year: by area of need, and by school against its children's envelopes."""

    by_area: tuple[tuple[str, int, str], ...]
    by_school: tuple[tuple[str, int, int], ...]
    year_gone: float


def spread_for(person: Person, year: int | None = None) -> Spread:
    """Over the funds and schools this budget holder decides about."""
    year = clock.school_year(clock.today()) if year is None else year
    mine = sa.select(Fund.id).where(visible_funds(person))
    rows = db.session.execute(
        sa.select(Commission.need_code, Posting.school_id, sa.func.sum(Posting.pence))
        .join(Commission, Commission.id == Posting.commission_id)
        .where(Posting.account.in_(SPENT), Posting.year == year, Posting.fund_id.in_(mine))
        .group_by(Commission.need_code, Posting.school_id)
    ).all()
    areas: dict[str, int] = defaultdict(int)
    schools: dict[uuid.UUID, int] = defaultdict(int)
    for need_code, school_id, pence in rows:
        areas[need_code.partition(":")[0]] += int(pence)
        if school_id is not None:
            schools[school_id] += int(pence)
    by_area = tuple((a, areas[a], colour) for a, colour in AREA_COLOURS.items() if areas[a])
    gone = (clock.today() - date(year, 9, 1)).days / 365
    return Spread(by_area, _by_school(person, schools, year), min(1.0, max(0.0, gone)))


def _by_school(person: Person, spent: dict[uuid.UUID, int], year: int) -> tuple[tuple[str, int, int], ...]:
    grants = [g for g in person.live_grants if g.role is Role.BUDGET_HOLDER]
    own = sa.or_(*(
        School.id == g.school_id if g.school_id is not None else School.zone_id == g.zone_id for g in grants
    )) if grants else sa.false()
    envelope = sa.func.coalesce(Envelope.pence, Zone.envelope_pence)
    statement = (
        sa.select(School.id, School.name, sa.func.coalesce(sa.func.sum(envelope), 0))
        .join(Zone, Zone.id == School.zone_id)
        .join(Child, sa.and_(Child.school_id == School.id, Child.state == ChildState.ACTIVE))
        .outerjoin(Envelope, sa.and_(Envelope.child_id == Child.id, Envelope.year == year))
        .where(own).group_by(School.id, School.name).order_by(School.name)
    )
    return tuple((name, spent.get(id_, 0), int(whole)) for id_, name, whole in db.session.execute(statement))

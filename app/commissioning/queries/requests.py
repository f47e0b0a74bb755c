"""What the request form shows: groups with their places, the price, the envelope, and what is free instead."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, Zone
from app.catalogue.availability import free_places
from app.catalogue.models import Cohort, Offering, OfferingKind, OfferingState, Session, SessionState, Tariff
from app.catalogue.queries import find_current_tariff, list_cohorts
from app.children.models import Child, ChildState
from app.children.policies import can_work_with_child
from app.children.queries import visible_to
from app.commissioning.models import LIVE_STATES, Commission, Waiting, WaitingState
from app.commissioning.queries.money import delivery_days, envelope_pence, spoken_for
from app.commissioning.words import at_price
from app.introductions.models import Introduction, IntroductionState
from app.matching.queries import match_child
from app.shared import clock
from app.shared.db import db
from app.shared.view import day

LOOKED_THROUGH = 60
"""How far down the child's matches free ones are looked for."""
FREE = 4
_I = IntroductionState
MAY_ASK = frozenset({_I.LISTENING, _I.READY, _I.ASKED, _I.AGREED, _I.ARRANGED, _I.MET, _I.JOINED, _I.SETTLED})
"""While still listening, money may be asked for; it is promised only when the child and the parent have had their say."""


@dataclass(frozen=True)
class Group:
    """One cohort as a choice: `words` says when, where and how many places."""

    cohort: Cohort
    words: str
    free: int
    to_come: int


def list_groups(offering_id: uuid.UUID) -> list[Group]:
    """The cohorts that take children, in the order in which they start."""
    cohorts = list_cohorts(offering_id, running=True)
    ids = [cohort.id for cohort in cohorts]
    free = free_places(ids)
    coming = dict(db.session.execute(
        sa.select(Session.cohort_id, sa.func.count(Session.id))
        .where(Session.cohort_id.in_(ids), Session.state == SessionState.SCHEDULED, Session.starts_at > clock.now())
        .group_by(Session.cohort_id)
    ).all())
    waiting = dict(db.session.execute(
        sa.select(Waiting.cohort_id, sa.func.count(Waiting.id))
        .where(Waiting.cohort_id.in_(ids), Waiting.state == WaitingState.WAITING).group_by(Waiting.cohort_id)
    ).all())
    return [
        Group(c, _words(c, max(0, free[c.id].free - waiting.get(c.id, 0)), coming.get(c.id, 0), waiting.get(c.id, 0)),
              max(0, free[c.id].free - waiting.get(c.id, 0)), coming.get(c.id, 0))
        for c in cohorts
    ]


def _words(cohort: Cohort, free: int, to_come: int, waiting: int) -> str:
    parts = [cohort.name or _("The group")]
    if cohort.starts_on is not None and cohort.starts_on > clock.today():
        parts.append(_("from %(day)s", day=day(cohort.starts_on)))
    if cohort.ends_on is not None:
        parts.append(_("until %(day)s", day=day(cohort.ends_on)))
    parts.append(ngettext("%(num)s session to come", "%(num)s sessions to come", to_come) if to_come else _("dates by arrangement"))
    if free:
        parts.append(ngettext("%(number)s place free", "%(number)s places free", free, number=f"{free:,}"))
    else:
        parts.append(_("full, %(number)s waiting", number=waiting) if waiting else _("full"))
    return ", ".join(parts)


@dataclass(frozen=True)
class Cost:
    """What a number of sessions would cost, and what it would do to the child's envelope, in pence."""

    tariff: Tariff
    sessions: int
    year: int
    envelope: int
    used: int
    promised: int
    asked: int
    first_on: date | None = None
    last_on: date | None = None

    @property
    def total(self) -> int:
        return self.tariff.total(self.sessions)

    @property
    def words(self) -> str:
        return at_price(self.sessions, self.tariff.price_pence, self.tariff.is_per_place)

    @property
    def free_before(self) -> int:
        return self.envelope - self.used - self.promised - self.asked

    @property
    def free_after(self) -> int:
        return self.free_before - self.total


def cost_of(introduction: Introduction, cohort_id: uuid.UUID | None, sessions: int) -> Cost | None:
    """None while the offering has no price. The year is that of the first session."""
    tariff = find_current_tariff(introduction.offering_id, clock.today())
    if tariff is None:
        return None
    cohort = db.session.get(Cohort, cohort_id) if cohort_id else None
    days = None
    if cohort is not None and cohort.offering_id == introduction.offering_id and sessions > 0:
        days = delivery_days(cohort, sessions)
    year = clock.school_year(days[0] if days else clock.today())
    zone, spoken = db.session.get_one(Zone, introduction.zone_id), spoken_for(introduction.child_id, year)
    return Cost(
        tariff, sessions, year, envelope_pence(introduction.child, zone, year), spoken.used, spoken.promised, spoken.asked,
        *(days or (None, None)),
    )


def list_could_go_along(introduction: Introduction, person: Person) -> list[Introduction]:
    """Other children this person works with, for whom the same may be asked now: those who go together first, by name."""
    asked = sa.select(Commission.introduction_id).where(Commission.state.in_(LIVE_STATES))
    statement = (
        sa.select(Introduction).join(Child, Child.id == Introduction.child_id)
        .where(
            Introduction.offering_id == introduction.offering_id, Introduction.id != introduction.id, visible_to(person),
            Introduction.state.in_(MAY_ASK), Child.state == ChildState.ACTIVE, Introduction.id.not_in(asked),
        )
        .options(joinedload(Introduction.child).selectinload(Child.needs)).limit(60)
    )
    found = [i for i in db.session.scalars(statement).unique() if can_work_with_child(person, i.child) and i.child.live_needs]
    party = introduction.party_id
    return sorted(found, key=lambda i: (party is None or i.party_id != party, i.child.short_name, i.id))


def list_free_shown(child: Child, ids: Iterable[uuid.UUID]) -> list[Offering]:
    """What the page showed as free instead, once more in its order: nothing is matched again for a form that comes back."""
    wanted = list(ids)[:FREE]
    found = {offering.id: offering for offering in db.session.scalars(sa.select(Offering).where(
        Offering.id.in_(wanted), Offering.zone_id == child.zone_id, Offering.kind != OfferingKind.COMMISSIONED, Offering.cost_pence == 0,
        Offering.is_private.is_(False), Offering.state == OfferingState.LIVE,
    )).unique()}
    return [found[id_] for id_ in wanted if id_ in found]


def list_free_alternatives(child: Child, need_codes: set[str], *, but_not: uuid.UUID) -> list[Offering]:
    """What costs nobody anything and fits the child by every hard rule: those that meet one of these needs, best match first."""
    found = [
        match.offering for match in match_child(child, LOOKED_THROUGH).matches
        if match.offering.id != but_not and match.offering.kind is not OfferingKind.COMMISSIONED and match.offering.cost_pence == 0
        and need_codes & set(match.offering.needs)
    ]
    return found[:FREE]

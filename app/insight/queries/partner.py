"""A partner's today: what is asked, how many places, what is earned. Who comes is attendance's to say."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import Person, Role
from app.billing.models import Statement
from app.billing.queries import list_statements
from app.catalogue.evidence import Gap, GapCause
from app.catalogue.models import (
    Cohort,
    CohortState,
    Document,
    DocumentState,
    Offering,
    OfferingState,
    Organisation,
    PartnerState,
)
from app.catalogue.queries import organisations_with_gaps
from app.catalogue.services.confirming import STILL_RIGHT_EVERY
from app.children.sharing import SharedChild, shared_views
from app.commissioning.models import Account, Commission, Place, PlaceState, Posting
from app.commissioning.queries.places import is_live
from app.insight.queries.counts import to_confirm
from app.introductions.models import Introduction, IntroductionState
from app.introductions.queries import list_for_person
from app.shared import clock
from app.shared.db import db

EXPIRING = timedelta(days=60)


def organisations(person: Person) -> Sequence[Organisation]:
    statement = sa.select(Organisation).where(Organisation.id.in_(person.organisation_ids())).order_by(Organisation.name)
    return db.session.scalars(statement).unique().all()


@dataclass(frozen=True)
class Asked:
    """An introduction that waits for this partner's answer, and what consent shares of the child (None: nothing is shared)."""

    introduction: Introduction
    shared: SharedChild | None

    @property
    def who(self) -> str:
        """"a Year 6 girl" is nobody's business here: the name where it is shared, else a child."""
        return self.shared.called if self.shared else _("a child")


def asked(person: Person) -> list[Asked]:
    """Introductions waiting for this partner's answer, longest waiting first."""
    waiting = list_for_person(person, (IntroductionState.ASKED,), only_asked=True)
    shared: dict[tuple[uuid.UUID, uuid.UUID], SharedChild] = {}
    for organisation_id in {introduction.organisation_id for introduction in waiting}:
        ids = [i.child_id for i in waiting if i.organisation_id == organisation_id]
        for child_id, seen in shared_views(ids, organisation_id, clock.today()).items():
            shared[organisation_id, child_id] = seen
    return [
        Asked(i, shared.get((i.organisation_id, i.child_id)) if i.is_shared else None) for i in waiting
    ]


def list_to_confirm(person: Person) -> Sequence[Commission]:
    """Approved commissions whose place this partner's administrator has not confirmed yet, oldest first."""
    statement = sa.select(Commission).where(to_confirm(person)).order_by(Commission.approved_at, Commission.id)
    return db.session.scalars(statement).unique().all()


def expiring_documents(person: Person) -> Sequence[Document]:
    """Verified documents that run out soon or have run out, soonest first; one that a newer one replaces is left out."""
    newer = aliased(Document)
    replaced = sa.exists().where(
        newer.organisation_id == Document.organisation_id, newer.kind == Document.kind, newer.state == DocumentState.VERIFIED,
        newer.practitioner_id.is_not_distinct_from(Document.practitioner_id), newer.expires_on > Document.expires_on,
    )
    statement = (
        sa.select(Document)
        .where(
            Document.organisation_id.in_(person.organisation_ids(Role.PARTNER_ADMIN)), Document.state == DocumentState.VERIFIED,
            Document.expires_on <= clock.today() + EXPIRING, ~replaced,
        )
        .options(joinedload(Document.practitioner))
        .order_by(Document.expires_on, Document.id)
    )
    return db.session.scalars(statement).unique().all()


JOINING = (PartnerState.INVITED, PartnerState.APPLYING)


def joining(person: Person) -> list[Organisation]:
    """Their organisations whose application is not sent yet."""
    own = person.organisation_ids(Role.PARTNER_ADMIN)
    return [one for one in organisations(person) if one.id in own and one.state in JOINING]


def missing_papers(person: Person) -> list[tuple[Organisation, Sequence[Gap]]]:
    """What an organisation at work has not got today and is not merely running out: missing, sent back, or waiting to be checked."""
    own = person.organisation_ids(Role.PARTNER_ADMIN)
    at_work = [one for one in organisations(person) if one.id in own and one.state not in JOINING]
    gaps = organisations_with_gaps([one.id for one in at_work], clock.today())
    return [(one, [gap for gap in gaps[one.id] if gap.cause is not GapCause.EXPIRED]) for one in at_work if any(
        gap.cause is not GapCause.EXPIRED for gap in gaps.get(one.id, ())
    )]


def not_confirmed(person: Person) -> list[Organisation]:
    """Their live organisations about which nobody has said for a month that all is still right."""
    own, before = person.organisation_ids(Role.PARTNER_ADMIN), clock.today() - STILL_RIGHT_EVERY
    return [
        one for one in organisations(person)
        if one.id in own and one.state is PartnerState.LIVE and (one.confirmed_on or clock.london(one.created_at).date()) <= before
    ]


@dataclass(frozen=True)
class Room:
    """One open cohort with its places."""

    cohort: Cohort
    taken: int
    held: int

    @property
    def in_use(self) -> int:
        return self.taken + self.held


def rooms(person: Person) -> list[Room]:
    """Open cohorts of live offerings of this partner, by title; a hold that has lapsed counts for nothing."""
    statement = (
        sa.select(Cohort).join(Cohort.offering)
        .where(
            Offering.organisation_id.in_(person.organisation_ids()), Offering.state == OfferingState.LIVE,
            Cohort.state == CohortState.OPEN, sa.or_(Cohort.ends_on.is_(None), Cohort.ends_on >= clock.today()),
        )
        .options(selectinload(Cohort.offering))
        .order_by(Offering.title, Cohort.starts_on, Cohort.id)
    )
    cohorts = db.session.scalars(statement).unique().all()
    is_held = sa.case((Place.state == PlaceState.HELD, 1), else_=0)
    counted = (
        sa.select(Place.cohort_id, sa.func.count(), sa.func.sum(is_held))
        .where(Place.cohort_id.in_([cohort.id for cohort in cohorts]), is_live(clock.now())).group_by(Place.cohort_id)
    )
    live = {cohort_id: (int(number), int(held)) for cohort_id, number, held in db.session.execute(counted)}
    found = []
    for cohort in cohorts:
        number, held = live.get(cohort.id, (0, 0))
        found.append(Room(cohort, taken=number - held + cohort.outside_places, held=held))
    return found


def statements(person: Person) -> list[tuple[Statement, int]]:
    """Those of the organisations this person administers, newest first, with what they come to."""
    own = person.organisation_ids(Role.PARTNER_ADMIN)
    return [(one, pence) for one, pence in list_statements(person) if one.organisation_id in own] if own else []


@dataclass(frozen=True)
class Money:
    """Pence: earned and not agreed yet, agreed on a statement and not yet paid, paid, and promised for sessions still to come.
    `took_days`: from the partner's word to the money, when it was last paid."""

    earned: int
    agreed: int
    paid: int
    to_come: int
    took_days: int | None = None

    def __bool__(self) -> bool:
        return bool(self.earned or self.agreed or self.paid or self.to_come)


def money(person: Person, drawn: Sequence[tuple[Statement, int]]) -> Money:
    """Of the organisations this person administers; `drawn` are their statements, newest first."""
    statement = sa.select(Posting.account, sa.func.sum(Posting.pence)).where(
        Posting.organisation_id.in_(person.organisation_ids(Role.PARTNER_ADMIN))
    )
    sums = {account: int(pence) for account, pence in db.session.execute(statement.group_by(Posting.account))}
    unpaid = sums.get(Account.ACCRUED, 0) + sums.get(Account.IN_FLIGHT, 0)
    agreed = min(unpaid, max(0, sum(pence for one, pence in drawn if one.agreed_at is not None and one.paid_at is None)))
    last = next(((one.agreed_at, one.paid_at) for one, _ in drawn if one.agreed_at is not None and one.paid_at is not None), None)
    took = (clock.london(last[1]).date() - clock.london(last[0]).date()).days if last is not None else None
    return Money(unpaid - agreed, agreed, sums.get(Account.PAID, 0), sums.get(Account.COMMITTED, 0), took)

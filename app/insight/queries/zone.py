"""A Zone manager's view of the whole, and a school lead's of their school."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, lazyload

from app.accounts.models import Person, Role, School
from app.attendance.models import ABSENT, PRESENT, Mark
from app.attendance.queries import is_newest
from app.catalogue.models import (
    Cohort,
    Document,
    DocumentState,
    Offering,
    OfferingState,
    Organisation,
    PartnerState,
    Session,
    SessionState,
)
from app.children.models import Caseload, CaseloadKind, Child, ChildState
from app.children.queries import visible_to
from app.commissioning.models import Place
from app.insight.queries.link_worker import is_commissioned
from app.introductions.guards import ASSET_CHECKED_WITHIN
from app.introductions.models import OPEN_STATES, Introduction, IntroductionState, Linking, Signpost
from app.introductions.policies import LOCAL_ASSETS
from app.shared import clock
from app.shared.db import db

LAPSING = timedelta(days=30)
REGISTERS_LOOK_BACK = timedelta(days=21)
ATTENDANCE_LOOK_BACK = timedelta(days=28)
ON_THE_WAY_IN = (PartnerState.APPLYING, PartnerState.IN_REVIEW, PartnerState.APPROVED)


@dataclass(frozen=True)
class ZoneFigures:
    children: int
    without_link_worker: int
    without_introduction: int
    organisations: int
    in_review: int
    documents_to_verify: int
    documents_lapsing: int
    offerings: int
    unchecked_assets: int
    registers_missing: int
    links_this_year: int
    commissioned_this_year: int
    not_yet: int
    signposts_this_year: int
    settled: int


def figures(zone_ids: Collection[UUID]) -> ZoneFigures:
    """Counts for a Zone's home page, in one statement; each one leads to a list."""
    today = clock.today()
    year_began = date(clock.school_year(today), 9, 1)
    children = sa.select(sa.func.count(Child.id)).where(Child.zone_id.in_(zone_ids), Child.state == ChildState.ACTIVE)
    led = sa.select(Caseload.child_id).where(
        Caseload.kind == CaseloadKind.LEAD, Caseload.starts_on <= today,
        sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today),
    )
    introduced = sa.exists().where(Introduction.child_id == Child.id, Introduction.state.in_(OPEN_STATES))
    organisations = sa.select(sa.func.count(Organisation.id)).where(Organisation.zone_id.in_(zone_ids))
    documents = (
        sa.select(sa.func.count(Document.id)).join(Organisation, Organisation.id == Document.organisation_id)
        .where(Organisation.zone_id.in_(zone_ids), Organisation.state != PartnerState.LEFT)
    )
    offerings = sa.select(sa.func.count(Offering.id)).where(Offering.zone_id.in_(zone_ids), Offering.state == OfferingState.LIVE)
    introductions = sa.select(sa.func.count(Introduction.id)).where(Introduction.zone_id.in_(zone_ids))
    linkings = sa.select(sa.func.count(Linking.id)).where(Linking.zone_id.in_(zone_ids), Linking.met_on >= year_began)
    parts: dict[str, sa.Select[int]] = {
        "children": children,
        "without_link_worker": children.where(Child.id.not_in(led)),
        "without_introduction": children.where(~introduced),
        "organisations": organisations.where(Organisation.state == PartnerState.LIVE),
        "in_review": organisations.where(Organisation.state.in_(ON_THE_WAY_IN)),
        "documents_to_verify": documents.where(Document.state == DocumentState.SUBMITTED),
        "documents_lapsing": documents.where(
            Document.state == DocumentState.VERIFIED, Document.expires_on.between(today, today + LAPSING), ~_is_replaced()
        ),
        "offerings": offerings,
        "unchecked_assets": offerings.where(
            Offering.kind.in_(LOCAL_ASSETS),
            sa.or_(Offering.confirmed_on.is_(None), Offering.confirmed_on < today - timedelta(days=ASSET_CHECKED_WITHIN)),
        ),
        "registers_missing": _registers_missing(zone_ids),
        "links_this_year": linkings.where(~is_commissioned()),
        "commissioned_this_year": linkings.where(is_commissioned()),
        "not_yet": introductions.where(Introduction.state == IntroductionState.NOT_YET),
        "signposts_this_year": sa.select(sa.func.count(Signpost.id)).where(
            Signpost.zone_id.in_(zone_ids), Signpost.given_on >= year_began
        ),
        "settled": introductions.where(Introduction.settled_on.is_not(None)),
    }
    row = db.session.execute(sa.select(*(part.scalar_subquery() for part in parts.values()))).one()
    return ZoneFigures(**dict(zip(parts, map(int, row), strict=True)))


def _is_replaced() -> sa.ColumnElement[bool]:
    newer = aliased(Document)
    return sa.exists().where(
        newer.organisation_id == Document.organisation_id, newer.kind == Document.kind, newer.state == DocumentState.VERIFIED,
        newer.practitioner_id.is_not_distinct_from(Document.practitioner_id), newer.expires_on > Document.expires_on,
    )


def _registers_missing(zone_ids: Collection[UUID]) -> sa.Select[int]:
    """Sessions of the three weeks before today with somebody expected and no register at all."""
    begins = clock.at_london(clock.today(), clock.MIDNIGHT)
    return (
        sa.select(sa.func.count(Session.id)).join(Cohort, Cohort.id == Session.cohort_id)
        .join(Offering, Offering.id == Cohort.offering_id)
        .where(
            Offering.zone_id.in_(zone_ids), Session.state == SessionState.SCHEDULED, Session.starts_at < begins,
            Session.starts_at > begins - REGISTERS_LOOK_BACK,
            sa.exists().where(
                Place.cohort_id == Session.cohort_id, Place.taken_at <= Session.starts_at,
                sa.or_(Place.freed_at.is_(None), Place.freed_at > Session.starts_at),
            ),
        )
    )


@dataclass(frozen=True)
class SchoolRow:
    """`links` and `commissioned` since 1 September, apart; of `expected` marks of the last four weeks, in `came` the child was there."""

    school: School
    children: int
    introduced: int
    links: int = 0
    commissioned: int = 0
    came: int = 0
    expected: int = 0

    @property
    def linkings(self) -> int:
        """First meetings of both kinds."""
        return self.links + self.commissioned


def schools(person: Person) -> list[SchoolRow]:
    """The schools this person leads, or all of a Zone they look after, and how the children there are getting on."""
    reach: list[sa.ColumnElement[bool]] = []
    for grant in person.live_grants:
        if grant.role in (Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD) and grant.school_id is not None:
            reach.append(School.id == grant.school_id)
        elif grant.role in (Role.ZONE_MANAGER, Role.SAFEGUARDING_LEAD):
            reach.append(School.zone_id == grant.zone_id)
    has_open = sa.exists().where(Introduction.child_id == Child.id, Introduction.state.in_(OPEN_STATES))
    statement = (
        sa.select(School, sa.func.count(Child.id), sa.func.count(sa.case((has_open, Child.id))))
        .outerjoin(Child, sa.and_(Child.school_id == School.id, Child.state == ChildState.ACTIVE, visible_to(person)))
        .where(sa.or_(sa.false(), *reach))
        .group_by(School.id)
        .options(lazyload(School.zone))
        .order_by(School.name, School.id)
    )
    found = db.session.execute(statement).unique().all()
    ids = [row[0].id for row in found]
    linkings, came = _linkings_by_school(ids), _came_by_school(ids)
    return [SchoolRow(school, children, open_, *linkings.get(school.id, (0, 0)), *came.get(school.id, (0, 0))) for school, children, open_ in found]


def _linkings_by_school(school_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """To free local places, and to what is paid for, by the school where the child is now."""
    year_began = date(clock.school_year(clock.today()), 9, 1)
    statement = (
        sa.select(Child.school_id, sa.func.count(Linking.id), sa.func.sum(sa.case((is_commissioned(), 1), else_=0)))
        .join(Linking, Linking.child_id == Child.id)
        .where(Child.school_id.in_(school_ids), Linking.met_on >= year_began).group_by(Child.school_id)
    )
    return {school_id: (int(count) - int(paid), int(paid)) for school_id, count, paid in db.session.execute(statement) if school_id is not None}


def _came_by_school(school_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """In how many of how many marks of the last four weeks the child was there."""
    statement = (
        sa.select(Child.school_id, sa.func.sum(sa.case((Mark.kind.in_(PRESENT), 1), else_=0)), sa.func.count(Mark.id))
        .select_from(Mark).join(Child, Child.id == Mark.child_id).join(Session, Session.id == Mark.session_id)
        .where(
            Child.school_id.in_(school_ids), Session.starts_at >= clock.at_london(clock.today() - ATTENDANCE_LOOK_BACK, clock.MIDNIGHT),
            Mark.kind.in_(PRESENT | ABSENT), is_newest,
        )
        .group_by(Child.school_id)
    )
    return {school_id: (int(came), int(all_)) for school_id, came, all_ in db.session.execute(statement) if school_id is not None}

"""A Zone manager's view of the whole, and a school lead's of their school."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from app.accounts.models import Person, Role, School
from app.catalogue.models import (
    Document,
    DocumentState,
    Offering,
    OfferingKind,
    OfferingState,
    Organisation,
    PartnerState,
)
from app.children.models import Caseload, CaseloadKind, Child, ChildState
from app.children.queries import visible_to
from app.introductions.models import Introduction, IntroductionState, Linking, Signpost
from app.shared import clock
from app.shared.db import db


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
    linkings_this_year: int
    signposts_this_year: int
    settled: int


def figures(zone_ids: set[uuid.UUID]) -> ZoneFigures:
    """Counts for a Zone's home page; each one leads to a list."""
    today = clock.today()
    year_began = today.replace(year=clock.school_year(today), month=9, day=1)

    def count(statement: sa.Select[int]) -> int:
        return db.session.scalar(statement) or 0

    active = (Child.zone_id.in_(zone_ids), Child.state == ChildState.ACTIVE)
    led = sa.exists().where(
        Caseload.child_id == Child.id, Caseload.kind == CaseloadKind.LEAD, sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today)
    )
    introduced = sa.exists().where(Introduction.child_id == Child.id, Introduction.state.not_in(("closed", "ended")))
    organisation = Organisation.zone_id.in_(zone_ids)
    offering = (Offering.zone_id.in_(zone_ids), Offering.state == OfferingState.LIVE)
    documents = sa.select(sa.func.count(Document.id)).join(Organisation, Organisation.id == Document.organisation_id)
    lapsing = (
        organisation, Organisation.state != PartnerState.LEFT, Document.state == DocumentState.VERIFIED,
        Document.expires_on.between(today, today + timedelta(days=30)),
    )
    return ZoneFigures(
        children=count(sa.select(sa.func.count(Child.id)).where(*active)),
        without_link_worker=count(sa.select(sa.func.count(Child.id)).where(*active, ~led)),
        without_introduction=count(sa.select(sa.func.count(Child.id)).where(*active, ~introduced)),
        organisations=count(sa.select(sa.func.count(Organisation.id)).where(organisation, Organisation.state == PartnerState.LIVE)),
        in_review=count(sa.select(sa.func.count(Organisation.id)).where(
            organisation, Organisation.state.in_((PartnerState.APPLYING, PartnerState.IN_REVIEW, PartnerState.APPROVED)))),
        documents_to_verify=count(documents.where(organisation, Document.state == DocumentState.SUBMITTED)),
        documents_lapsing=count(documents.where(*lapsing)),
        offerings=count(sa.select(sa.func.count(Offering.id)).where(*offering)),
        unchecked_assets=count(sa.select(sa.func.count(Offering.id)).where(
            *offering, Offering.kind == OfferingKind.COMMUNITY_ASSET,
            sa.or_(Offering.confirmed_on.is_(None), Offering.confirmed_on < today - timedelta(days=90)))),
        linkings_this_year=count(sa.select(sa.func.count(Linking.id)).where(Linking.zone_id.in_(zone_ids), Linking.met_on >= year_began)),
        signposts_this_year=count(sa.select(sa.func.count(Signpost.id)).where(
            Signpost.zone_id.in_(zone_ids), Signpost.given_on >= year_began)),
        settled=count(sa.select(sa.func.count(Introduction.id)).where(
            Introduction.zone_id.in_(zone_ids), Introduction.settled_on.is_not(None))),
    )


@dataclass(frozen=True)
class SchoolRow:
    school: School
    children: int
    introduced: int


def schools(person: Person) -> list[SchoolRow]:
    """The schools this person leads or whose Zone they manage, with how many children are there and have an open introduction."""
    wanted = sa.or_(
        School.id.in_(person.school_ids(Role.SCHOOL_LEAD)),
        School.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER, Role.SAFEGUARDING_LEAD)),
    )
    introduced = sa.func.count(sa.distinct(
        sa.case((Introduction.state.not_in((IntroductionState.CLOSED, IntroductionState.ENDED)), Introduction.child_id))
    ))
    statement = (
        sa.select(School, sa.func.count(sa.distinct(Child.id)), introduced)
        .outerjoin(Child, sa.and_(Child.school_id == School.id, Child.state == ChildState.ACTIVE, visible_to(person)))
        .outerjoin(Introduction, Introduction.child_id == Child.id)
        .where(wanted)
        .group_by(School.id)
        .options(lazyload(School.zone))
        .order_by(School.name)
    )
    return [SchoolRow(school, children, open_) for school, children, open_ in db.session.execute(statement).unique()]

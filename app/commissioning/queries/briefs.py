"""Briefs, as those who work with the child see them, and as a partner does: its own offer alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import Person, Role
from app.accounts.queries import list_schools
from app.catalogue.models import Organisation, PartnerState
from app.children.languages import LANGUAGES
from app.children.models import Carer, Child, ChildState
from app.children.queries import visible_to as visible_children
from app.commissioning.anonymity import Known
from app.commissioning.models import Brief, BriefInvite, BriefOffer, BriefState, OfferState
from app.shared.db import db, the_one
from app.shared.errors import NotFound

FEW = 5
"""A language spoken by fewer children of the Zone than this could tell which child it is."""


def _offered_to(person: Person) -> sa.ColumnElement[bool]:
    """Briefs that an organisation this person administers was asked about, while it is live or has offered."""
    reach: list[sa.ColumnElement[bool]] = []
    for grant in person.live_grants:
        if grant.role is Role.PARTNER_ADMIN and grant.organisation_id is not None:
            is_live = sa.exists().where(Organisation.id == grant.organisation_id, Organisation.state == PartnerState.LIVE)
            invited = sa.exists().where(BriefInvite.brief_id == Brief.id, BriefInvite.organisation_id == grant.organisation_id)
            has_offered = sa.exists().where(BriefOffer.brief_id == Brief.id, BriefOffer.organisation_id == grant.organisation_id)
            is_open = sa.and_(Brief.state == BriefState.OPEN, sa.or_(Brief.is_for_all, invited), is_live)
            reach.append(sa.and_(Brief.zone_id == grant.zone_id, sa.or_(is_open, has_offered)))
    return sa.or_(*reach) if reach else sa.false()


def _about_own_children(person: Person) -> sa.ColumnElement[bool]:
    roles = person.has_role(Role.LINK_WORKER, Role.ZONE_MANAGER)
    return Brief.child_id.in_(sa.select(Child.id).where(visible_children(person))) if roles else sa.false()


def get_brief(brief_id: uuid.UUID, person: Person) -> Brief:
    """Raises NotFound for those who were not asked and do not work with the child."""
    statement = (
        sa.select(Brief).where(Brief.id == brief_id, sa.or_(_offered_to(person), _about_own_children(person)))
        .options(selectinload(Brief.offers), selectinload(Brief.invites))
    )
    return the_one(statement)


def list_briefs(person: Person) -> Sequence[Brief]:
    """All in the person's sight, the open ones first, the newest first."""
    statement = (
        sa.select(Brief).where(sa.or_(_offered_to(person), _about_own_children(person))).options(selectinload(Brief.offers))
        .order_by(Brief.state != BriefState.OPEN, Brief.created_at.desc(), Brief.id)
    )
    return db.session.scalars(statement).unique().all()


def list_open_briefs_of(child_id: uuid.UUID) -> Sequence[uuid.UUID]:
    statement = sa.select(Brief.id).where(Brief.child_id == child_id, Brief.state == BriefState.OPEN)
    return db.session.scalars(statement.order_by(Brief.id)).all()


def get_offer(offer_id: uuid.UUID, person: Person) -> BriefOffer:
    """The offer of one's own organisation, or one for a child one works with. Raises NotFound."""
    offer = db.session.get(BriefOffer, offer_id)
    if offer is None:
        raise NotFound
    if offer.organisation_id in person.organisation_ids(Role.PARTNER_ADMIN):
        return offer
    about = sa.select(Brief.id).where(Brief.id == offer.brief_id, _about_own_children(person))
    if db.session.scalar(about) is None:
        raise NotFound
    return offer


def find_own_offer(brief_id: uuid.UUID, organisation_id: uuid.UUID) -> BriefOffer | None:
    """The organisation's standing offer."""
    statement = sa.select(BriefOffer).where(
        BriefOffer.brief_id == brief_id, BriefOffer.organisation_id == organisation_id, BriefOffer.state == OfferState.OFFERED
    )
    return db.session.scalars(statement).unique().one_or_none()


def is_asked(brief: Brief, organisation_id: uuid.UUID) -> bool:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.zone_id != brief.zone_id or organisation.state is not PartnerState.LIVE:
        return False
    return brief.is_for_all or any(invite.organisation_id == organisation_id for invite in brief.invites)


def list_live_partners(zone_id: uuid.UUID) -> Sequence[Organisation]:
    statement = sa.select(Organisation).where(Organisation.zone_id == zone_id, Organisation.state == PartnerState.LIVE)
    return db.session.scalars(statement.order_by(Organisation.name, Organisation.id)).unique().all()


def known_of(child: Child) -> Known:
    """What a brief about this child must not say."""
    carers = db.session.scalars(sa.select(Carer.name).where(Carer.child_id == child.id)).all()
    names = {child.first_name, child.last_name, child.known_as, *(part for name in carers for part in name.split())}
    schools = [school.name for school in list_schools(child.zone_id)]
    short = [name.removesuffix(tail) for name in schools for tail in (" Primary School", " School", " Academy") if name.endswith(tail)]
    return Known(
        names=tuple(sorted(n for n in names if len(n) > 1 and n[0].isupper())), schools=tuple(sorted({*schools, *short})),
        small_areas=(child.ward,) if child.ward else (), rare_languages=_rare_languages(child.zone_id),
    )


def _rare_languages(zone_id: uuid.UUID) -> tuple[str, ...]:
    spoken: dict[str, int] = dict.fromkeys(LANGUAGES, 0)
    for codes in db.session.scalars(sa.select(Child.languages).where(Child.zone_id == zone_id, Child.state == ChildState.ACTIVE)):
        for code in codes:
            spoken[code] = spoken.get(code, 0) + 1
    return tuple(LANGUAGES[code] for code, count in spoken.items() if code in LANGUAGES and code != "en" and count < FEW)

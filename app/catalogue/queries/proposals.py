"""Proposals within a person's sight, and what stands today of what they would change."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, Role
from app.catalogue import changes, proposed
from app.catalogue.models import (
    DEFAULT_PAYABLE,
    OPEN_PROPOSALS,
    Offering,
    Organisation,
    Photo,
    Proposal,
    ProposalKind,
    ProposalState,
)
from app.catalogue.queries.offerings import find_latest_tariff
from app.shared import clock
from app.shared.db import Row, db, the_one

ANSWERED_WITHIN = timedelta(days=14)
_SUBJECTS: dict[str, type[Row]] = {model.__tablename__: model for model in (Offering, Organisation, Photo)}


def _with_people() -> sa.Select[Proposal]:
    return sa.select(Proposal).options(joinedload(Proposal.offering), joinedload(Proposal.decided_by))


def _visible_to(person: Person) -> sa.ColumnElement[bool]:
    return sa.or_(
        Proposal.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER)), Proposal.organisation_id.in_(person.organisation_ids(Role.PARTNER_ADMIN)),
    )


def get_proposal(proposal_id: uuid.UUID, person: Person) -> Proposal:
    """For the Zone manager and the organisation's administrators. Raises NotFound."""
    return the_one(_with_people().where(Proposal.id == proposal_id, _visible_to(person)))


def list_proposals(person: Person, *, offering_id: uuid.UUID | None = None) -> list[Proposal]:
    """Open ones first, waiting before returned, longest waiting first; then what was answered in the last days, newest first."""
    since = clock.now() - ANSWERED_WITHIN
    statement = _with_people().where(
        _visible_to(person), sa.or_(Proposal.state.in_(OPEN_PROPOSALS), sa.and_(Proposal.state == ProposalState.ACCEPTED, Proposal.decided_at >= since)),
    )
    if offering_id is not None:
        statement = statement.where(Proposal.offering_id == offering_id)
    found = list(db.session.scalars(statement.order_by(Proposal.created_at, Proposal.id)).unique())
    still_open = sorted((p for p in found if p.state in OPEN_PROPOSALS), key=lambda p: not p.is_waiting)
    return still_open + sorted((p for p in found if p.state not in OPEN_PROPOSALS), key=lambda p: p.decided_at or p.created_at, reverse=True)


def list_proposals_about(subject_id: uuid.UUID) -> Sequence[Proposal]:
    """All there ever were, newest first."""
    return db.session.scalars(
        _with_people().where(Proposal.subject_id == subject_id).order_by(Proposal.created_at.desc(), Proposal.id)
    ).unique().all()


def find_open_proposal(kind: ProposalKind, subject_id: uuid.UUID) -> Proposal | None:
    return db.session.scalar(_with_people().where(
        Proposal.kind == kind, Proposal.subject_id == subject_id, Proposal.state.in_(OPEN_PROPOSALS)
    ))


def open_proposals_of(offering_or_organisation: Offering | Organisation) -> list[Proposal]:
    """What is proposed about it and not settled: its words, photos, price; an organisation's own, not its offerings'."""
    is_offering = isinstance(offering_or_organisation, Offering)
    of = Proposal.offering_id == offering_or_organisation.id if is_offering else (
        (Proposal.organisation_id == offering_or_organisation.id) & Proposal.offering_id.is_(None)
    )
    statement = _with_people().where(of, Proposal.state.in_(OPEN_PROPOSALS)).order_by(Proposal.created_at, Proposal.id)
    return list(db.session.scalars(statement).unique())


def subject_of(proposal: Proposal) -> Row:
    """Raises NotFound when it is gone."""
    model = _SUBJECTS[proposal.subject_type]
    return the_one(sa.select(model).where(model.id == proposal.subject_id))


def is_there(proposal: Proposal) -> bool:
    """Is the row that it is about still there?"""
    model = _SUBJECTS[proposal.subject_type]
    return db.session.scalar(sa.select(sa.exists().where(model.id == proposal.subject_id))) or False


def price_today(offering_id: uuid.UUID) -> dict[str, Any]:
    """The newest tariff as a proposal has it; empty where there is none."""
    latest = find_latest_tariff(offering_id)
    if latest is None:
        return {}
    packed = changes.pack(latest, ("basis", "is_one_to_one", "price_pence", "setup_pence", "notice_percent", "starts_on"))
    return packed | {**DEFAULT_PAYABLE, **latest.payable}


def standing(proposal: Proposal) -> dict[str, Any]:
    """What the fields of a proposal say today."""
    if proposal.kind is ProposalKind.PRICE:
        now = price_today(proposal.subject_id)
        return {name: now.get(name) for name in proposal.after}
    if proposal.kind is ProposalKind.PHOTO:
        return dict(proposal.before)
    return changes.pack(subject_of(proposal), proposal.after)


def seen_mark(proposal: Proposal) -> str:
    """Changes with all that somebody who answers has to have seen: the fields, and of a draft everything."""
    now = standing(proposal)
    if proposal.kind is ProposalKind.PUBLISH and proposal.offering is not None:
        now["version"] = proposal.offering.version
    return proposed.digest(now)

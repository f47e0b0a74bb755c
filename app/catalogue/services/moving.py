"""What of the catalogue's own goes along when two organisations or two offerings become one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.services.grants import give_back_grants, move_grants
from app.catalogue.merging import Mover, by_column, register_mover
from app.catalogue.models import (
    OPEN_PROPOSALS,
    Cohort,
    Contact,
    CounterSignature,
    Document,
    MergeKind,
    Offering,
    Organisation,
    Photo,
    Practitioner,
    Proposal,
    Signature,
    Site,
    Tariff,
)
from app.shared.db import db

AGAIN = " (2)"
"""What a name gets that is there twice after a merge, and loses when it goes back."""

_Named = Practitioner | Contact | Site


def register() -> None:
    """Called once when the rooms are wired."""
    register_mover(Mover("offering", ("offering", "offerings"), _move_offerings, _offerings_back))
    for model, said in (
        (Practitioner, ("person who meets children", "people who meet children")), (Contact, ("contact", "contacts")), (Site, ("place", "places")),
    ):
        register_mover(_named(model, said))
    register_mover(by_column(Document, ("document", "documents"), organisation=Document.organisation_id))
    register_mover(by_column(Signature, ("signature", "signatures"), organisation=Signature.organisation_id, once_per=Signature.agreement_id))
    register_mover(by_column(CounterSignature, ("counter-signature", "counter-signatures"), organisation=CounterSignature.organisation_id))
    register_mover(by_column(Photo, ("photo", "photos"), organisation=Photo.organisation_id, offering=Photo.offering_id))
    register_mover(by_column(
        Proposal, ("proposal", "proposals"), organisation=Proposal.organisation_id, offering=Proposal.offering_id, stops=_unanswered,
    ))
    register_mover(by_column(Cohort, ("group", "groups"), offering=Cohort.offering_id))
    register_mover(Mover("tariff", ("price", "prices"), _move_tariffs, _tariffs_back))
    register_mover(Mover("role_grant", ("role", "roles"), _move_grants, _grants_back))


def _unanswered(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> str:
    """What somebody proposed about a record is answered while that record is there."""
    if kind is not MergeKind.ORGANISATION:
        column: Any = Proposal.offering_id
        waiting = column == gone_id
    else:
        waiting = (Proposal.organisation_id == gone_id) & (Proposal.subject_type == Organisation.__tablename__)
    if db.session.scalar(sa.select(sa.exists().where(waiting, Proposal.state.in_(OPEN_PROPOSALS)))):
        return _("A change is proposed to the one that would go. Answer that first.")
    return ""


def _move_offerings(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Row by row, so that search hears of it."""
    if kind is not MergeKind.ORGANISATION:
        return []
    found = db.session.scalars(sa.select(Offering).where(Offering.organisation_id == gone_id).order_by(Offering.id)).all()
    for offering in found:
        offering.organisation_id = kept_id
    db.session.flush()
    return [offering.id for offering in found]


def _offerings_back(kind: MergeKind, gone_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
    for offering in db.session.scalars(sa.select(Offering).where(Offering.id.in_(ids))):
        offering.organisation_id = gone_id
    db.session.flush()


def _named(model: type[_Named], said: tuple[str, str]) -> Mover:
    """Practitioners, contacts and sites: each name once at an organisation."""

    def move(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> Sequence[uuid.UUID]:
        return _go(kept_id, db.session.scalars(_of(gone_id)).all(), _another) if kind is MergeKind.ORGANISATION else []

    def back(kind: MergeKind, gone_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
        _go(gone_id, _found(ids), _as_before)

    def _of(organisation_id: uuid.UUID) -> sa.Select[Any]:
        return sa.select(model).where(model.organisation_id == organisation_id).order_by(model.id)

    def _found(ids: Sequence[uuid.UUID]) -> Sequence[Any]:
        return db.session.scalars(sa.select(model).where(model.id.in_(ids)).order_by(model.id)).all()

    def _go(to: uuid.UUID, rows: Sequence[Any], rename: Callable[[str, set[str]], str]) -> list[uuid.UUID]:
        taken = {row.name.lower() for row in db.session.scalars(_of(to))}
        for row in rows:
            row.name = rename(row.name, taken)
            row.organisation_id = to
            taken.add(row.name.lower())
        db.session.flush()
        return [row.id for row in rows]

    return Mover(model.__tablename__, said, move, back)


def _another(name: str, taken: set[str]) -> str:
    while name.lower() in taken:
        name = f"{name[: 120 - len(AGAIN)]}{AGAIN}"
    return name


def _as_before(name: str, taken: set[str]) -> str:
    plain = name.removesuffix(AGAIN)
    return plain if plain.lower() not in taken else name


def _move_tariffs(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Only where the kept offering has no price of its own: what was agreed keeps its version wherever that stands."""
    if kind is not MergeKind.OFFERING or db.session.scalar(sa.select(sa.exists().where(Tariff.offering_id == kept_id))):
        return []
    ids = db.session.scalars(sa.select(Tariff.id).where(Tariff.offering_id == gone_id).order_by(Tariff.version)).all()
    _tariffs_back(kind, kept_id, ids)
    return ids


def _tariffs_back(kind: MergeKind, gone_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
    db.session.execute(sa.update(Tariff).where(Tariff.id.in_(ids)).values(offering_id=gone_id))


def _move_grants(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> Sequence[uuid.UUID]:
    return move_grants(from_id=gone_id, to_id=kept_id) if kind is MergeKind.ORGANISATION else []


def _grants_back(kind: MergeKind, gone_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
    give_back_grants(grant_ids=ids, to_id=gone_id)

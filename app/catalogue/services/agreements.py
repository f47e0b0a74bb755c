"""The shared values and the behaviour agreement: versions of the Zone's own texts, signed by both sides."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Role, Zone
from app.accounts.queries import people_with
from app.audit import services as audit
from app.catalogue import policies, queries
from app.catalogue.models import (
    AGREED_KINDS,
    Agreement,
    Document,
    DocumentKind,
    DocumentState,
    Organisation,
    PartnerState,
    Signature,
)
from app.catalogue.services import lapses
from app.catalogue.words import DOCUMENT_KINDS
from app.notifications import services as notifications
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, Invalid, NotFound

TEXT_LIMIT = 20_000
SIGN = "sign_agreement"


def publish_agreement(*, zone_id: uuid.UUID, kind: DocumentKind, text: str, actor: Person, sign_by_on: date | None = None) -> Agreement:
    """The next version. Who signed the one before has until `sign_by_on` for this one; without a day, that one counts on.

    Raises Invalid at the field, Forbidden.
    """
    with atomic():
        zone = lock_row(Zone, zone_id)
        if not actor.manages(zone_id):
            raise Forbidden
        if kind not in AGREED_KINDS:
            raise Invalid(_("Only the shared values and the behaviour agreement are signed here."), field="kind")
        if not 1 <= len(text.strip()) <= TEXT_LIMIT:
            raise Invalid(_("Write the text that both sides sign.") if not text.strip() else _("%(most)s characters are the most.", most=f"{TEXT_LIMIT:,}"), field="text")
        if sign_by_on is not None and sign_by_on <= clock.today():
            raise Invalid(_("Give them a day that is still to come."), field="sign_by_on")
        before = queries.find_agreement(zone_id, kind)
        agreement = Agreement(
            zone_id=zone.id, kind=kind, number=before.number + 1 if before else 1, text=text.strip(), sign_by_on=sign_by_on,
            published_by_id=actor.id,
        )
        db.session.add(agreement)
        db.session.flush()
        if sign_by_on is not None:
            _let_run_out(zone_id, kind, sign_by_on)
        _ask(agreement)
        audit.record("catalogue.agreement.published", subject=agreement, actor=actor, zone_id=zone_id, kind=kind, number=agreement.number)
        return agreement


def sign_agreement(*, agreement_id: uuid.UUID, organisation_id: uuid.UUID, name: str, actor: Person) -> Signature:
    """One side's name. With both, the document is in force: the partner sent it, the charity checked it. Signing twice is signing once.

    Raises Invalid at `name`, Forbidden for who stands on neither side, NotFound.
    """
    with atomic():
        organisation, agreement = lock_row(Organisation, organisation_id), db.session.get(Agreement, agreement_id)
        if agreement is None or agreement.zone_id != organisation.zone_id:
            raise NotFound
        is_partner = policies.signs_for_partner(actor, organisation)
        if not is_partner and not actor.manages(organisation.zone_id):
            raise Forbidden(_("The organisation’s administrator signs for it, and the Zone manager for the charity."))
        if not name.strip():
            raise Invalid(_("Type your name: that is your signature."), field="name")
        newest = queries.find_agreement(agreement.zone_id, agreement.kind)
        if newest is not None and newest.id != agreement.id:
            raise Invalid(_("There is a newer version of this text. Read and sign that one."))
        signed = {one.is_partner: one for one in queries.list_signatures(organisation_id, agreement_id)}
        if is_partner in signed:
            return signed[is_partner]
        mine = Signature(agreement_id=agreement_id, organisation_id=organisation_id, is_partner=is_partner, person_id=actor.id, name=name.strip()[:120])
        db.session.add(mine)
        db.session.flush()
        audit.record(
            "catalogue.agreement.signed", subject=organisation, actor=actor, kind=agreement.kind, number=agreement.number,
            side="partner" if is_partner else "charity",
        )
        if signed:
            _in_force(organisation, agreement, {**signed, is_partner: mine})
        else:
            _ask_other_side(organisation, agreement, is_partner)
        return mine


def _in_force(organisation: Organisation, agreement: Agreement, sides: dict[bool, Signature]) -> None:
    document = Document(
        organisation_id=organisation.id, kind=agreement.kind, state=DocumentState.VERIFIED, reference=f"version {agreement.number}",
        issued_on=clock.today(), submitted_by_id=sides[True].person_id, verified_by_id=sides[False].person_id, decided_at=clock.now(),
    )
    db.session.add(document)
    db.session.flush()
    audit.record(
        "catalogue.document.verified", subject=document, actor=sides[False].person, zone_id=organisation.zone_id, kind=agreement.kind,
        moved=(DocumentState.SUBMITTED, DocumentState.VERIFIED),
    )
    notifications.close_tasks(kind=f"{SIGN}:{agreement.kind}", subject=organisation, why="Signed by both sides")
    lapses.review(organisation)


def _let_run_out(zone_id: uuid.UUID, kind: DocumentKind, on: date) -> None:
    """What stood before counts until that day: warnings, and in the end a lapse, follow from the day alone."""
    here = sa.select(Organisation.id).where(Organisation.zone_id == zone_id)
    db.session.execute(
        sa.update(Document)
        .where(
            Document.kind == kind, Document.organisation_id.in_(here), Document.state == DocumentState.VERIFIED,
            sa.or_(Document.expires_on.is_(None), Document.expires_on > on),
        )
        .values(expires_on=on).execution_options(synchronize_session=False)
    )


def _ask(agreement: Agreement) -> None:
    """Every partner of the Zone that has papers to keep."""
    found = sa.select(Organisation).where(Organisation.zone_id == agreement.zone_id, Organisation.state.not_in((PartnerState.LEFT, PartnerState.INVITED)))
    organisations = db.session.scalars(found).unique().all()
    held = queries.needs_documents([one.id for one in organisations])
    for organisation in organisations:
        if organisation.id in held:
            _open(organisation, agreement, [p.id for p in people_with(Role.PARTNER_ADMIN, agreement.zone_id, organisation_id=organisation.id)])


def _ask_other_side(organisation: Organisation, agreement: Agreement, partner_signed: bool) -> None:
    role, narrowed = (Role.ZONE_MANAGER, None) if partner_signed else (Role.PARTNER_ADMIN, organisation.id)
    _open(organisation, agreement, [p.id for p in people_with(role, organisation.zone_id, organisation_id=narrowed)])


def _open(organisation: Organisation, agreement: Agreement, people: list[uuid.UUID]) -> None:
    word = DOCUMENT_KINDS[agreement.kind]
    for person_id in people:
        notifications.open_task(
            person_id=person_id, kind=f"{SIGN}:{agreement.kind}", subject=organisation, title=f"{organisation.name} · {word}",
            text=f"Version {agreement.number} waits for your signature", action="Read and sign", icon="handshake",
            url=f"/organisations/{organisation.id}/agreements",
        )

"""Documents: submitted, checked by somebody else, sent back, waived for a while; and the guard that asks for them."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import policies, queries
from app.catalogue.evidence import DocumentsLapsed
from app.catalogue.models import (
    DOCUMENT_MOVES,
    Document,
    DocumentKind,
    DocumentState,
    Organisation,
    Practitioner,
)
from app.catalogue.services import lapses, papers, powers
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, Invalid, NotFound

LONGEST_WAIVER = timedelta(days=92)


def submit_document(
    *,
    organisation_id: uuid.UUID,
    kind: DocumentKind,
    actor: Person,
    practitioner_id: uuid.UUID | None = None,
    reference: str = "",
    level: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
    content: bytes | None = None,
) -> Document:
    """What stood before stays in force until it runs out. A DBS check is somebody's; every other document the organisation's.
    `content` is the paper itself, a PDF or a photo; never that of a DBS check.

    Raises Invalid at the field: days in the wrong order or already over, a DBS check without its practitioner, a file of another kind.
    """
    with papers.kept(content, kind) as file, atomic():
        organisation = _get_organisation(organisation_id)
        powers.runs(actor, organisation)
        _require_fitting(organisation, kind, practitioner_id)
        _require_days(issued_on, expires_on)
        if kind is DocumentKind.DBS and len("".join(c for c in reference if c.isdigit())) > 4:
            raise Invalid(_("Keep only the last four digits of the certificate’s number."), field="reference")
        document = Document(
            organisation_id=organisation_id, practitioner_id=practitioner_id, kind=kind, reference=reference, level=level,
            issued_on=issued_on, expires_on=expires_on, submitted_by_id=actor.id,
        )
        db.session.add(document)
        papers.add_paper(document, file, actor)
        audit.record(
            "catalogue.document.submitted", subject=document, actor=actor, zone_id=organisation.zone_id, kind=kind,
            expires_on=expires_on,
        )
        return document


def verify_document(*, document_id: uuid.UUID, actor: Person) -> Document:
    """Somebody other than the submitter has seen it. Raises Forbidden, IllegalMove, Invalid when it has run out meanwhile."""
    with atomic():
        document = _get(document_id)
        powers.checks(actor, document)
        DOCUMENT_MOVES.require(document.state, DocumentState.VERIFIED)
        _require_other(document, actor)
        if document.expires_on is not None and document.expires_on < clock.today():
            raise Invalid(_("This document has run out. Send it back and ask for the new one."), code="expired")
        _decide(document, DocumentState.VERIFIED, actor)
        lapses.close_warnings(document)
        lapses.review(lock_row(Organisation, document.organisation_id))
        return document


def reject_document(*, document_id: uuid.UUID, reason: str, actor: Person) -> Document:
    """Sent back, with what is wrong. Raises Forbidden, IllegalMove, Invalid at `reason`."""
    with atomic():
        document = _get(document_id)
        powers.checks(actor, document)
        DOCUMENT_MOVES.require(document.state, DocumentState.REJECTED)
        _require_other(document, actor)
        if not reason.strip():
            raise Invalid(_("Say what is wrong with it, so that they can put it right."), field="reason")
        document.reason = reason.strip()
        _decide(document, DocumentState.REJECTED, actor)
        return document


def waive_document(
    *,
    organisation_id: uuid.UUID,
    kind: DocumentKind,
    until: date,
    reason: str,
    actor: Person,
    practitioner_id: uuid.UUID | None = None,
) -> Document:
    """The safeguarding lead lets work go on without this document until a day, at most 92 days off.

    Raises Forbidden for anybody else, Invalid at `until` or `reason`.
    """
    with atomic():
        organisation = _get_organisation(organisation_id)
        if not policies.can_waive_document(actor, organisation):
            raise Forbidden(_("Only the Zone’s safeguarding lead may waive a document."))
        _require_fitting(organisation, kind, practitioner_id)
        today = clock.today()
        if not today <= until <= today + LONGEST_WAIVER:
            raise Invalid(_("Choose a day from today, at most %(days)s days off.", days=LONGEST_WAIVER.days), field="until")
        if not reason.strip():
            raise Invalid(_("Say why work may go on without it."), field="reason")
        document = Document(
            organisation_id=organisation_id, practitioner_id=practitioner_id, kind=kind, state=DocumentState.WAIVED,
            issued_on=today, expires_on=until, verified_by_id=actor.id, decided_at=clock.now(), reason=reason.strip(),
        )
        db.session.add(document)
        audit.record(
            "catalogue.document.waived", subject=document, actor=actor, zone_id=organisation.zone_id, reason=reason.strip(),
            kind=kind, until=until,
        )
        lapses.review(lock_row(Organisation, organisation_id))
        return document


def require_current_documents(
    organisation_id: uuid.UUID, *, on: date | None = None, through: date | None = None, practitioner_id: uuid.UUID | None = None,
    stops_only: bool = False,
) -> None:
    """Raises DocumentsLapsed, with every gap from `on` (today) to `through` and who can supply what is missing.

    `stops_only`: for work already under way, which only the stop documents interrupt.
    """
    first = on or clock.today()
    gaps = queries.document_gaps(organisation_id, on=first, through=through or first, practitioner_id=practitioner_id)
    if stops_only:
        gaps = [gap for gap in gaps if gap.stops]
    if gaps:
        raise DocumentsLapsed(_get_organisation(organisation_id), gaps)


def _decide(document: Document, state: DocumentState, actor: Person) -> None:
    moved = (document.state, state)
    document.state = state
    document.verified_by_id = actor.id
    document.decided_at = clock.now()
    audit.record(
        f"catalogue.document.{state}", subject=document, actor=actor, zone_id=document.organisation.zone_id, moved=moved,
        reason=document.reason, kind=document.kind,
    )


def _get(document_id: uuid.UUID) -> Document:
    document = db.session.get(Document, document_id)
    if document is None:
        raise NotFound
    return document


def _get_organisation(organisation_id: uuid.UUID) -> Organisation:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


def _require_other(document: Document, actor: Person) -> None:
    if document.submitted_by_id == actor.id:
        raise Forbidden(_("You sent this document in, so somebody else has to check it."))


def _require_fitting(organisation: Organisation, kind: DocumentKind, practitioner_id: uuid.UUID | None) -> None:
    if kind is not DocumentKind.DBS:
        if practitioner_id is not None:
            raise Invalid(_("Only a DBS check belongs to one practitioner."), field="practitioner_id")
        return
    practitioner = db.session.get(Practitioner, practitioner_id) if practitioner_id else None
    if practitioner is None or practitioner.organisation_id != organisation.id:
        raise Invalid(_("Choose whose DBS check this is."), field="practitioner_id")


def _require_days(issued_on: date | None, expires_on: date | None) -> None:
    if issued_on is not None and issued_on > clock.today():
        raise Invalid(_("This day is still to come."), field="issued_on")
    if expires_on is not None and expires_on < clock.today():
        raise Invalid(_("This document has run out already. Ask for the new one."), field="expires_on")
    if issued_on is not None and expires_on is not None and expires_on < issued_on:
        raise Invalid(_("It cannot run out before it was issued."), field="expires_on")

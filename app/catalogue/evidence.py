"""What an organisation must have on paper, and what of it is missing between two days. Pure: documents in, gaps out.

A partner needs REQUIRED_DOCUMENTS and a DBS check for each practitioner it names; a library or a council team does not. Whoever
works alone with children needs a DBS check wherever they work. The stop documents (FLOWS 4) stop all work, a DBS that of its
practitioner; the others stop new work only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import ngettext

from app.catalogue.models import (
    REQUIRED_DOCUMENTS,
    STOP_DOCUMENTS,
    Document,
    DocumentKind,
    DocumentState,
    Organisation,
    Practitioner,
)
from app.catalogue.words import DOCUMENT_KINDS
from app.shared.errors import DomainError


class GapCause(StrEnum):
    MISSING = "missing"
    UNCHECKED = "unchecked"
    REJECTED = "rejected"
    EXPIRED = "expired"
    EXPIRES = "expires"


@dataclass(frozen=True)
class Gap:
    """One document that does not cover every day asked for. `lapses_on` is the first day without it."""

    kind: DocumentKind
    practitioner: Practitioner | None
    cause: GapCause
    stops: bool
    lapses_on: date
    sentence: str


class DocumentsLapsed(DomainError):
    """An organisation's documents do not cover the days of the work; the sentence says which, and who can supply them."""

    code = "documents_lapsed"

    def __init__(self, organisation: Organisation, gaps: Sequence[Gap]) -> None:
        self.gaps = tuple(gaps)
        who = _("%(contact)s at %(organisation)s", contact=organisation.contact_name, organisation=organisation.name) if organisation.contact_name else organisation.name
        super().__init__(ngettext(
            "%(gaps)s %(who)s can supply it; a Zone manager checks it.", "%(gaps)s %(who)s can supply them; a Zone manager checks them.", len(gaps),
            gaps=" ".join(gap.sentence for gap in gaps), who=who,
        ))


def required_kinds(*, is_partner: bool) -> tuple[DocumentKind, ...]:
    return REQUIRED_DOCUMENTS if is_partner else ()


def needs_dbs(practitioner: Practitioner, *, is_partner: bool) -> bool:
    return is_partner or practitioner.works_alone


def find_gap(
    kind: DocumentKind, documents: Iterable[Document], *, on: date, through: date, practitioner: Practitioner | None = None
) -> Gap | None:
    """The gap in one kind of document from `on` to `through`, both included; `documents` are all of that kind, of any state."""
    known = list(documents)
    day = on
    for document in sorted((d for d in known if d.covers(on) or _begins_within(d, on, through)), key=_begins):
        if not document.covers(day):
            continue
        if document.expires_on is None or document.expires_on >= through:
            return None
        day = document.expires_on + timedelta(days=1)
    cause = _cause(known, on, day)
    stops = kind in STOP_DOCUMENTS or (practitioner is not None and practitioner.works_alone)
    return Gap(kind, practitioner, cause, stops, day, _sentence(kind, practitioner, cause, day))


def _begins_within(document: Document, on: date, through: date) -> bool:
    counts = document.state in (DocumentState.VERIFIED, DocumentState.WAIVED)
    return counts and document.issued_on is not None and on < document.issued_on <= through


def _begins(document: Document) -> tuple[date, date]:
    return document.issued_on or date.min, document.expires_on or date.max


def _cause(known: Sequence[Document], on: date, day: date) -> GapCause:
    if day > on:
        return GapCause.EXPIRES
    if any(d.state is DocumentState.SUBMITTED for d in known):
        return GapCause.UNCHECKED
    counted = [d for d in known if d.state in (DocumentState.VERIFIED, DocumentState.WAIVED)]
    if counted:
        return GapCause.EXPIRED
    return GapCause.REJECTED if known else GapCause.MISSING


def _sentence(kind: DocumentKind, practitioner: Practitioner | None, cause: GapCause, day: date) -> str:
    word = _("Agreement on shared values") if kind is DocumentKind.SHARED_VALUES else DOCUMENT_KINDS[kind]
    paper = word[0].lower() + word[1:]
    what = _("%(name)s’s %(paper)s", name=practitioner.name, paper=word) if practitioner else _("The %(paper)s", paper=paper)
    if cause is GapCause.EXPIRES:
        last = day - timedelta(days=1)
        return _("%(what)s runs out on %(day)s.", what=what, day=f"{last.day} {last:%B %Y}")
    return {
        GapCause.MISSING: _("%(what)s is missing.", what=what),
        GapCause.UNCHECKED: _("%(what)s is waiting to be checked.", what=what),
        GapCause.REJECTED: _("%(what)s was sent back and is not in order.", what=what),
        GapCause.EXPIRED: _("%(what)s has run out.", what=what),
    }[cause]


@dataclass(frozen=True)
class Standing:
    """One line of an organisation's paperwork, for its page: what stands, and what is missing today."""

    kind: DocumentKind
    practitioner: Practitioner | None
    document: Document | None
    gap: Gap | None
    waiting: Document | None
    is_required: bool


def standings(
    organisation: Organisation, documents: Sequence[Document], practitioners: Sequence[Practitioner], *, is_partner: bool, on: date
) -> list[Standing]:
    """Every required document, and every other that was sent, in a steady order; practitioners' DBS checks last."""
    required = required_kinds(is_partner=is_partner)
    kinds = [*required, *(k for k in DocumentKind if k not in required and k is not DocumentKind.DBS)]
    lines = []
    for kind in kinds:
        own = [d for d in documents if d.kind is kind]
        if own or kind in required:
            lines.append(_standing(kind, None, own, on=on, is_required=kind in required))
    for practitioner in practitioners:
        if practitioner.left_on is not None and practitioner.left_on < on:
            continue
        own = [d for d in documents if d.practitioner_id == practitioner.id]
        needed = needs_dbs(practitioner, is_partner=is_partner)
        if own or needed:
            lines.append(_standing(DocumentKind.DBS, practitioner, own, on=on, is_required=needed))
    return lines


def _standing(
    kind: DocumentKind, practitioner: Practitioner | None, own: Sequence[Document], *, on: date, is_required: bool
) -> Standing:
    in_force = [d for d in own if d.covers(on)]
    latest = max(in_force, key=lambda d: d.expires_on or date.max) if in_force else None
    if latest is None and own:
        latest = max(own, key=lambda d: d.created_at)
    waiting = next((d for d in own if d.state is DocumentState.SUBMITTED), None)
    gap = find_gap(kind, own, on=on, through=on, practitioner=practitioner) if is_required else None
    return Standing(kind, practitioner, latest, gap, waiting, is_required)

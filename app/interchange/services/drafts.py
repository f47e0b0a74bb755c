"""An uploaded file: looked at first, then imported or thrown away by the person who brought it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Person, Zone
from app.audit.services import record as write_trail
from app.interchange import policies, queries
from app.interchange.models import ImportDraft, ImportKind
from app.interchange.reports import Report
from app.interchange.services.catalogue import import_catalogue
from app.interchange.services.children import import_children
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid

KEPT_FOR = timedelta(days=1)
LARGEST = 6 * 1024 * 1024
"""Bytes. Larger files are for `kith import` on the server, where nobody waits in front of a page."""
MOST_ROWS = {ImportKind.CATALOGUE: 5_000, ImportKind.CHILDREN: 1_000}


class AlreadyImported(DomainError):
    """This upload was used."""

    code = "already_imported"


def keep_draft(*, zone_id: uuid.UUID, kind: ImportKind, source: str, file_name: str, content: bytes, actor: Person) -> ImportDraft:
    """Keep an uploaded file for a day, with the report of what it would do. Nothing is imported yet.

    Raises Invalid or Unusable at the field `file` when the file is too large or cannot be read, Forbidden for another's Zone.
    """
    if not policies.can_import_into(actor, zone_id):
        raise Forbidden
    if not content:
        raise Invalid("The file is empty.", field="file")
    if len(content) > LARGEST:
        raise Invalid(f"The file is larger than {LARGEST // 1024 // 1024} MB. Split it, or have it imported on the server.", field="file")
    with atomic():
        forget_drafts()
        report = _import(zone_id, kind, source, content, actor, is_dry_run=True)
        rows = len(report.taken) + report.wrong
        if rows > MOST_ROWS[kind]:
            raise Invalid(
                f"The file has {rows:,} rows; at most {MOST_ROWS[kind]:,} can be brought in here at once. Split it, or have it imported "
                "on the server.", field="file",
            )
        draft = ImportDraft(
            zone_id=zone_id, person_id=actor.id, kind=kind, source=source, file_name=file_name, content=content, report=report.as_page(),
            expires_at=clock.now() + KEPT_FOR,
        )
        db.session.add(draft)
        write_trail(
            "interchange.file.uploaded", subject=draft, actor=actor, zone_id=zone_id, kind=kind, source=source, rows=rows,
            wrong=report.wrong,
        )
        return draft


def use_draft(*, draft_id: uuid.UUID, actor: Person) -> ImportDraft:
    """Import it: the right rows together, or nothing. The file goes, the report of what was done stays for the rest of the day.

    Raises NotFound, AlreadyImported.
    """
    with atomic():
        draft = _own(draft_id, actor)
        if draft.content is None:
            raise AlreadyImported("This file has been imported already. Nothing was changed a second time.")
        report = _import(draft.zone_id, draft.kind, draft.source, draft.content, actor, is_dry_run=False)
        draft.report, draft.content, draft.used_at = report.as_page(), None, clock.now()
        write_trail(
            "interchange.file.imported", subject=draft, actor=actor, zone_id=draft.zone_id, kind=draft.kind, source=draft.source,
            created=report.created, updated=report.updated, unchanged=report.unchanged, wrong=report.wrong,
        )
        return draft


def discard_draft(*, draft_id: uuid.UUID, actor: Person) -> None:
    """Throw the upload away; nothing of it was imported. Raises NotFound."""
    with atomic():
        draft = _own(draft_id, actor)
        zone = db.session.get_one(Zone, draft.zone_id)
        write_trail("interchange.file.discarded", subject=zone, actor=actor, zone_id=zone.id, kind=draft.kind, draft=draft.id)
        db.session.delete(draft)


def forget_drafts() -> int:
    """Delete every upload whose day is over; how many there were. The worker calls it every minute."""
    is_over = ImportDraft.expires_at <= clock.now()
    with atomic():
        gone = db.session.scalars(sa.select(ImportDraft.id).where(is_over)).all()
        if gone:
            db.session.execute(sa.delete(ImportDraft).where(ImportDraft.id.in_(gone)))
        return len(gone)


def _own(draft_id: uuid.UUID, actor: Person) -> ImportDraft:
    queries.get_draft(draft_id, actor)
    return lock_row(ImportDraft, draft_id)


def _import(zone_id: uuid.UUID, kind: ImportKind, source: str, content: bytes, actor: Person, *, is_dry_run: bool) -> Report:
    if kind is ImportKind.CHILDREN:
        return import_children(zone_id=zone_id, content=content, source=source, is_dry_run=is_dry_run, actor=actor)
    return import_catalogue(zone_id=zone_id, content=content, source=source, is_dry_run=is_dry_run, actor=actor)

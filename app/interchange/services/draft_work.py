"""The long part of an upload: looked through or imported, by the worker or at once. All of an import is one transaction."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record as write_trail
from app.interchange import policies
from app.interchange.mapping import ColumnMapping
from app.interchange.models import DRAFT_MOVES, DraftStage, ImportDraft, ImportKind
from app.interchange.progress import Notes
from app.interchange.reports import Report
from app.interchange.services.catalogue import Progress, import_catalogue
from app.interchange.services.children import import_children
from app.interchange.services.mapped import import_mapped
from app.notifications.handlers import Job, NotDone
from app.notifications.services import post
from app.shared import clock
from app.shared.db import Busy, atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid, NotFound

MOST_ROWS = {ImportKind.CATALOGUE: 20_000, ImportKind.CHILDREN: 1_000}
TOPIC = "interchange.draft"
TRIES = 3


def run_draft(job: Job) -> None:
    """The worker's part: look a long file through, or import it. Done twice it has the effect of once.

    Reading and comparing hold nobody up; what is written is one transaction with the upload's own state.
    """
    draft_id = uuid.UUID(job.payload["draft_id"])
    notes = Notes(draft_id)
    try:
        _run(draft_id, notes)
    except Busy:
        raise  # another try, when the lease has run out
    except DomainError as refusal:
        _give_back(draft_id, refusal.sentence)
    except Exception as error:
        if job.attempt >= TRIES:
            _give_back(draft_id, "Something went wrong in Kith. Nothing was imported; tell whoever looks after Kith.")
            raise NotDone(type(error).__name__, is_final=True) from error
        raise
    finally:
        notes.end()


def _run(draft_id: uuid.UUID, notes: Notes) -> None:
    draft = db.session.get(ImportDraft, draft_id)
    if draft is None or not draft.is_with_the_worker:
        return
    actor = db.session.get_one(Person, draft.person_id)
    notes("Reading", 0, 0)
    if draft.stage is DraftStage.LOOKING:
        report = run_import(draft, actor, notes, is_dry_run=True)
        require_few(draft.kind, report)
        with atomic():
            draft = lock_row(ImportDraft, draft_id)
            if draft.stage is DraftStage.LOOKING:
                draft.report = report.as_page()
                move(draft, DraftStage.READY)
        return
    with atomic():
        draft = lock_row(ImportDraft, draft_id)
        if draft.stage is DraftStage.WORKING:
            if not policies.can_use_draft(actor, draft):
                raise Forbidden
            use(draft, actor, notes)


def _give_back(draft_id: uuid.UUID, why: str) -> None:
    """To its owner, with the reason."""
    with atomic():
        draft = db.session.get(ImportDraft, draft_id, with_for_update=True)
        if draft is None or not draft.is_with_the_worker:
            return
        draft.trouble = why[:300]
        move(draft, DraftStage.MAPPING if draft.stage is DraftStage.LOOKING and draft.rules else DraftStage.READY)


def hand_over(draft: ImportDraft) -> None:
    """Each time anew: the same upload may be looked through several times."""
    post(topic=TOPIC, payload={"draft_id": str(draft.id)}, dedupe=f"{TOPIC}:{draft.id}:{uuid.uuid4()}")


def use(draft: ImportDraft, actor: Person, progress: Progress) -> None:
    report = run_import(draft, actor, progress, is_dry_run=False)
    draft.report, draft.content, draft.used_at = report.as_page(), None, clock.now()
    move(draft, DraftStage.USED)
    write_trail(
        "interchange.file.imported", subject=draft, actor=actor, zone_id=draft.zone_id, kind=draft.kind, source=draft.source,
        created=report.created, updated=report.updated, unchanged=report.unchanged, wrong=report.wrong,
    )


def run_import(draft: ImportDraft, actor: Person, progress: Progress, *, is_dry_run: bool) -> Report:
    content = draft.content
    if content is None:
        raise NotFound
    if draft.kind is ImportKind.CHILDREN:
        return import_children(zone_id=draft.zone_id, content=content, source=draft.source, is_dry_run=is_dry_run, actor=actor)
    if draft.rules:
        return import_mapped(
            zone_id=draft.zone_id, files=[(draft.file_name, content)], mapping=ColumnMapping.from_dict(draft.rules), source=draft.source,
            is_dry_run=is_dry_run, actor=actor, progress=progress,
        )
    return import_catalogue(
        zone_id=draft.zone_id, content=content, source=draft.source, is_dry_run=is_dry_run, actor=actor, progress=progress
    )


def require_few(kind: ImportKind, report: Report) -> int:
    rows = len(report.taken) + report.wrong
    refuse_many(kind, rows)
    return rows


def refuse_many(kind: ImportKind, rows: int) -> None:
    if rows > MOST_ROWS[kind]:
        raise Invalid(
            _("The file has %(rows)s rows; at most %(most_rows)s can be brought in here at once. Split it, or have it imported on the server.", rows=f"{rows:,}", most_rows=f"{MOST_ROWS[kind]:,}"), field="file",
        )


def move(draft: ImportDraft, to: DraftStage) -> None:
    DRAFT_MOVES.require(draft.stage, to)
    draft.stage = to

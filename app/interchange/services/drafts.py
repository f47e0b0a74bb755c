"""An uploaded file: its columns matched where it is not Kith's own format, looked at, then imported or thrown away by who brought it.

What is short is done at once. What is long is the worker's: the upload waits as `looking` or `working`, a page says how far it is,
and a worker that dies leaves the message to the next one. All of an import is one transaction, so it happened or it did not.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Zone
from app.audit.services import record as write_trail
from app.interchange import policies, queries
from app.interchange.guessing import SAMPLES, distinct, guess_rules, samples
from app.interchange.joins import sheets_print
from app.interchange.mapped import arrange
from app.interchange.mapping import ColumnMapping, sheet_prints
from app.interchange.models import DraftStage, ImportDraft, ImportKind
from app.interchange.services.catalogue import silent
from app.interchange.services.draft_work import hand_over, move, refuse_many, require_few, run_import, use
from app.interchange.services.mapped import Files, guess_mapping, propose_mapping, save_mapping
from app.interchange.sheets import Sheet, read_sheets
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid

KEPT_FOR = timedelta(days=1)
LARGEST = 6 * 1024 * 1024
"""Bytes. Larger files are for `kith import` on the server, where nobody waits in front of a page."""
SHORT = 1_000
"""Rows that somebody can wait for; more are the worker's."""


class AlreadyImported(DomainError):
    """This upload was used."""

    code = "already_imported"


class BeingWorkedOn(DomainError):
    """The worker has it."""

    code = "being_worked_on"


def keep_draft(*, zone_id: uuid.UUID, kind: ImportKind, source: str, file_name: str, content: bytes, actor: Person) -> ImportDraft:
    """Keep an uploaded file of Kith's own format for a day, with the report of what it would do. Nothing is imported yet.

    Raises Invalid or Unusable at the field `file` when the file is too large or cannot be read, Forbidden for another's Zone.
    """
    _require_files(zone_id, [(file_name, content)], actor)
    is_long = kind is ImportKind.CATALOGUE and content.count(b"\n") > SHORT
    with atomic():
        forget_drafts()
        draft = ImportDraft(
            zone_id=zone_id, person_id=actor.id, kind=kind, source=source, file_name=file_name, content=content,
            expires_at=clock.now() + KEPT_FOR, stage=DraftStage.LOOKING if is_long else DraftStage.READY,
        )
        rows = 0
        if not is_long:
            report = run_import(draft, actor, silent, is_dry_run=True)
            rows = require_few(kind, report)
            draft.report = report.as_page()
        db.session.add(draft)
        db.session.flush()
        write_trail(
            "interchange.file.uploaded", subject=draft, actor=actor, zone_id=zone_id, kind=kind, source=source,
            rows=rows or content.count(b"\n"), wrong=draft.report.get("wrong", 0),
        )
        if is_long:
            hand_over(draft)
        return draft


def keep_table(*, zone_id: uuid.UUID, source: str, files: Files, actor: Person) -> ImportDraft:
    """Keep one or several tables of any look for a day, with a mapping to begin with: the Zone's own for such files, else a guess.

    Raises Invalid or Unusable at the field `file`, Forbidden for another's Zone.
    """
    _require_files(zone_id, files, actor)
    sheets = read_sheets(files)
    rows = max(len(sheet.rows) for sheet in sheets)
    if not rows:
        raise Invalid(_("The file names columns, but there is no row below them."), field="file")
    refuse_many(ImportKind.CATALOGUE, rows)
    with atomic():
        forget_drafts()
        mapping, name = propose_mapping(zone_id, sheets)
        draft = ImportDraft(
            zone_id=zone_id, person_id=actor.id, kind=ImportKind.CATALOGUE, source=source, file_name=_named(files), content=_pack(files),
            expires_at=clock.now() + KEPT_FOR, stage=DraftStage.MAPPING, preset=mapping.preset, mapping_name=name, rules=mapping.as_dict(),
            outline=_outline(sheets, mapping),
        )
        db.session.add(draft)
        db.session.flush()
        write_trail(
            "interchange.file.uploaded", subject=draft, actor=actor, zone_id=zone_id, kind=ImportKind.CATALOGUE, source=source, rows=rows,
            files=len(sheets),
        )
        return draft


def _require_files(zone_id: uuid.UUID, files: Files, actor: Person) -> None:
    if not policies.can_import_into(actor, zone_id):
        raise Forbidden
    if not any(content for _, content in files):
        raise Invalid(_("The file is empty."), field="file")
    if sum(len(content) for _, content in files) > LARGEST:
        raise Invalid(_("The file is larger than %(largest)s MB. Split it, or have it imported on the server.", largest=LARGEST // 1024 // 1024), field="file")


def _named(files: Files) -> str:
    names = [name for name, _ in files]
    return names[0][:120] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"[:120]


def _pack(files: Files) -> bytes:
    """One file as it is, several as a ZIP."""
    if len(files) == 1:
        return files[0][1]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, (name, content) in enumerate(files, 1):
            packed.writestr(f"{number}/{name}" if "." in name else f"{number}/{name}.csv", content)
    return out.getvalue()


def _outline(sheets: Sequence[Sheet], mapping: ColumnMapping) -> dict[str, Any]:
    """What the page of the mapping needs of the file, so that it need not be read again for each look."""
    tables = [{"name": sheet.name, "titles": list(sheet.titles), "rows": len(sheet.rows)} for sheet in sheets]
    prints = sheets_print(sheets)
    whole = arrange(sheets, mapping)
    return {
        "print": prints, "sheets": tables, "rows": len(whole.rows), "titles": whole.titles, "notes": whole.notes,
        "samples": {title: samples(whole, title) for title in whole.titles},
        "values": {title: {"one": distinct(whole, [title], is_list=False), "many": distinct(whole, [title], is_list=True)} for title in whole.titles},
        "lines": [list(cells) for _, cells in whole.rows[:SAMPLES]],
    }


def set_mapping(*, draft_id: uuid.UUID, mapping: ColumnMapping, actor: Person, name: str = "", source: str = "") -> ImportDraft:
    """Keep what was chosen and typed so far. Other links between the tables give other columns to choose from, and are guessed anew."""
    with atomic():
        draft = _own(draft_id, actor)
        _require_open(draft)
        before = ColumnMapping.from_dict(draft.rules)
        if mapping.join != before.join and draft.content is not None:
            sheets = read_sheets([(draft.file_name, draft.content)])
            mapping = replace(mapping, sheets=sheet_prints(sheets))
            draft.outline = _outline(sheets, mapping)
            titles = set(draft.outline["titles"])
            kept = {
                name: rule for name, rule in mapping.rules.items() if rule.says_something and set(rule.columns) <= titles
            }
            fresh = guess_rules(arrange(read_sheets([(draft.file_name, draft.content)]), mapping), mapping.preset)
            mapping = replace(mapping, rules={**fresh, **kept})
        draft.rules = mapping.as_dict()
        draft.mapping_name, draft.source = " ".join(name.split()) or draft.mapping_name, source or draft.source
        if draft.stage is not DraftStage.MAPPING:
            move(draft, DraftStage.MAPPING)
        return draft


def start_again(*, draft_id: uuid.UUID, actor: Person) -> ImportDraft:
    """Forget what was chosen, also the mapping that was found, and guess anew."""
    with atomic():
        draft = _own(draft_id, actor)
        _require_open(draft)
        sheets = read_sheets([(draft.file_name, draft.content or b"")])
        mapping = guess_mapping(sheets)
        draft.rules, draft.preset, draft.outline = mapping.as_dict(), mapping.preset, _outline(sheets, mapping)
        if draft.stage is not DraftStage.MAPPING:
            move(draft, DraftStage.MAPPING)
        return draft


def look_through(*, draft_id: uuid.UUID, name: str, source: str, actor: Person) -> ImportDraft:
    """Keep the mapping by its name and see what the file would do through it. Nothing is imported yet.

    Raises Invalid at what is missing, Unusable for a file that cannot be read.
    """
    with atomic():
        draft = _own(draft_id, actor)
        _require_open(draft)
        mapping = ColumnMapping.from_dict(draft.rules)
        if missing := mapping.missing():
            raise Invalid(_("Say where these come from: %(columns)s.", columns=", ".join(str(target.label) for target in missing)))
        save_mapping(zone_id=draft.zone_id, name=name, mapping=mapping, header_print=str(draft.outline["print"]), actor=actor)
        draft.mapping_name, draft.source, draft.trouble = " ".join(name.split()), source, ""
        if draft.stage is DraftStage.READY:
            move(draft, DraftStage.MAPPING)
        if int(draft.outline["rows"]) > SHORT:
            move(draft, DraftStage.LOOKING)
            hand_over(draft)
            return draft
        draft.report = run_import(draft, actor, silent, is_dry_run=True).as_page()
        move(draft, DraftStage.READY)
        return draft


def use_draft(*, draft_id: uuid.UUID, actor: Person) -> ImportDraft:
    """Import it: the right rows together, or nothing. The file goes, the report of what was done stays for the rest of the day.

    A long one is handed to the worker. Raises NotFound, AlreadyImported, BeingWorkedOn.
    """
    with atomic():
        draft = _own(draft_id, actor)
        _require_open(draft)
        if draft.stage is DraftStage.MAPPING:
            raise Invalid(_("Match its columns first."))
        if is_long(draft):
            move(draft, DraftStage.WORKING)
            hand_over(draft)
        else:
            use(draft, actor, silent)
        return draft


def is_long(draft: ImportDraft) -> bool:
    """More than somebody waits for: the worker does it."""
    report = draft.report
    return draft.kind is ImportKind.CATALOGUE and sum(int(report.get(key, 0)) for key in ("created", "updated", "unchanged", "wrong")) > SHORT


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


def _require_open(draft: ImportDraft) -> None:
    if draft.content is None:
        raise AlreadyImported(_("This file has been imported already. Nothing was changed a second time."))
    if draft.is_with_the_worker:
        raise BeingWorkedOn(_("Kith is working on this file. Wait until it is done."))


def _own(draft_id: uuid.UUID, actor: Person) -> ImportDraft:
    queries.get_draft(draft_id, actor)
    return lock_row(ImportDraft, draft_id)

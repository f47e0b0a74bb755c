"""Taking offerings from any table through a column mapping, and keeping mappings by name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record as write_trail
from app.interchange import queries
from app.interchange.catalogue_csv import COLUMNS
from app.interchange.guessing import guess_rules
from app.interchange.joins import guess_join, join_sheets, sheets_print
from app.interchange.mapped import arrange, read_mapped
from app.interchange.mapping import ColumnMapping, sheet_prints
from app.interchange.models import ImportMapping
from app.interchange.presets import PRESETS, guess_preset
from app.interchange.problems import Unusable
from app.interchange.reports import Report
from app.interchange.services.catalogue import Extras, Progress, import_catalogue, silent, take_offerings
from app.interchange.sheets import Sheet, read_sheets
from app.interchange.targets import REQUIRED
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound

Files = Sequence[tuple[str, bytes]]
"""Names as their owner calls them, and what is in them."""


def import_mapped(
    *, zone_id: uuid.UUID, files: Files, mapping: ColumnMapping, source: str, is_dry_run: bool = False, actor: Person | None,
    progress: Progress = silent,
) -> Report:
    """Take offerings from CSV and Excel files, several that belong together or a ZIP of them. The rules are those of `import_catalogue`.

    Raises Unusable when a file cannot be read or lacks a column of the mapping, Invalid when the mapping leaves out what is required.
    """
    if missing := mapping.missing():
        raise Invalid(_("The mapping does not say where these come from: %(columns)s.", columns=", ".join(str(target.label) for target in missing)), field="mapping")
    progress("Reading", 0, 0)
    sheet = arrange(read_sheets(files), mapping)
    total = len(sheet.rows)
    reading = read_mapped(sheet, mapping, lambda done: progress("Reading", done, total))
    extras = {ref: Extras(organisation=beyond) for ref, beyond in reading.beyond.items()}
    return take_offerings(
        zone_id=zone_id, reading=reading, source=source, is_dry_run=is_dry_run, actor=actor, what="catalogue", extras=extras, progress=progress
    )


def propose_mapping(zone_id: uuid.UUID, sheets: Sequence[Sheet]) -> tuple[ColumnMapping, str]:
    """The Zone's mapping for files of this look with its name, else what can be guessed and no name."""
    kept = queries.find_mapping_by_print(zone_id, sheets_print(sheets))
    if kept is not None:
        return ColumnMapping.from_dict(kept.rules), kept.name
    return guess_mapping(sheets), ""


def guess_mapping(sheets: Sequence[Sheet], preset: str | None = None) -> ColumnMapping:
    """From the look of the files alone. Raises Unusable when they are not of the preset that is asked for."""
    likely = guess_preset(sheets)
    chosen = likely if preset is None else preset
    if chosen == "outpost" and likely != chosen:
        raise Unusable(_("This is not the Outpost template: it has no columns import_id and import_id_reference."))
    prints = sheet_prints(sheets)
    if (known := PRESETS.get(chosen)) is not None and known.prepare is not None:
        copy = Sheet(sheets[0].name, list(sheets[0].titles), [(row, list(cells)) for row, cells in sheets[0].rows])
        return ColumnMapping(guess_rules(known.prepare(copy), chosen), None, prints, chosen)
    join = guess_join(sheets) if len(sheets) > 1 else None
    whole = join_sheets(sheets, join) if join else sheets[0]
    return ColumnMapping(guess_rules(whole, chosen), join, prints, chosen)


def is_kiths_own(sheets: Sequence[Sheet]) -> bool:
    """One table with the columns of Kith's format, in a workbook for example."""
    own = {column.title for column in COLUMNS if column.is_required}
    return len(sheets) == 1 and own <= {title.lower() for title in sheets[0].titles} and set(REQUIRED) <= own


def choose_mapping(zone_id: uuid.UUID, files: Files, name: str | None) -> ColumnMapping:
    """The mapping called so, else the preset called so; without a name the one that knows files of this look.

    Raises NotFound for no such name, Unusable when nothing knows these files.
    """
    sheets = read_sheets(files)
    if name is not None:
        kept = queries.find_mapping(zone_id, name)
        if kept is not None:
            return ColumnMapping.from_dict(kept.rules)
        if name in PRESETS:
            return guess_mapping(sheets, name)
        known = [mapping.name for mapping in queries.list_mappings([zone_id])] + list(PRESETS)
        raise NotFound(_("There is no mapping called “%(name)s”. There are: %(known)s.", name=name, known=", ".join(known)))
    kept = queries.find_mapping_by_print(zone_id, sheets_print(sheets))
    if kept is not None:
        return ColumnMapping.from_dict(kept.rules)
    if is_kiths_own(sheets):
        return guess_mapping(sheets, "")
    if guess_preset(sheets) == "outpost":
        return guess_mapping(sheets)
    raise Unusable(
        _("No mapping knows a file with these columns. Bring it in once as Zone manager under “Import”, where its columns are matched and kept by name; "
        "or give --mapping NAME.")
    )


def import_any(
    *, zone_id: uuid.UUID, files: Files, name: str | None, source: str, is_dry_run: bool, actor: Person | None, progress: Progress = silent
) -> Report:
    """Offerings in whatever file: Kith's own format by itself, others through the mapping called `name` or the one that knows their look.

    Raises Unusable with what is wrong with it as a file of Kith's own, where it is one CSV and no mapping knows it.
    """
    if name is None and len(files) == 1 and not files[0][1].startswith(b"PK\x03\x04"):
        try:
            return import_catalogue(
                zone_id=zone_id, content=files[0][1], source=source, is_dry_run=is_dry_run, actor=actor, progress=progress
            )
        except Unusable as refusal:
            try:
                mapping = choose_mapping(zone_id, files, None)
            except Unusable:
                raise refusal from None
    else:
        mapping = choose_mapping(zone_id, files, name)
    return import_mapped(
        zone_id=zone_id, files=files, mapping=mapping, source=source, is_dry_run=is_dry_run, actor=actor, progress=progress
    )


def save_mapping(*, zone_id: uuid.UUID, name: str, mapping: ColumnMapping, header_print: str, actor: Person | None) -> ImportMapping:
    """Keep a mapping by its name, in place of the one that had it. Raises Invalid at `name`."""
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= 80 or not tidy.isprintable():
        raise Invalid(_("Give the mapping a name of 1 to 80 characters, so that it is found again."), field="name")
    with atomic():
        kept = queries.find_mapping(zone_id, tidy)
        if kept is None:
            kept = ImportMapping(zone_id=zone_id, name=tidy, header_print=header_print, preset=mapping.preset, rules=mapping.as_dict())
            db.session.add(kept)
            write_trail("interchange.mapping.saved", subject=kept, actor=actor, preset=mapping.preset)
        elif (kept.rules, kept.header_print) != (mapping.as_dict(), header_print):
            kept.rules, kept.header_print, kept.preset, kept.changed_at = mapping.as_dict(), header_print, mapping.preset, clock.now()
            write_trail("interchange.mapping.changed", subject=kept, actor=actor, preset=mapping.preset)
        return kept


def delete_mapping(*, mapping_id: uuid.UUID, actor: Person) -> None:
    """What was imported through it stays. Raises NotFound."""
    with atomic():
        kept = queries.get_mapping(mapping_id, actor)
        write_trail("interchange.mapping.deleted", subject=kept, actor=actor)
        db.session.execute(sa.delete(ImportMapping).where(ImportMapping.id == mapping_id))

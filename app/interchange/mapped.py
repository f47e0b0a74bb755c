"""Files of any look, through a mapping, as records of Kith's format. Pure: no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from app.catalogue.exchange import OfferingRecord
from app.interchange.catalogue_csv import FIELD_OF, LONGEST_PROSE, read_row
from app.interchange.joins import guess_join, join_sheets, rename_by_print
from app.interchange.mapping import ColumnMapping, require_columns
from app.interchange.presets import PRESETS
from app.interchange.problems import Problem, Reading, shown
from app.interchange.sheets import Sheet
from app.interchange.tables import Line
from app.interchange.targets import BY_NAME
from app.interchange.translating import Translated, Translator
from app.shared.tongue import in_english

STEP = 500
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z]{2,}")


@dataclass(frozen=True)
class Beyond:
    """What a mapped table knows of the organisation and of the place that Kith's own format does not say. Used where they are new."""

    address: str = ""
    postcode: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    contact_name: str = ""
    contact_title: str = ""
    access_note: str = ""


@dataclass
class MappedReading(Reading[OfferingRecord]):
    """`beyond` by reference."""

    beyond: dict[str, Beyond] = field(default_factory=dict)


def arrange(sheets: Sequence[Sheet], mapping: ColumnMapping) -> Sheet:
    """The one table that the mapping's rules speak of: as its preset arranges it, or joined as it says. May be done once only."""
    preset = PRESETS.get(mapping.preset)
    if preset is not None and preset.prepare is not None:
        return preset.prepare(sheets[0])
    if mapping.sheets:
        rename_by_print(sheets, mapping.sheets)
    if len(sheets) == 1:
        return sheets[0]
    return join_sheets(sheets, mapping.join or guess_join(sheets))


def read_mapped(sheet: Sheet, mapping: ColumnMapping, progress: Callable[[int], None] | None = None) -> MappedReading:
    """Every right row, every wrong one by row and the source's own column. Raises Unusable when a column of the mapping is missing."""
    require_columns(sheet, mapping)
    fields = {FIELD_OF[name] for name in mapping.rules if name in FIELD_OF}
    if "postcode" in mapping.rules:
        fields |= {"postcode", "postcode_area"}
    if "years" in mapping.rules:
        fields |= {"year_min", "year_max"}
    fields |= {name for name in ("eligibility", "how_to_get_there", "site") if name in mapping.rules}
    if "sessions" in mapping.rules:
        fields.add("description")
    if "accessibility" in mapping.rules:
        fields.add("is_step_free")
    if "capacity" in mapping.rules:
        fields.add("places_left")
    reading = MappedReading(problems=list(sheet.problems), notes=list(sheet.notes), columns=frozenset(fields))
    translator = Translator(sheet, mapping)
    rows: dict[str, int] = {}
    for number, (row, line) in enumerate(sheet.rows, 1):
        if progress is not None and number % STEP == 0:
            progress(number)
        reading.seen.update(translator.reference(line))
        translated = translator.translate(row, line, reading.problems)
        if translated is not None:
            _take(translated, reading, rows)
    reading.notes += translator.notes()
    reading.problems.sort(key=lambda problem: problem.row)
    return reading


def _take(translated: Translated, reading: MappedReading, rows: dict[str, int]) -> None:
    before = len(reading.problems)
    record = read_row(Line(translated.row, translated.cells), reading.problems)
    for at in range(before, len(reading.problems)):
        problem = reading.problems[at]
        target = BY_NAME.get(problem.column)
        named = translated.origins.get(problem.column) or (f"{in_english(target.label)}, which no column gives" if target else problem.column)
        reading.problems[at] = replace(problem, column=named)
    if record is None:
        return
    if record.ref in rows:
        reading.problems.append(Problem(
            translated.row, translated.origins.get("id", "id"), shown(record.ref),
            f"each reference once in a file; it stands already in row {rows[record.ref]}",
        ))
        return
    rows[record.ref] = translated.row
    beyond = translated.beyond
    first, _, last = beyond.get("years", "").partition(" ")
    reading.rows.append((translated.row, replace(
        record, postcode=beyond.get("postcode", ""), year_min=int(first) if first else None, year_max=int(last) if last else None,
        eligibility=_prose(beyond.get("eligibility", "")), how_to_get_there=_prose(beyond.get("how_to_get_there", "")),
        site=_line(beyond.get("site", ""), 120),
    )))
    reading.beyond[record.ref] = Beyond(
        address=_line(beyond.get("address", ""), 300), postcode=beyond.get("postcode", ""), email=_mail(beyond.get("email", "")),
        phone=_line(beyond.get("phone", ""), 30), website=_site(beyond.get("website", "")), contact_name=_line(beyond.get("contact_name", ""), 120),
        contact_title=_line(beyond.get("contact_title", ""), 120), access_note=_prose(beyond.get("access_note", ""), 500),
    )


def _line(text: str, longest: int) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()).strip(" ,")[:longest]


def _prose(text: str, longest: int = LONGEST_PROSE) -> str:
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n")).strip()[:longest].strip()


def _mail(text: str) -> str:
    """The first address in the cell, if there is one."""
    found = _MAIL.search(text)
    return found[0].lower()[:254] if found and found[0].isprintable() else ""


def _site(text: str) -> str:
    """An address of the web, and nothing that a browser would run."""
    tidy = _line(text, 300).partition(" ")[0].rstrip(",;")
    if re.match(r"https?://[^/]+\.[^/]+", tidy, re.IGNORECASE):
        return tidy
    return f"https://{tidy}"[:300] if re.fullmatch(r"(www\.)?[\w-]+(\.[\w-]+)+(/\S*)?", tidy, re.ASCII) else ""

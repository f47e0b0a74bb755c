"""Any table that somebody keeps: CSV with whatever marks between the columns, or a workbook; several at once, or packed. Pure.

Kith's own format is stricter and has its own reader (`tables`). What a file is, its content says, never its name.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from flask_babel import gettext as _

from app.interchange.packed import open_packed, unpack
from app.interchange.problems import Problem, Unusable, shown
from app.interchange.tables import records
from app.interchange.workbook import is_workbook, read_workbook

MOST_BYTES = 64 * 1024 * 1024
"""Of all files together."""
MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_FILES = 20
SEVERAL = "\x1e"
"""Stands between the values that one cell has from several joined rows; no file can bring it along."""

_SAMPLED = 10
_MARKS = (",", ";", "\t", "|")
_TABLE_ENDINGS = {".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ""}
_OUTER = " \r\n\t\u00a0\ufeff"


@dataclass
class Sheet:
    """A header and the rows below it, all cells text. `rows` have the numbers that a spreadsheet gives them."""

    name: str
    titles: list[str]
    rows: list[tuple[int, list[str]]]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def at(self, title: str) -> int:
        return self.titles.index(title)

    def column(self, title: str) -> Iterator[str]:
        at = self.at(title)
        return (cells[at] for _, cells in self.rows)


def require_size(size: int) -> None:
    if size > MOST_BYTES:
        raise Unusable(_("This is %(size)s MB; at most %(most_bytes)s MB are read at once. Split it.", size=f"{size / 1024 / 1024:,.0f}", most_bytes=MOST_BYTES // 1024 // 1024))


def read_sheets(files: Sequence[tuple[str, bytes]]) -> list[Sheet]:
    """One sheet for each file, also for those inside a ZIP. Raises Unusable with the name of the file that cannot be read."""
    require_size(sum(len(content) for _, content in files))
    if all(not content for _, content in files):
        raise Unusable(_("The file is empty."))
    plain = list(_unpacked(files))
    if len(plain) > MOST_FILES:
        raise Unusable(_("These are %(number)s files; at most %(most_files)s can belong together.", number=len(plain), most_files=MOST_FILES))
    sheets = []
    for name, content in plain:
        try:
            sheets.append(_read(PurePosixPath(name.replace("\\", "/")).stem, content))
        except Unusable as refusal:
            if len(plain) == 1:
                raise
            raise Unusable(_("%(file)s: %(refusal)s", file=_short(name), refusal=refusal.sentence)) from refusal
    _name_apart(sheets)
    return sheets


def _short(name: str) -> str:
    return "".join(c for c in PurePosixPath(name).name if c.isprintable())[:80]


def _unpacked(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, content in files:
        if not content.startswith(b"PK\x03\x04") or is_workbook(content):
            yield name, content
            continue
        with open_packed(content) as packed:
            parts = [part for part in packed.infolist() if _is_table(part.filename) and not part.is_dir()]
            if not parts:
                raise Unusable(_("There is no CSV or Excel file in %(short)s.", short=_short(name) or _("the ZIP file")))
            if len(parts) > MOST_FILES:
                raise Unusable(_("There are %(number)s files in %(short)s; at most %(most_files)s can belong together.", number=len(parts), short=_short(name), most_files=MOST_FILES))
            require_size(sum(part.file_size for part in parts))
            for part in parts:
                inner = b"".join(unpack(packed, part.filename))
                if inner.startswith(b"PK\x03\x04") and not is_workbook(inner):
                    raise Unusable(_("%(short)s is a ZIP file inside a ZIP file. Unpack it first.", short=_short(part.filename)))
                yield part.filename, inner


def _is_table(path: str) -> bool:
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return bool(parts) and not hidden and PurePosixPath(path).suffix.lower() in _TABLE_ENDINGS


def _name_apart(sheets: Sequence[Sheet]) -> None:
    seen: Counter[str] = Counter()
    for sheet in sheets:
        sheet.name = _short(sheet.name) or "file"
        seen[sheet.name] += 1
        if seen[sheet.name] > 1:
            sheet.name = f"{sheet.name} ({seen[sheet.name]})"


def _read(name: str, content: bytes) -> Sheet:
    notes: list[str] = []
    if is_workbook(content):
        book = read_workbook(content)
        sheet = _sheet(name, iter(book.rows), notes)
        notes += book.notes
        return sheet
    text = _decode(content, notes)
    mark = _mark(text)
    if mark != ",":
        notes.append(f"The columns are separated by {'tabs' if mark == chr(9) else 'semicolons' if mark == ';' else 'bars'}, and were read so.")
    return _sheet(name, records(text, mark), notes)


def _decode(content: bytes, notes: list[str]) -> str:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unusable(_("This is an Excel file of the old kind, or one with a password. Save it as “Excel workbook (.xlsx)” without one."))
    if content.startswith(b"%PDF"):
        raise Unusable(_("This is a PDF. A CSV or Excel file is needed."))
    if content[:200].lstrip()[:1] == b"<":
        raise Unusable(_("This is a web page or XML, whatever its name says. A CSV or Excel file is needed."))
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        if b"\x00" in content:
            raise Unusable(_("This is no text: it has NUL characters. A CSV or Excel file is needed."))
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append("The file is not in UTF-8, so it was read as Windows-1252, as older programs save it. Look whether “£” and “é” are right.")
        return content.decode("cp1252", "replace")


def _mark(text: str) -> str:
    """What stands between the columns: what splits the first lines into most cells, evenly."""
    lines = [line for line in io.StringIO(text[:20_000], newline="") if line.strip()][:_SAMPLED]
    best = (0.0, ",")
    for mark in _MARKS:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=mark)]
        except csv.Error:
            continue
        typical = Counter(widths).most_common(1)[0] if widths else (1, 0)
        score = (typical[0] - 1) * typical[1] / max(1, len(widths)) if typical[0] > 1 else 0.0
        if score > best[0]:
            best = (score, mark)
    return best[1]


def _sheet(name: str, rows: Iterator[tuple[int, list[str] | None]] | Iterator[tuple[int, list[str]]], notes: list[str]) -> Sheet:
    problems: list[Problem] = []
    first: list[tuple[int, list[str]]] = []
    rest = ((row, None if cells is None else [_tidy(cell) for cell in cells]) for row, cells in rows)
    for row, cells in rest:
        if cells is None:
            problems.append(_unpaired(row))
        elif any(cells):
            first.append((row, cells))
        if len(first) >= _SAMPLED:
            break
    if not first:
        raise Unusable(_("The file is empty or its first row cannot be read. The first row names the columns."))
    widest = max(_filled(cells) for _, cells in first)
    top = next(at for at, (_, cells) in enumerate(first) if _filled(cells) >= 0.6 * widest)
    if top:
        notes.append(f"The columns are named in row {first[top][0]}; what stands above was left alone.")
    titles = _titles(first[top][1], notes)
    sheet = Sheet(name, titles, [], problems, notes)
    for row, cells in first[top + 1:]:
        _take(sheet, row, cells)
    for row, cells in rest:
        if cells is None:
            problems.append(_unpaired(row))
        elif any(cells):
            _take(sheet, row, cells)
    return sheet


def _tidy(cell: str) -> str:
    """Without outer blanks and what cannot be kept; an apostrophe before a formula is no text, Kith and others write it there."""
    text = cell.strip(_OUTER).replace(SEVERAL, " ")
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)


def _take(sheet: Sheet, row: int, cells: list[str]) -> None:
    if len(sheet.rows) >= MOST_ROWS:
        raise Unusable(_("The file has more than %(most_rows)s rows. Split it.", most_rows=f"{MOST_ROWS:,}"))
    width = len(sheet.titles)
    if any(cells[width:]):
        sheet.problems.append(Problem(
            row, "the whole row", f"{len(cells)} cells", f"{width} cells, one for each column; text with a comma goes in quotes"
        ))
        return
    sheet.rows.append((row, cells[:width] + [""] * (width - len(cells))))


def _unpaired(row: int) -> Problem:
    return Problem(
        row, "the whole row", "quotation marks that do not pair, or a cell without end",
        "cells with a comma or a quotation mark in double quotes, quotation marks inside doubled",
    )


def _titles(cells: Sequence[str], notes: list[str]) -> list[str]:
    """Each once and none blank: a second “Name” is “Name (2)”, a column without a title “Column D”."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise Unusable(_("The file has %(number)s columns; at most %(most_columns)s are read.", number=f"{len(cells):,}", most_columns=MOST_COLUMNS))
    titles: list[str] = []
    twice: list[str] = []
    for at, cell in enumerate(cells):
        title = re.sub(r"\s+", " ", cell)[:120].strip() or f"Column {_letters(at)}"
        if title in titles:
            twice.append(title)
            number = 2
            while f"{title} ({number})" in titles:
                number += 1
            title = f"{title} ({number})"
        titles.append(title)
    if twice:
        named = ", ".join(dict.fromkeys(shown(title) for title in twice))
        notes.append(f"Several columns have one name ({named}). From the second on they have a number behind it.")
    return titles


def _letters(at: int) -> str:
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(65 + rest) + text
    return text

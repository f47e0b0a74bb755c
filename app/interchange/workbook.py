"""Excel workbooks (.xlsx, .xlsm) as rows of text: streamed, values and not formulas, nothing run and nothing fetched. Pure.

A workbook is a ZIP of XML files that a stranger has packed, so every part is measured before and while it is unpacked, and a
document type (the way to entities that grow or that name files) is refused at sight. docs/imports.md lists the limits.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from xml.parsers import expat

from flask_babel import gettext as _

from app.interchange.packed import BROKEN, open_packed, unpack
from app.interchange.problems import Unusable

MOST_COLUMNS = 500
MOST_STRINGS = 2_000_000

_FIRST_DAY = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001  a sheet knows no time zone
_DATES = {14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)}
_TIMES = {18, 19, 20, 21, 45, 46, 47}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass
class Workbook:
    """The first sheet that has something in it. `notes` are complete when `rows` has ended."""

    sheet: str
    rows: Iterator[tuple[int, list[str]]]
    notes: list[str] = field(default_factory=list)


def is_workbook(content: bytes) -> bool:
    """A ZIP that holds a workbook, whatever the file is called."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "[Content_Types].xml" in packed.namelist() and any(name.startswith("xl/") for name in packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return False


def read_workbook(content: bytes) -> Workbook:
    """Raises Unusable for what is no workbook, is locked, is a bomb, or has nothing in it."""
    packed = open_packed(content)
    names = set(packed.namelist())
    book = _Book()
    _parse(packed, "xl/workbook.xml", book.start)
    targets = _Targets()
    _parse(packed, "xl/_rels/workbook.xml.rels", targets.start)
    styles = _Styles()
    if "xl/styles.xml" in names:
        _parse(packed, "xl/styles.xml", styles.start, styles.end)
    strings: list[str] = []
    if "xl/sharedStrings.xml" in names:
        texts = _Strings(strings)
        _parse(packed, "xl/sharedStrings.xml", texts.start, texts.end, texts.data)
    notes: list[str] = []
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        notes.append("The workbook has macros. They were neither run nor read.")
    sheets = [(title, path) for title, key in book.sheets if (path := targets.of(key)) in names]
    for title, path in sheets:
        rows = _sheet_rows(packed, path, strings, styles, book, notes)
        first = next(rows, None)
        if first is None:
            continue
        if len(sheets) > 1:
            notes.append(f"Of {len(sheets)} sheets only “{title[:40]}” was read. Put another one first, or in a file of its own.")
        return Workbook(title, _chained(first, rows), notes)
    raise Unusable(_("There is nothing in this Excel file, or its sheets hold only charts."))


def _chained(first: tuple[int, list[str]], rest: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rest


def _forbidden(*_told: Any) -> None:
    raise Unusable(_("This Excel file declares a document type, which Excel never does. It was not read."))


def _parser(
    start: Callable[[str, dict[str, str]], None], end: Callable[[str], None] | None = None, data: Callable[[str], None] | None = None
) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _forbidden
    parser.EntityDeclHandler = _forbidden
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    return parser


def _parse(packed: zipfile.ZipFile, name: str, start: Any, end: Any = None, data: Any = None) -> None:
    parser = _parser(start, end, data)
    try:
        for block in unpack(packed, name):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise Unusable(str(BROKEN)) from error


def _plain(tag: str) -> str:
    """Without the prefix that some programs write before every tag."""
    return tag.rpartition(":")[2]


class _Book:
    """xl/workbook.xml: the sheets in their order, and from which day they count."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.is_1904 = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        if _plain(tag) == "sheet" and given.get("state", "visible") == "visible":
            key = next((value for name, value in given.items() if _plain(name) == "id"), "")
            self.sheets.append((given.get("name", ""), key))
        elif _plain(tag) == "workbookPr":
            self.is_1904 = given.get("date1904", "0") in {"1", "true"}


class _Targets:
    """Which part is which sheet. A part outside the file is none."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}

    def start(self, tag: str, given: dict[str, str]) -> None:
        if _plain(tag) == "Relationship" and given.get("TargetMode") != "External":
            target = given.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            self.paths[given.get("Id", "")] = path

    def of(self, key: str) -> str:
        return self.paths.get(key, "")


class _Styles:
    """Which cell formats show a day, a time or both: "d", "t", "dt", by the number of the format."""

    def __init__(self) -> None:
        self.custom: dict[int, str] = {}
        self.formats: list[str] = []
        self._is_in_cells = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        plain = _plain(tag)
        if plain == "numFmt":
            self.custom[_number(given.get("numFmtId"))] = _shows(given.get("formatCode", ""))
        elif plain == "cellXfs":
            self._is_in_cells = True
        elif plain == "xf" and self._is_in_cells:
            key = _number(given.get("numFmtId"))
            known = "dt" if key == 22 else "d" if key in _DATES else "t" if key in _TIMES else ""
            self.formats.append(self.custom.get(key, known))

    def end(self, tag: str) -> None:
        if _plain(tag) == "cellXfs":
            self._is_in_cells = False

    def of(self, style: str | None) -> str:
        at = _number(style)
        return self.formats[at] if 0 <= at < len(self.formats) else ""


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0


def _shows(code: str) -> str:
    bare = _LITERAL.sub("", code.partition(";")[0]).lower()
    if "general" in bare:
        return ""
    has_day = "y" in bare or "d" in bare or ("m" in bare and "h" not in bare and "s" not in bare)
    has_time = "h" in bare or "s" in bare
    return ("d" if has_day else "") + ("t" if has_time else "")


class _Strings:
    """xl/sharedStrings.xml: the texts that cells name by number. Phonetic readings are not text."""

    def __init__(self, strings: list[str]) -> None:
        self.strings = strings
        self._parts: list[str] = []
        self._is_text = self._is_phonetic = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        plain = _plain(tag)
        if plain == "t":
            self._is_text = not self._is_phonetic
        elif plain == "rPh":
            self._is_phonetic = True
        elif plain == "si":
            self._parts = []
            if len(self.strings) >= MOST_STRINGS:
                raise Unusable(_("This Excel file has more than %(most_strings)s different texts. Split it.", most_strings=f"{MOST_STRINGS:,}"))

    def end(self, tag: str) -> None:
        plain = _plain(tag)
        if plain == "t":
            self._is_text = False
        elif plain == "rPh":
            self._is_phonetic = False
        elif plain == "si":
            self.strings.append("".join(self._parts))

    def data(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)


class _Cells:
    """A sheet's XML turned into finished rows."""

    def __init__(self, strings: list[str], styles: _Styles, *, is_1904: bool) -> None:
        self.done: list[tuple[int, list[str]]] = []
        self.merged = self.wide = 0
        self._strings, self._styles, self._first_day = strings, styles, _FIRST_DAY[is_1904]
        self._row = self._at = 0
        self._cells: list[str] = []
        self._kind = self._shown = ""
        self._parts: list[str] = []
        self._is_value = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        plain = tag if ":" not in tag else _plain(tag)
        if plain == "c":
            found = _REFERENCE.match(given.get("r", ""))
            self._at = _column(found[1]) if found else self._at + 1
            self._kind = given.get("t", "n")
            self._shown = self._styles.of(given.get("s"))
            self._parts = []
        elif plain == "v" or (plain == "t" and self._kind == "inlineStr"):
            self._is_value = True
        elif plain == "row":
            self._row = _number(given.get("r")) or self._row + 1
            self._cells, self._at = [], -1
        elif plain == "mergeCell":
            self.merged += 1

    def data(self, text: str) -> None:
        if self._is_value:
            self._parts.append(text)

    def end(self, tag: str) -> None:
        plain = tag if ":" not in tag else _plain(tag)
        if plain in {"v", "t"}:
            self._is_value = False
        elif plain == "c" and self._parts:
            if self._at >= MOST_COLUMNS:
                self.wide += 1
                return
            text = self._text("".join(self._parts))
            self._cells.extend([""] * (self._at + 1 - len(self._cells)))
            self._cells[self._at] = text
        elif plain == "row" and any(self._cells):
            self.done.append((self._row, self._cells))

    def _text(self, raw: str) -> str:
        if self._kind == "s":
            at = _number(raw.strip())
            return self._strings[at] if at < len(self._strings) else ""
        if self._kind == "b":
            return "True" if raw.strip() == "1" else "False"
        if self._kind == "n":
            return _figure(raw.strip(), self._shown, self._first_day)
        return raw  # a text, the text that a formula gave, a day in ISO form, or an error like #REF!


def _column(letters: str) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


def _figure(raw: str, shown: str, first_day: datetime) -> str:
    """A number as people would write it: a day as 2026-11-22, a time as 16:00, else the shortest digits."""
    try:
        value = float(raw)
    except ValueError:
        return raw
    if shown and 0 <= value < 2_958_466:
        moment = first_day + timedelta(seconds=round(value * 86400))
        if shown == "t" or value < 1:
            return moment.strftime("%H:%M")
        return moment.strftime("%Y-%m-%d") if shown == "d" else moment.strftime("%Y-%m-%d %H:%M")
    if value != value or value in (float("inf"), float("-inf")):
        return raw
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def _sheet_rows(
    packed: zipfile.ZipFile, path: str, strings: list[str], styles: _Styles, book: _Book, notes: list[str]
) -> Iterator[tuple[int, list[str]]]:
    cells = _Cells(strings, styles, is_1904=book.is_1904)
    parser = _parser(cells.start, cells.end, cells.data)
    try:
        for block in unpack(packed, path):
            parser.Parse(block, False)
            yield from cells.done
            cells.done.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise Unusable(str(BROKEN)) from error
    yield from cells.done
    if cells.merged:
        notes.append(
            f"The sheet has {cells.merged:,} merged cells. Only the first cell of each has the text; the others count as blank."
        )
    if cells.wide:
        notes.append(f"Cells beyond column {MOST_COLUMNS} were left alone.")

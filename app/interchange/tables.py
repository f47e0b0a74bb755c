"""Comma-separated files as they come from the world: a byte-order mark, any line ends, columns in any order, rows that are broken.

`read_table` raises Unusable only when nothing could be read; a broken row is a Problem and the rows after it go on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from app.interchange.cells import clean
from app.interchange.problems import Problem, Unusable, Wrong, shown

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One row: its number as a spreadsheet counts it, and its cells by column, cleaned."""

    row: int
    cells: dict[str, str]


@dataclass
class Table:
    """A header that was understood, and the rows below it, read as they are asked for. `problems` fills meanwhile."""

    columns: frozenset[str]
    notes: list[str]
    rows: Iterator[Line]
    problems: list[Problem] = field(default_factory=list)


def decode(content: bytes) -> str:
    """The text; bytes that are not UTF-8 become lone surrogates, so that only their own cell is wrong."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unusable(_("This file is in UTF-16. Save it again as “CSV UTF-8”."))
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unusable(_("This is a spreadsheet's own file. Save it as “CSV UTF-8” and send that."))
    if content.startswith(b"%PDF"):
        raise Unusable(_("This is a PDF. A CSV or JSON file is needed."))
    return content.removeprefix(BOM).decode("utf-8", "surrogateescape")


def read_table(content: bytes, *, known: Collection[str], required: Sequence[str]) -> Table:
    """Raises Unusable when the file is empty, a required column is missing or a known one stands twice."""
    rows = records(decode(content))
    titles = next((cells for _, cells in rows if cells is None or any(cell.strip() for cell in cells)), None)
    if titles is None:
        raise Unusable(_("The file is empty or its first row cannot be read. The first row names the columns."))
    header = [clean(title).lower() for title in titles]
    _require_columns(header, known, required)
    unknown = [title for title in header if title and title not in known]
    table = Table(
        frozenset(title for title in header if title in known),
        [f"Column {shown(title)} is not one of the format's and was left alone." for title in dict.fromkeys(unknown)],
        iter(()),
    )
    table.rows = _lines(rows, header, table.columns, table.problems)
    return table


def _require_columns(header: Sequence[str], known: Collection[str], required: Sequence[str]) -> None:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise Unusable(_("The columns are separated by semicolons or tabs. Save the file with commas between the columns."))
    missing = [title for title in required if title not in header]
    if missing:
        named = ", ".join(missing)
        raise Unusable(_("The file has no column %(named)s.", named=named) if len(missing) == 1 else _("The file has no columns %(named)s.", named=named))
    twice = [title for title in dict.fromkeys(header) if title in known and header.count(title) > 1]
    if twice:
        raise Unusable(_("The column %(column)s stands in the file more than once, so it is not clear which one counts.", column=twice[0]))


def _lines(
    rows: Iterator[tuple[int, list[str] | None]], header: Sequence[str], known: frozenset[str], problems: list[Problem]
) -> Iterator[Line]:
    wanted = [(at, title) for at, title in enumerate(header) if title in known]
    for row, raw in rows:
        if raw is None:
            problems.append(Problem(
                row, "the whole row", "quotation marks that do not pair, or a cell without end",
                "cells with a comma or a quotation mark in double quotes, quotation marks inside doubled",
            ))
            continue
        if not any(cell.strip() for cell in raw):
            continue
        if any(cell.strip() for cell in raw[len(header):]):
            problems.append(Problem(
                row, "the whole row", f"{len(raw)} cells", f"{len(header)} cells, one for each column; text with a comma goes in quotes"
            ))
            continue
        yield Line(row, {title: clean(raw[at]) if at < len(raw) else "" for at, title in wanted})


class _Feed:
    """Physical lines from a place on; the csv reader takes as many as a record needs."""

    def __init__(self, lines: Sequence[str], at: int) -> None:
        self.lines = lines
        self.at = at

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self.at >= len(self.lines):
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]


def records(text: str, mark: str = ",") -> Iterator[tuple[int, list[str] | None]]:
    """Rows by number; None for one whose quotes are broken, after which reading goes on at the next line."""
    lines = list(io.StringIO(text, newline=""))
    at = row = 0
    while at < len(lines):
        feed = _Feed(lines, at)
        reader = csv.reader(feed, delimiter=mark, strict=True)
        try:
            for cells in reader:
                row += 1
                at = feed.at
                yield row, cells
            return
        except csv.Error:
            row += 1
            at += 1
            yield row, None


def write_table(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    """The same shape back: a header, commas, one line feed a row. Cells arrive safe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def read_cell(problems: list[Problem], row: int, column: str, found: str, read: Callable[[str], Any]) -> Any:
    """`read(found)`, or None with a Problem noted."""
    try:
        return read(found)
    except Wrong as wrong:
        problems.append(Problem(row, column, shown(found if wrong.found is None else wrong.found), wrong.allowed))
        return None

"""Tables of postcodes, sectors or outcodes with where they are. Pure: no database; rows stream, the biggest table has 2.7 million.

Understood by their columns: tables with latitude and longitude, ONS Postcode Directory (pcds, lat, long), and Code-Point Open
(eastings and northings, with or without a first row of titles).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.interchange.cells import clean, is_storable
from app.interchange.grid import apart_km, is_on_grid, to_degrees
from app.interchange.problems import Problem, Unusable, Wrong, shown
from app.shared.forms import POSTCODE, tidy_postcode

CODE = ("pcds", "postcode", "pcd", "pcd7", "pcd8", "pcd2", "pc", "sector", "outcode")
LATITUDE = ("lat", "latitude")
LONGITUDE = ("long", "lon", "lng", "longitude")
EASTING = ("eastings", "easting", "ea", "oseast1m", "east1m")
NORTHING = ("northings", "northing", "no", "osnrth1m", "north1m")
PLACE = ("town", "borough", "place")
ENDED = ("doterm", "date_of_termination")  # the month in which Royal Mail gave the postcode up
OPEN_TITLES = ("postcode", "quality", "eastings", "northings")  # Code-Point Open keeps its titles in another file
MOST_PROBLEMS = 1_000
"""More wrong rows than these are counted, not listed."""

OFF_THE_GRID = {"BT", "GY", "JE", "IM"}
"""Northern Ireland, the Channel Islands and Man have grids of their own."""
DISAGREEMENT_KM = 2.0

_OUTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
_SECTOR = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ([0-9])")


@dataclass(frozen=True)
class PostcodeRow:
    """A postcode (W10 5BN), a sector (W10 5) or an outcode (W10), its middle, and what the place is called."""

    code: str
    latitude: float
    longitude: float
    place: str


def tidy_code(text: str) -> str | None:
    """The code as it is kept, or None for what is neither a postcode nor a sector nor an outcode."""
    upper = " ".join(text.upper().split())
    if _OUTCODE.fullmatch(upper):
        return upper
    sector = _SECTOR.fullmatch(upper)
    if sector:
        return f"{sector[1]} {sector[2]}"
    full = tidy_postcode(upper)
    return full if POSTCODE.match(full) else None


def wider_codes(code: str) -> list[str]:
    """The code and what lies around it, nearest first: W10 5BN, W10 5, W10."""
    out, _, rest = code.partition(" ")
    return [code, *([f"{out} {rest[0]}"] if len(rest) == 3 else []), *([out] if rest else [])]


class PostcodeFile:
    """A table being read. `rows()` streams the right ones; afterwards `problems`, `wrong`, `placeless` and `ended` are complete."""

    def __init__(self, lines: Iterable[str], *, with_ended: bool = False) -> None:
        """`with_ended` takes postcodes too that are no longer in use. Raises Unusable when the columns are not those of a table of postcodes."""
        self.problems: list[Problem] = []
        self.wrong = 0
        self.placeless = 0
        self.ended = 0
        self._with_ended = with_ended
        self._reader = csv.reader(lines)
        first = next(self._cells(), None)
        if first is None:
            raise Unusable(_("The file is empty or its first row cannot be read. The first row names the columns."))
        self._pending: list[tuple[int, list[str]]] = []
        row, titles = first
        if _is_code_point_open(titles):
            self._pending.append((row, titles))
            titles = list(OPEN_TITLES)
        self._at = _Columns.find([clean(title).lower() for title in titles])

    def rows(self) -> Iterator[PostcodeRow]:
        while self._pending:
            yield from self._row(*self._pending.pop())
        for row, cells in self._cells():
            yield from self._row(row, cells)

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        row = getattr(self, "_last", 0)
        while True:
            row += 1
            self._last = row
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                self._note(Problem(row, "the whole row", "a cell without end", "cells of a few characters"))
                continue
            if any(cell.strip() for cell in cells):
                yield row, cells

    def _row(self, row: int, raw: Sequence[str]) -> Iterator[PostcodeRow]:
        cells = [clean(cell) for cell in raw]
        if not self._with_ended and _cell(cells, self._at.ended):
            self.ended += 1
            return
        try:
            code = tidy_code(self._at.code_in(cells))
            if code is None:
                raise _At("postcode", self._at.code_in(cells), "a postcode (W10 5BN), a sector (W10 5) or an outcode (W10)")
            place = self._at.place_in(cells)
            where = self._at.where(cells)
        except _At as wrong:
            self._note(Problem(row, wrong.column, shown(wrong.found or ""), wrong.allowed))
            return
        if where is None:
            self.placeless += 1
            return
        yield PostcodeRow(code, *where, place)

    def _note(self, problem: Problem) -> None:
        self.wrong += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


class _At(Wrong):
    def __init__(self, column: str, found: str, allowed: str) -> None:
        super().__init__(allowed, found)
        self.column = column


def _is_code_point_open(cells: Sequence[str]) -> bool:
    return len(cells) >= 4 and POSTCODE.match(tidy_postcode(cells[0])) is not None and all(c.strip().isdecimal() for c in cells[1:4])


@dataclass(frozen=True)
class _Columns:
    """Where in a row the things stand."""

    code: int
    latitude: int | None
    longitude: int | None
    easting: int | None
    northing: int | None
    place: int | None
    ended: int | None

    @classmethod
    def find(cls, titles: Sequence[str]) -> _Columns:
        def at(names: Sequence[str]) -> int | None:
            return next((titles.index(name) for name in names if name in titles), None)

        code = at(CODE)
        found = cls(code if code is not None else -1, at(LATITUDE), at(LONGITUDE), at(EASTING), at(NORTHING), at(PLACE), at(ENDED))
        if code is None:
            raise Unusable(_("The file has no column postcode, sector, outcode or pcds."))
        if None in (found.latitude, found.longitude) and None in (found.easting, found.northing):
            raise Unusable(_("The file has neither columns latitude and longitude nor eastings and northings."))
        return found

    def code_in(self, cells: Sequence[str]) -> str:
        return cells[self.code] if self.code < len(cells) else ""

    def place_in(self, cells: Sequence[str]) -> str:
        text = _cell(cells, self.place)
        if not is_storable(text):
            raise _At("place", text, "text in UTF-8, without NUL or other control characters")
        return text[:120]

    def where(self, cells: Sequence[str]) -> tuple[float, float] | None:
        """Degrees, or None where the table itself says that it does not know."""
        if self.latitude is not None and self.longitude is not None:
            where = _degrees(_cell(cells, self.latitude), _cell(cells, self.longitude))
            self._require_agreement(cells, where)
            return where
        return _grid(_cell(cells, self.easting), _cell(cells, self.northing))

    def _require_agreement(self, cells: Sequence[str], where: tuple[float, float] | None) -> None:
        """Where a row has degrees and a National Grid reference, both must mean the same place."""
        if where is None or cells[self.code][:2].upper() in OFF_THE_GRID:
            return
        east, north = _cell(cells, self.easting), _cell(cells, self.northing)
        grid = _grid(east, north) if _NUMBER.fullmatch(east) and _NUMBER.fullmatch(north) else None
        if grid is not None and apart_km(where, grid) > DISAGREEMENT_KM:
            raise _At("latitude", f"{where[0]} {where[1]} beside {east} {north}", "degrees and eastings, northings of one place")


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""


def _degrees(lat: str, lon: str) -> tuple[float, float] | None:
    if not lat and not lon:
        return None
    latitude, longitude = _number("latitude", lat, "degrees from -90 to 90"), _number("longitude", lon, "degrees from -180 to 180")
    if 99 < latitude < 100:  # how the ONS Postcode Directory writes "not known"
        return None
    if not -90 <= latitude <= 90:
        raise _At("latitude", lat, "degrees from -90 to 90")
    if not -180 <= longitude <= 180:
        raise _At("longitude", lon, "degrees from -180 to 180")
    return latitude, longitude


def _grid(east: str, north: str) -> tuple[float, float] | None:
    if not east and not north:
        return None
    easting, northing = _number("eastings", east, "metres"), _number("northings", north, "metres")
    if easting == northing == 0:  # how Code-Point Open writes "not known"
        return None
    if not is_on_grid(easting, northing):
        raise _At("eastings", f"{east} {north}", "metres on the National Grid")
    return to_degrees(easting, northing)


_NUMBER = re.compile(r"[+-]?\d{1,7}(\.\d{1,20})?([eE][+-]?\d{1,2})?", re.ASCII)


def _number(column: str, text: str, allowed: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise _At(column, text, allowed)
    return float(text)

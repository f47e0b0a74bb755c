"""catalogue.csv: one offering a row, in and out. Pure: no database.

A blank cell means what BLANK says; docs/imports.md lists the same. Reading what `print_catalogue` wrote gives the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.catalogue.exchange import OfferingRecord
from app.catalogue.models import ACCESSIBILITY, NEEDS, Delivery, Gender, OfferingKind, Season
from app.interchange import cells
from app.interchange.problems import Problem, Reading, shown
from app.interchange.tables import Line, read_cell, read_table, write_table

OLDEST = 25
MOST_PLACES = 9_000
LONGEST_PROSE = 20_000


REQUIRED = object()


@dataclass(frozen=True)
class Column:
    """One column: the field it fills, how a cell is read and written, and what a blank cell means."""

    title: str
    field: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    blank: Any = REQUIRED

    @property
    def is_required(self) -> bool:
        return self.blank is REQUIRED


def _listed(check: Callable[[list[str]], list[str]]) -> Callable[[str], list[str]]:
    return lambda text: check(cells.bars(text))


def _bars_text(items: Iterable[str]) -> str:
    return cells.safe("|".join(item.replace("|", "/") for item in items))


def _slots(text: str) -> list[dict[str, str]]:
    return [cells.slot(part) for part in cells.bars(text)]


def _text(longest: int) -> Callable[[str], str]:
    return partial(cells.line, longest=longest)


def _whole(low: int, high: int) -> Callable[[str], int]:
    return partial(cells.whole, low=low, high=high)


def _maybe(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "" if value is None else write(value)


_AGE = _whole(0, OLDEST)

COLUMNS = (
    Column("id", "ref", _text(200), cells.safe),
    Column("title", "title", _text(200), cells.safe),
    Column("provider", "provider", _text(200), cells.safe),
    Column("kind", "kind", cells.choice(OfferingKind), str),
    Column("description", "description", partial(cells.prose, longest=LONGEST_PROSE), cells.safe, ""),
    Column("interests", "interests", cells.bars, _bars_text, ()),
    Column("needs", "needs", _listed(partial(cells.needs, known=NEEDS)), _bars_text, ()),
    Column("age_min", "age_min", _AGE, str),
    Column("age_max", "age_max", _AGE, str),
    Column("town", "town", _text(120), cells.safe, ""),
    Column("postcode_area", "postcode_area", _text(10), cells.safe, ""),
    Column("region", "region", _text(120), cells.safe, ""),
    Column("lat", "latitude", partial(cells.degrees, limit=90), _maybe(cells.number_text), None),
    Column("lon", "longitude", partial(cells.degrees, limit=180), _maybe(cells.number_text), None),
    Column("delivery", "delivery", cells.choice(Delivery), str),
    Column("home_visit_radius_km", "home_visit_radius_km", cells.kilometres, _maybe(cells.number_text), None),
    Column("sessions", "slots", _slots, lambda slots: "|".join(cells.slot_text(slot) for slot in slots), ()),
    Column("by_arrangement", "is_by_arrangement", cells.flag, str, False),
    Column("term", "season", cells.choice(Season), str, None),
    Column("cost_gbp", "cost_pence", cells.pence, cells.pounds_text, 0),
    Column("capacity", "capacity", _whole(0, MOST_PLACES), _maybe(str), None),
    Column("places_left", "places_left", _whole(0, MOST_PLACES), _maybe(str), None),
    Column("languages", "languages", _listed(cells.languages), _bars_text, ("en",)),
    Column("gender", "gender", cells.choice(Gender), str, Gender.ANY),
    Column("step_free", "is_step_free", cells.flag, str, False),
    Column("accessibility", "accessibility", _listed(partial(cells.among, allowed=ACCESSIBILITY)), _bars_text, ()),
    Column("sibling_min_age", "sibling_min_age", _AGE, _maybe(str), None),
    Column("parent_must_stay", "must_parent_stay", cells.flag, str, False),
    Column("group_size", "group_size", _whole(1, MOST_PLACES), _maybe(str), None),
    Column("referrals_last_year", "referrals_last_year", _whole(0, 1_000_000), str, 0),
)
"""In the order of the format; `kith export catalogue` writes them so."""

TITLES = tuple(column.title for column in COLUMNS)
FIELD_OF = {column.title: column.field for column in COLUMNS}


def read_catalogue(content: bytes) -> Reading[OfferingRecord]:
    """Every right row, every wrong one by row and column. Raises Unusable when the file as a whole cannot be read."""
    table = read_table(content, known=TITLES, required=[column.title for column in COLUMNS if column.is_required])
    reading: Reading[OfferingRecord] = Reading(
        problems=table.problems, notes=table.notes, columns=frozenset(FIELD_OF[title] for title in table.columns)
    )
    missing = [title for title in TITLES if title not in table.columns]
    if missing:
        reading.notes.append(
            f"The file has no column {', '.join(missing)}: new offerings take what a blank cell means, known ones keep what they have."
        )
    seen: dict[str, int] = {}
    for line in table.rows:
        if line.cells.get("id"):
            reading.seen.add(line.cells["id"])
        row = read_row(line, reading.problems)
        if row is None:
            continue
        if row.ref in seen:
            reading.problems.append(
                Problem(line.row, "id", shown(row.ref), f"each id once in a file; it stands already in row {seen[row.ref]}")
            )
            continue
        seen[row.ref] = line.row
        reading.rows.append((line.row, row))
    reading.problems.sort(key=lambda problem: problem.row)
    return reading


def read_row(line: Line, problems: list[Problem]) -> OfferingRecord | None:
    """One row of cleaned cells; None when something in it is wrong, which is noted."""
    before = len(problems)
    values: dict[str, Any] = {}
    for column in COLUMNS:
        text = line.cells.get(column.title, "")
        if text:
            values[column.field] = read_cell(problems, line.row, column.title, text, column.read)
        elif column.is_required:
            problems.append(Problem(line.row, column.title, "", "something in this cell; it may not be blank"))
        else:
            values[column.field] = list(column.blank) if isinstance(column.blank, tuple) else column.blank
    if len(problems) > before:
        return None
    for title, allowed in _contradictions(values, line.cells):
        problems.append(Problem(line.row, title, shown(line.cells.get(title, "")), allowed))
    if len(problems) > before:
        return None
    if values["season"] is None:
        values["season"] = _season_of(values["slots"])
    return OfferingRecord(**values)


def _contradictions(values: Mapping[str, Any], raw: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """What no cell shows by itself: (column, what is allowed)."""
    if values["age_min"] > values["age_max"]:
        yield "age_max", f"age_min or more, so a whole number from {values['age_min']} to {OLDEST}"
    if (values["latitude"] is None) != (values["longitude"] is None):
        yield ("lat" if values["latitude"] is None else "lon"), "lat and lon both given or both blank"
    is_home = values["delivery"] is Delivery.HOME
    if is_home and values["home_visit_radius_km"] is None:
        yield "home_visit_radius_km", "kilometres, because delivery is home"
    if not is_home and values["home_visit_radius_km"] is not None:
        yield "home_visit_radius_km", "blank, unless delivery is home"
    capacity, left = values["capacity"], values["places_left"]
    if capacity is None and left is not None:
        yield "capacity", "a whole number, because places_left is given"
    elif capacity is not None and (left is None or left > capacity):
        yield "places_left", f"a whole number from 0 to capacity, which is {capacity}"
    elif capacity is None and values["kind"] is OfferingKind.COMMISSIONED:
        yield "capacity", "a whole number; only offerings that are not commissioned may leave capacity and places_left blank"
    if values["kind"] is OfferingKind.PAID_COMMUNITY and not raw.get("cost_gbp"):
        yield "cost_gbp", "pounds and pence, because families pay for paid_community; 0 if they do not"


def _season_of(slots: list[dict[str, str]]) -> Season:
    """A blank term says what the sessions say."""
    seasons = {slot["season"] for slot in slots}
    if seasons == {"term", "holiday"}:
        return Season.BOTH
    return Season.HOLIDAY if seasons == {"holiday"} else Season.TERM


def print_catalogue(rows: Iterable[OfferingRecord]) -> str:
    """The file again: same columns, same order, spreadsheet formulas made harmless."""
    return write_table(TITLES, ([column.write(getattr(row, column.field)) for column in COLUMNS] for row in rows))

"""Public libraries in England, as Arts Council England's yearly list gives them, and where they are. Pure: no database.

Which stay out: closed ones, those closed for a time, and libraries of prisons. A mobile library has a base, not a place.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from app.interchange.cells import degrees, line
from app.interchange.postcodes import tidy_code
from app.interchange.problems import Problem, Reading, Unusable, Wrong, shown
from app.interchange.tables import Line, read_cell, read_table

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COLUMNS = (
    "reporting", "name", "address1", "address2", "address3", "authority", "postcode", "type", "closed", "operation_23", "email", *DAYS,
)
REQUIRED = ("name", "authority", "postcode", "type", "closed")
_PRISON = re.compile(r"\b(prison|hmp|yoi)\b", re.IGNORECASE)
_SHUT = {"closed", "n/a closed", "", "[unknown]", "no regular opening"}
_PLAIN_WORDS = {"the", "and", "library", "libraries", "community", "london", "road", "street", "lane"}


@dataclass(frozen=True)
class LibraryRow:
    """One open library. `ref` stays the same from year to year: authority and name."""

    ref: str
    name: str
    authority: str
    address: str
    town: str
    postcode: str
    email: str
    open_days: tuple[str, ...]
    is_mobile: bool


@dataclass
class LibraryReading(Reading[LibraryRow]):
    """`left_out` says which did not come along, by reason; `doubtful` the refs whose postcode is also another address's.

    `authorities` are those that were asked for, as they stand at the beginning of a ref.
    """

    left_out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    doubtful: set[str] = field(default_factory=set)
    authorities: frozenset[str] = frozenset()


def read_libraries(content: bytes, authorities: Sequence[str]) -> LibraryReading:
    """The open libraries of these authorities. Raises Unusable for another kind of file or an authority that is not in it."""
    table = read_table(content, known=COLUMNS, required=REQUIRED)
    lines = list(table.rows)
    wanted = _named(authorities, {name for row in lines if (name := _authority(row))})
    reading = LibraryReading(problems=table.problems, authorities=frozenset(_slug(name) for name in wanted))
    refs: dict[str, int] = {}
    for row in lines:
        if _authority(row) not in wanted:
            continue
        library = _read_library(row, reading)
        if library is None:
            continue
        if library.ref in refs:
            reading.problems.append(Problem(
                row.row, "name", shown(library.name), f"each library once; row {refs[library.ref]} has this name and place already"
            ))
            continue
        refs[library.ref] = row.row
        reading.rows.append((row.row, library))
    _doubt_shared_postcodes(reading)
    return reading


def _authority(row: Line) -> str:
    return row.cells.get("authority", "") or row.cells.get("reporting", "")


def _named(authorities: Sequence[str], known: set[str]) -> set[str]:
    by_name = {name.lower(): name for name in known}
    found = set()
    for typed in authorities:
        name = by_name.get(" ".join(typed.lower().split()))
        if name is None:
            near = difflib.get_close_matches(typed, sorted(known), 3, 0.5)
            hint = f" Nearest: {'; '.join(near)}." if near else ""
            raise Unusable(_("No library in this file belongs to the authority %(shown)s.%(hint)s", shown=shown(typed), hint=hint))
        found.add(name)
    return found


def _read_library(row: Line, reading: LibraryReading) -> LibraryRow | None:
    cells = row.cells
    before = len(reading.problems)
    texts = {
        name: read_cell(reading.problems, row.row, name, cells.get(name, ""), lambda text: line(text, 200))
        for name in ("name", "address1", "address2", "address3", "authority", "reporting", "email")
    }
    if not cells["name"]:
        reading.problems.append(Problem(row.row, "name", "", "the library's name"))
    if len(reading.problems) > before:
        return None
    why = _why_left_out(cells)
    if why:
        reading.left_out[why].append(texts["name"])
        return None
    authority = texts["authority"] or texts["reporting"]
    postcode = tidy_code(cells["postcode"]) or ""
    is_mobile = "mobile" in f"{cells['type']} {texts['name']}".lower()
    parts = [part for name in ("address1", "address2", "address3") if (part := texts[name].strip(" ,"))]
    return LibraryRow(
        ref=_ref(authority, texts["name"], reading, postcode), name=_full_name(texts["name"], is_mobile=is_mobile), authority=authority,
        address=", ".join(parts)[:300], town=(texts["address2"] or authority)[:120], postcode=postcode,
        email=texts["email"].strip(" ,").lower(),
        open_days=tuple(day for day in DAYS if cells.get(day, "").lower() not in _SHUT), is_mobile=is_mobile,
    )


def _why_left_out(cells: Mapping[str, str]) -> str:
    operation = cells.get("operation_23", "").lower()
    if "prison" in cells["type"].lower() or _PRISON.search(cells["name"]):
        return "in a prison"
    if cells["closed"] or operation == "closed":
        return "closed"
    return "closed for the time being" if operation == "temporary closure" else ""


def _ref(authority: str, name: str, reading: LibraryReading, postcode: str) -> str:
    """Authority and name; the postcode too for the second of a name."""
    plain = f"{_slug(authority)}/{_slug(name)}"
    taken = {row.ref for _, row in reading.rows}
    return f"{plain}/{_slug(postcode)}"[:200] if plain in taken else plain[:200]


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def _full_name(name: str, *, is_mobile: bool) -> str:
    """The lists often leave the word out: "Askew Road" is Askew Road Library."""
    has_word = is_mobile or re.search(r"librar|archive|local (history|studies)|hub|centre", name, re.IGNORECASE)
    return name if has_word else f"{name} Library"


def _doubt_shared_postcodes(reading: LibraryReading) -> None:
    """Two libraries in different streets with one postcode: one of the postcodes may be wrong, and nothing here says which."""
    by_postcode: dict[str, list[LibraryRow]] = defaultdict(list)
    for _row, library in reading.rows:
        if library.postcode and not library.is_mobile:
            by_postcode[library.postcode].append(library)
    for postcode, sharing in by_postcode.items():
        streets = [_telling_words(library.address.partition(",")[0]) for library in sharing]
        if len(sharing) > 1 and not set.intersection(*streets):
            reading.doubtful |= {library.ref for library in sharing}
            named = " and ".join(f"{library.name} ({library.address.partition(',')[0]})" for library in sharing)
            reading.notes.append(
                f"{named} have one postcode, {postcode}, but different streets: one of the postcodes may be wrong. "
                "Their places are marked as approximate until somebody checks them."
            )


def _telling_words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.lower().replace("'", ""))) - _PLAIN_WORDS


# --- where they are ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spot:
    """One library of the 2016 list, which has coordinates."""

    name: str
    latitude: float
    longitude: float


Spots = Mapping[str, Sequence[Spot]]
"""By postcode."""


def read_coordinates(content: bytes) -> Spots:
    """Raises Unusable for another kind of file. Rows without a usable place are left out: they place nothing."""
    table = read_table(content, known=("name", "postcode", "lat", "lng"), required=("name", "postcode", "lat", "lng"))
    spots: dict[str, list[Spot]] = defaultdict(list)
    for row in table.rows:
        code = tidy_code(row.cells["postcode"])
        try:
            spot = Spot(row.cells["name"], degrees(row.cells["lat"], 90), degrees(row.cells["lng"], 180))
        except Wrong:
            continue
        if code:
            spots[code].append(spot)
    return spots


def find_spot(library: LibraryRow, spots: Spots) -> Spot | None:
    """The place at the library's postcode; of several the one whose name is most like it."""
    if library.is_mobile:
        return None
    at = spots.get(library.postcode, ())
    return max(at, key=lambda spot: _likeness(library.name, spot.name), default=None)


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, _slug(one), _slug(other)).ratio()


def opening(days: Iterable[str]) -> str:
    """A sentence for the description: the list says on which days, not at which times."""
    named = [day.title() for day in days]
    if not named:
        return "Ask when it is open."
    if len(named) == 7:
        return "Open every day."
    if named == [day.title() for day in DAYS[:5]]:
        return "Open on weekdays."
    return f"Open on {', '.join(named[:-1])} and {named[-1]}." if len(named) > 1 else f"Open on {named[0]}."

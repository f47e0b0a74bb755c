"""A school's file read by its columns: whose row it is, and the figures in it. Pure: nothing here knows the database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext as _

from app.children import measuring
from app.interchange.problems import Problem, shown
from app.interchange.school_columns import PEOPLE, TARGETS
from app.interchange.sheets import Sheet
from app.shared.errors import Invalid

_DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d/%m/%y")
_BLANK = {"", "-", "n/a", "na", "null", "#n/a"}
MOST_ROWS = 2_000


@dataclass(frozen=True)
class SchoolRow:
    """`figures` are tenths by code."""

    row: int
    key: str
    first_name: str
    last_name: str
    born_on: date | None
    school_year: str
    figures: Mapping[str, int]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def called(self) -> str:
        return self.name or self.key


@dataclass
class SchoolRows:
    rows: list[SchoolRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_rows(sheet: Sheet, rules: Mapping[str, str], *, today: date) -> SchoolRows:
    """Wrong cells are problems by row and column, and the row goes on without them; a row that names nobody is left out whole."""
    found = SchoolRows(problems=list(sheet.problems))
    if len(sheet.rows) > MOST_ROWS:
        raise Invalid(_("The file has %(number)s rows; a school’s file has at most %(most_rows)s. Split it.", number=f"{len(sheet.rows):,}", most_rows=f"{MOST_ROWS:,}"), field="file")
    places = {name: sheet.at(column) for name, column in rules.items()}
    for row, cells in sheet.rows:
        said = {name: "" if cells[at].strip().lower() in _BLANK else cells[at].strip() for name, at in places.items()}
        line = _row(row, said, rules, found.problems, today)
        if line is not None:
            found.rows.append(line)
    return found


def _row(row: int, said: Mapping[str, str], rules: Mapping[str, str], problems: list[Problem], today: date) -> SchoolRow | None:
    first, last = said.get("first_name", ""), said.get("last_name", "")
    if said.get("full_name"):
        first, last = split_name(said["full_name"])
    born = None
    if said.get("born_on"):
        born = read_day(said["born_on"], today)
        if born is None:
            problems.append(Problem(row, rules["born_on"], shown(said["born_on"]), "a day like 23/11/2016"))
    key = re.sub(r"\s+", "", said.get("key", "")).upper()
    if len(key) > 40:
        problems.append(Problem(row, rules["key"], shown(key), "a number of at most 40 letters and digits"))
        key = ""
    if not key and not (first and last):
        problems.append(Problem(row, "the whole row", "neither a number nor a name", "something that says whose row it is"))
        return None
    figures = {}
    for name, text in said.items():
        target = TARGETS[name]
        if name in PEOPLE or not text or target.informant is None:
            continue
        try:
            figures[target.code] = measuring.read(measuring.FIGURES[target.code], target.informant, text)
        except Invalid:
            problems.append(Problem(row, rules[name], shown(text), measuring.allowed(measuring.FIGURES[target.code], target.informant)))
    return SchoolRow(row, key, first[:80], last[:80], born, year_words(said.get("school_year", "")), figures)


def split_name(text: str) -> tuple[str, str]:
    """"Okafor, Amara" or "Amara Okafor"."""
    if "," in text:
        last, _, first = text.partition(",")
        return " ".join(first.split()), " ".join(last.split())
    words = text.split()
    return (words[0], " ".join(words[1:])) if words else ("", "")


def read_day(text: str, today: date) -> date | None:
    tidy = re.split(r"[ T]\d{1,2}:\d\d", text.strip())[0]
    for shape in _DAYS:
        try:
            day = datetime.strptime(tidy, shape).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
        if day > today and shape.endswith("%y"):
            day = day.replace(year=day.year - 100)
        return day if date(today.year - 30, 1, 1) <= day <= today else None
    return None


def year_words(text: str) -> str:
    """"5", "Yr 5" and "Year 5" are "Year 5"; R and "Reception" are Reception."""
    found = re.fullmatch(r"(?:year|yr|y|nc year)?\s*(\d{1,2})[a-z]{0,2}", text.strip().lower())
    if found:
        return f"Year {int(found[1])}" if int(found[1]) else "Reception"
    return "Reception" if text.strip().lower() in {"r", "reception", "rec"} else text.strip()[:20]


def alike(text: str) -> str:
    """A name without what people write differently."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if c.isalpha())

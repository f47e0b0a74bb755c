"""Term dates and holidays as schools and councils hand them out: a CSV file, or an iCalendar file. Pure: bytes in, days out.

CSV: a heading row with name, from and to (or: title, starts, ends), and kind where there is one: term, or anything else for closed days.
iCalendar: one event for each stretch. What is called a term is a term ("Autumn term"), except where the name says that it is closed
(half-term, holiday, INSET, bank holiday). Days are both included; an iCalendar end is the day after, as the standard has it.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from icalendar import Calendar

from app.shared.errors import Invalid

MOST = 400
CLOSED = re.compile(r"half[ -]?term|holiday|break|inset|training|closed|closure|bank|vacation|strike|snow", re.IGNORECASE)
TERM = re.compile(r"\bterm\b|\bsemester\b|school (days|open)|pupils in", re.IGNORECASE)
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%A %d %B %Y")
NAMES = {
    "name": ("name", "title", "summary", "term", "description"), "from": ("from", "starts", "start", "starts_on", "start date", "first day"),
    "to": ("to", "ends", "end", "ends_on", "end date", "last day"), "kind": ("kind", "type"),
}


@dataclass(frozen=True)
class Stretch:
    """Some days of a school, both included. `is_term`: open; else closed."""

    name: str
    starts_on: date
    ends_on: date
    is_term: bool


def read(content: bytes) -> list[Stretch]:
    """In order of their days. Raises Invalid, saying in which line what cannot be read."""
    if not content.strip():
        raise Invalid(_("The file is empty."), field="file")
    text = content.decode("utf-8-sig", errors="replace")
    found = _calendar(content) if "BEGIN:VCALENDAR" in text[:2000].upper() else _table(text)
    if not found:
        raise Invalid(_("There are no days in this file."), field="file")
    if len(found) > MOST:
        raise Invalid(_("That is more than %(most)s stretches of days: too many for one school.", most=MOST), field="file")
    return sorted(set(found), key=lambda one: (one.starts_on, one.ends_on, one.name))


def _table(text: str) -> list[Stretch]:
    first = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ","))
    heading = [cell.strip().lower() for cell in rows[0]]
    columns = {key: next((heading.index(name) for name in names if name in heading), None) for key, names in NAMES.items()}
    if columns["name"] is None or columns["from"] is None:
        raise Invalid(_("The first row names the columns: name, from, to, and kind if you like."), field="file")
    return [_row(row, columns, number) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]


def _row(row: list[str], columns: dict[str, int | None], number: int) -> Stretch:
    def cell(key: str) -> str:
        at = columns[key]
        return row[at].strip() if at is not None and at < len(row) else ""

    name, kind = cell("name")[:60], cell("kind").lower()
    starts = _day(cell("from"), number)
    ends = _day(cell("to"), number) if cell("to") else starts
    return _stretch(name, starts, ends, kind == "term" if kind else _is_term(name), _("line %(number)s", number=number))


def _day(typed: str, number: int) -> date:
    for shape in DAYS:
        try:
            return datetime.strptime(typed, shape).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    raise Invalid(_("“%(typed)s” in line %(number)s is not a day. It looks like 2027-01-04 or 4/1/2027.", typed=typed, number=number), field="file")


def _calendar(content: bytes) -> list[Stretch]:
    try:
        events = Calendar.from_ical(content).walk("VEVENT")
    except ValueError as error:
        raise Invalid(_("This calendar file cannot be read. Export it again, or use a CSV file."), field="file") from error
    found = []
    for number, event in enumerate(events, 1):
        name = str(event.get("summary", ""))[:60]
        if event.get("dtstart") is None:
            raise Invalid(_("Event %(number)s (“%(name)s”) has no first day.", number=number, name=name), field="file")
        begins = event.decoded("dtstart")
        finishes = event.decoded("dtend") if event.get("dtend") is not None else None
        starts = _plain(begins)
        ends = starts if finishes is None else _plain(finishes)
        if finishes is not None and not isinstance(finishes, datetime):
            ends = max(starts, ends - timedelta(days=1))
        found.append(_stretch(name, starts, ends, _is_term(name), _("event %(number)s", number=number)))
    return found


def _plain(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _is_term(name: str) -> bool:
    return bool(TERM.search(name)) and not CLOSED.search(name)


def _stretch(name: str, starts: date, ends: date, is_term: bool, where: str) -> Stretch:
    if not name:
        raise Invalid(_("There is no name in %(where)s.", where=where), field="file")
    if ends < starts or (ends - starts).days > 366:
        raise Invalid(_("The days of “%(name)s” (%(where)s) are not in order, or longer than a year.", name=name, where=where), field="file")
    return Stretch(name, starts, ends, is_term)

"""Term dates from the files that schools and councils hand out."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.accounts.models import Role
from app.accounts.queries import school_days
from app.accounts.services.schools import Imported, import_days
from app.accounts.term_dates import Stretch, read
from app.shared.db import db
from app.shared.errors import Invalid, NotFound
from tests import factories

CSV = b"""Name,From,To,Kind
Autumn term,2026-09-02,18/12/2026,term
Half-term,26/10/2026,30 October 2026,closed
INSET day,2026-11-27,,
Spring term,4/1/2027,25/3/2027,
"""
ICS = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//council//EN\r
BEGIN:VEVENT\r
UID:1\r
SUMMARY:Autumn term\r
DTSTART;VALUE=DATE:20260902\r
DTEND;VALUE=DATE:20261219\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
SUMMARY:Autumn half term holiday\r
DTSTART;VALUE=DATE:20261026\r
DTEND;VALUE=DATE:20261031\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:3\r
SUMMARY:INSET day\r
DTSTART;VALUE=DATE:20261127\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_a_csv_file_and_a_calendar_file_say_the_same_days() -> None:
    table, calendar = read(CSV), read(ICS)
    assert table[0] == calendar[0] == Stretch("Autumn term", date(2026, 9, 2), date(2026, 12, 18), True)
    assert [(one.starts_on, one.ends_on, one.is_term) for one in calendar[1:]] == [
        (one.starts_on, one.ends_on, one.is_term) for one in table[1:3]
    ] == [(date(2026, 10, 26), date(2026, 10, 30), False), (date(2026, 11, 27), date(2026, 11, 27), False)]
    assert table[3].is_term


def test_a_file_that_cannot_be_read_says_where() -> None:
    for content, says in (
        (b"", "empty"), (b"a,b\n1,2\n", "first row names the columns"), (b"name,from,to\nX,soon,\n", "“soon” in line 2"),
        (b"name,from,to\nX,2026-09-02,2026-09-01\n", "not in order"), (b"name,from\n", "no days"), (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "cannot be read|no days"),
    ):
        with pytest.raises(Invalid, match=says):
            read(content)


def test_reading_the_file_again_changes_nothing_and_a_new_one_replaces_the_terms_it_overlaps(app: Flask) -> None:
    zone = factories.make_zone()
    manager, school = factories.make_person(Role.ZONE_MANAGER, zone), factories.make_school(zone, with_terms=False)
    assert import_days(school_id=school.id, content=CSV, actor=manager) == Imported(terms=2, closures=2, known=0, replaced=0)
    assert import_days(school_id=school.id, content=CSV, actor=manager) == Imported(terms=0, closures=0, known=4, replaced=0)
    longer = CSV.replace(b"18/12/2026", b"2026-12-19")
    assert import_days(school_id=school.id, content=longer, actor=manager) == Imported(terms=1, closures=0, known=3, replaced=1)
    days = school_days(school.id)
    assert days.after(date(2026, 10, 23), 1) == date(2026, 11, 2)
    assert not days.is_school_day(date(2026, 11, 27))
    with pytest.raises(Invalid, match="overlap"):
        import_days(school_id=school.id, content=b"name,from,to\nTerm A,2027-04-12,2027-05-20\nTerm B,2027-05-01,2027-07-20\n", actor=manager)
    with pytest.raises(NotFound):
        import_days(school_id=school.id, content=CSV, actor=factories.make_person(Role.ZONE_MANAGER, factories.make_zone()))
    db.session.rollback()

"""Any table that somebody keeps is read or refused with a sentence: encodings, marks, workbooks, bombs, and what people write in cells."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import load_workbook

from app.interchange import packed, sheets
from app.interchange.problems import Unusable
from app.interchange.sheets import Sheet, read_sheets
from app.interchange.timetables import slots
from app.interchange.understanding import ages, price
from tests.interchange.tables import CLUBS, as_csv, as_workbook, as_zip


def read(content: bytes, name: str = "clubs.csv") -> Sheet:
    (sheet,) = read_sheets([(name, content)])
    return sheet


def test_the_same_table_is_read_whatever_it_is_kept_as() -> None:
    plain = read(as_csv(CLUBS))
    for name, content in {
        "semicolons": as_csv(CLUBS, ";"), "tabs": as_csv(CLUBS, "\t"), "utf-16": as_csv(CLUBS, encoding="utf-16"), "mark": b"\xef\xbb\xbf" + as_csv(CLUBS),
        "windows": as_csv(CLUBS, encoding="cp1252"), "workbook": as_workbook(CLUBS), "zip": as_zip({"a/clubs.csv": as_csv(CLUBS), "__MACOSX/x.csv": b"x"}),
        "title rows above": as_csv([["Clubs of the borough, 2026"], [""], *CLUBS]),
    }.items():
        sheet = read(content, "named.xlsx")
        assert (sheet.titles, [cells for _, cells in sheet.rows]) == (plain.titles, [cells for _, cells in plain.rows]), name


def test_odd_tables_are_read_and_what_is_odd_is_said() -> None:
    twice = read(b"Name,Name,,Age\na,b,c,1\n")
    assert twice.titles == ["Name", "Name (2)", "Column C", "Age"]
    assert "one name" in twice.notes[0]
    assert read(b"Ref,Title\n").rows == []
    broken = read(b'Ref,Title\n1,"open\n2,fine\n3,"also ""fine"""\n')
    assert [cells for _, cells in broken.rows] == [["2", "fine"], ["3", 'also "fine"']]
    assert [problem.row for problem in broken.problems] == [2]
    assert any("Windows-1252" in note for note in read("Ref,Title\n1,Caf\u00e9 \u00a35\n".encode("cp1252")).notes)
    merged = read(as_workbook([["Ref", "Title"], ["1", "Kites"], ["2", ""]], merged="A2:A3"))
    assert any("merged" in note for note in merged.notes)


def test_cells_of_a_workbook_are_values_as_people_see_them() -> None:
    rows = [["what", "n"], [dt.date(2026, 11, 22), 1.5], [dt.datetime(2026, 1, 2, 3, 4), 3], [dt.time(16, 30), 0.1 + 0.2], [True, "=1+2"], ["'=x", "x & <y>"]]
    content = as_workbook(rows)
    assert [cells for _, cells in read(content).rows] == [
        ["2026-11-22", "1.5"], ["2026-01-02 03:04", "3"], ["16:30", "0.3"], ["True", ""], ["=x", "x & <y>"],
    ]
    reference = load_workbook(io.BytesIO(as_workbook(CLUBS)), read_only=True, data_only=True)
    theirs = [[str(cell or "") for cell in row] for row in reference.worksheets[0].iter_rows(values_only=True)]
    ours = read(as_workbook(CLUBS))
    assert [ours.titles, *[cells for _, cells in ours.rows]] == theirs


def tampered(path: str, content: bytes) -> bytes:
    """A good workbook with one part replaced."""
    with zipfile.ZipFile(io.BytesIO(as_workbook(CLUBS))) as good:
        return as_zip({name: content if name == path else good.read(name) for name in {*good.namelist(), path}})


def test_what_could_harm_is_refused_with_a_sentence() -> None:
    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'
    for name, content, sentence in (
        ("entities", tampered("xl/sharedStrings.xml", entities), "document type"),
        ("a bomb", as_zip({"[Content_Types].xml": b"x", "xl/workbook.xml": b"\0" * 3_000_000}), "packed beyond belief"),
        ("a bomb in a ZIP", as_zip({"a.csv": b"a" * 3_000_000}), "packed beyond belief"),
        ("a broken one", as_workbook(CLUBS)[:-200], "broken"),
        ("broken XML", tampered("xl/workbook.xml", b"<workbook><sheets>"), "broken"),
        ("an old or locked one", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "password"),
        ("a PDF", b"%PDF-1.7", "PDF"), ("a web page", b"  <html>", "web page"), ("bytes", b"a,b\n1,\x00\n", "no text"),
        ("nothing", b"", "empty"), ("a ZIP in a ZIP", as_zip({"a.csv": as_zip({"b.csv": b"a,b\n1,2"})}), "inside a ZIP"),
        ("a ZIP of pictures", as_zip({"a.png": b"x"}), "no CSV or Excel"),
    ):
        with pytest.raises(Unusable) as refusal:
            read(content)
        assert sentence in refusal.value.sentence, name
    with_macros = tampered("xl/vbaProject.bin", b"macro")
    assert any("neither run nor read" in note for note in read(with_macros).notes)


def test_what_is_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES", 50)
    with pytest.raises(Unusable, match="at most"):
        read(as_csv(CLUBS))
    monkeypatch.setattr(sheets, "MOST_BYTES", 10_000_000)
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with pytest.raises(Unusable, match="more than 2 rows"):
        read(as_csv(CLUBS))
    monkeypatch.setattr(packed, "MOST_UNPACKED", 1_000)
    with pytest.raises(Unusable, match="larger than"):
        read(as_workbook(CLUBS))


def test_ages_are_understood_or_not_at_all() -> None:
    for text, meant in {
        "5-11 years": (5, 11), "5 to 11": (5, 11), "6 months - 4 years": (0, 4), "8+": (8, 18), "18 and over": (18, 25), "under 5s": (0, 4), "KS2": (7, 11),
        "Years 5-6": (9, 11), "Primary": (4, 11), "aged 4 to 11 years old": (4, 11), "7": (7, 7), "All ages": (0, 25), "some": None, "11-5": None,
        "5-11 and 14-16": None, "from": None, "Year 5 to 11 year olds and siblings": None,
    }.items():
        assert ages(text) == meant, text


def test_days_and_times_are_taken_only_when_certain() -> None:
    for text, meant in {
        "Mondays 4pm-5.30pm": ["Mon 16:00-17:30 term"], "Mon & Wed 16:00-17:30, term time only": ["Mon 16:00-17:30 term", "Wed 16:00-17:30 term"],
        "Every Thursday, 3.30pm to 5pm (school holidays)": ["Thu 15:30-17:00 holiday"], "Fri-Sun 10am-12noon": [f"{d} 10:00-12:00 term" for d in ("Fri", "Sat", "Sun")],
        "Mon 4-5pm, Wed 5-6pm": ["Mon 16:00-17:00 term", "Wed 17:00-18:00 term"], "Fri 11-1pm": ["Fri 11:00-13:00 term"],
        "monday 09:00:00 18:00:00": ["Mon 09:00-18:00 term"],
        "Tue 4-6": None, "Mon 4:00-5:30": None, "1st Monday 4pm-5pm": None, "Saturdays from 10am": None, "Monday": None, "Ring for times": None,
        "Mon 4-5pm, Wed": None, "4pm-5pm Mondays, 5pm-6pm Tuesdays": None, "tuesday hh:mm:ss hh:mm:ss": None, "Mon 4pm-5pm fortnightly": None,
    }.items():
        found = slots(text)
        assert (None if found is None else [slot.text() for slot in found]) == meant, text


def test_a_price_is_never_invented() -> None:
    for text, meant in {
        "Free": "0", "£3.50 per session": "3.50", "50p": "0.50", "£2 per child": "2", "from £3": None, "£3-£5": None, "£45 per term": None, "donation": None,
        "£60 a year": None,
    }.items():
        assert price(text) == meant, text

"""Reading catalogue.csv: what is right is read exactly, what is wrong is said by row and column and stops nobody else."""

from __future__ import annotations

import csv
import io

import pytest

from app.catalogue.exchange import OfferingRecord
from app.catalogue.models import Delivery, OfferingKind, Season
from app.interchange.catalogue_csv import TITLES, print_catalogue, read_catalogue
from app.interchange.problems import Reading, Unusable
from tests.interchange.samples import CATALOGUE, as_csv, catalogue


def only(content: bytes) -> OfferingRecord:
    reading = read_catalogue(content)
    assert not reading.problems
    assert len(reading.rows) == 1
    return reading.rows[0][1]


def problems(content: bytes) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.found) for p in read_catalogue(content).problems]


def allowed(content: bytes) -> str:
    found = read_catalogue(content).problems
    assert len(found) == 1, found
    return found[0].allowed


def table() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(CATALOGUE)))


def printed(reading: Reading[OfferingRecord]) -> str:
    return print_catalogue(row for _, row in reading.rows)


def test_every_cell_is_read_into_kiths_own_units() -> None:
    row = only(catalogue(rows=1))
    assert (row.ref, row.kind, row.delivery, row.season) == ("a1", OfferingKind.COMMISSIONED, Delivery.VENUE, Season.BOTH)
    assert (row.latitude, row.longitude) == (51.5101, -0.2655)
    assert row.needs == ["Social:teamwork", "Emotional:resilience"]
    assert row.slots == [
        {"day": "Tue", "start": "16:00", "end": "17:30", "season": "term"},
        {"day": "Thu", "start": "10:00", "end": "12:00", "season": "holiday"},
    ]
    assert (row.capacity, row.places_left, row.is_step_free, row.must_parent_stay) == (12, 4, True, False)
    assert row.languages == ["en", "so"]


def test_cost_is_exact_pence() -> None:
    costs = {"0": 0, "6.50": 650, "6.5": 650, "0.29": 29, "£1,200": 120_000, "19.99": 1999}
    for text, pence in costs.items():
        assert only(catalogue({"cost_gbp": text}, rows=1)).cost_pence == pence


def test_what_was_read_is_printed_byte_for_byte() -> None:
    assert printed(read_catalogue(CATALOGUE.encode())) == CATALOGUE


@pytest.mark.parametrize("change", [
    lambda text: "\ufeff" + text,
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("\n", "\r"),
    lambda text: text.replace("\n", "\n\n"),
    lambda text: text.replace("\n", ",\n").replace("referrals_last_year,", "referrals_last_year,"),
    lambda text: text.replace("id,title", "ID , Title"),
    lambda text: text.replace("True", "TRUE").replace("False", "false"),
    lambda text: text.replace("14,9\n", "14.0,9.0\n"),
])
def test_the_look_of_the_file_changes_nothing(change: object) -> None:
    assert callable(change)
    reading = read_catalogue(change(CATALOGUE).encode())
    assert not reading.problems
    assert printed(reading) == CATALOGUE


def test_columns_may_come_in_any_order() -> None:
    turned = [dict(reversed(list(row.items()))) for row in table()]
    assert printed(read_catalogue(as_csv(turned))) == CATALOGUE


def test_a_missing_required_column_refuses_the_file_and_is_named() -> None:
    rows = [{key: value for key, value in row.items() if key != "age_max"} for row in table()]
    with pytest.raises(Unusable, match="no column age_max"):
        read_catalogue(as_csv(rows))


def test_a_missing_optional_column_is_noted_and_left_untouched() -> None:
    rows = [{key: value for key, value in row.items() if key != "town"} for row in table()]
    reading = read_catalogue(as_csv(rows))
    assert len(reading.rows) == 5
    assert "town" not in reading.columns
    assert any("town" in note for note in reading.notes)


def test_an_unknown_column_is_noted_and_ignored() -> None:
    reading = read_catalogue(as_csv([{**row, "colour": "red"} for row in table()]))
    assert len(reading.rows) == 5
    assert any("“colour”" in note for note in reading.notes)


def test_a_column_that_stands_twice_refuses_the_file() -> None:
    with pytest.raises(Unusable, match="title stands in the file more than once"):
        read_catalogue(CATALOGUE.replace("provider", "title", 1).replace("kind", "kind,provider", 1).encode())


@pytest.mark.parametrize(("content", "says"), [
    (b"", "empty"), (b"\n\n", "empty"), (b"\xff\xfei\x00", "UTF-16"), (b"PK\x03\x04rest", "spreadsheet"), (b"%PDF-1.7", "PDF"),
    (CATALOGUE.replace(",", ";").encode(), "semicolons"), (b"not, what, it, says", "no columns id"),
])
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(Unusable, match=says):
        read_catalogue(content)


WRONG = {
    "id": ["", "x" * 201, "a\x00b"],
    "title": ["", "y" * 201],
    "provider": [""],
    "kind": ["", "charity", "programme"],
    "description": ["bell \x07", "long " * 5000],
    "interests": ["|".join(f"word {n}" for n in range(70)), "z" * 130],
    "needs": ["teamwork", "Social:maths", "Spiritual:peace", "Social:teamwork|Social:nothing"],
    "age_min": ["", "seven", "-1", "7.5", "26", "1e1"],
    "age_max": ["", "3", "99"],
    "postcode_area": ["W10 5BN and more"],
    "lat": ["91", "north", "nan", "51,5", ""],
    "lon": ["-181", "inf", ""],
    "delivery": ["", "post"],
    "home_visit_radius_km": ["3"],
    "sessions": ["Tue", "Tuesday 16:00-17:30 term", "Tue 16:00-15:30 term", "Tue 16:00-25:30 term", "Tue 16:00-17:30 always"],
    "by_arrangement": ["yes", "1"],
    "term": ["summer"],
    "cost_gbp": ["free", "-1", "3.505", "1e3", "99999"],
    "capacity": ["", "many", "-3", "2.5"],
    "places_left": ["", "13", "-1"],
    "languages": ["english", "en|zz", "e"],
    "gender": ["female"],
    "step_free": ["mostly"],
    "accessibility": ["lift", "step-free|ramps"],
    "sibling_min_age": ["baby", "30"],
    "parent_must_stay": ["sometimes"],
    "group_size": ["0", "ten"],
    "referrals_last_year": ["-4", "lots"],
}


@pytest.mark.parametrize(("column", "value"), [(column, value) for column, values in WRONG.items() for value in values])
def test_a_wrong_cell_is_named_and_the_other_rows_are_taken(column: str, value: str) -> None:
    reading = read_catalogue(catalogue({column: value}))
    assert {problem.row for problem in reading.problems} == {2}
    assert column in {problem.column for problem in reading.problems}
    assert all(problem.allowed for problem in reading.problems)
    assert [row for row, _ in reading.rows] == [3, 4, 5, 6]


def test_what_was_found_is_the_part_that_was_wrong() -> None:
    assert problems(catalogue({"needs": "Social:teamwork|Social:tamework"})) == [(2, "needs", "“Social:tamework”")]
    assert "Social:teamwork" in allowed(catalogue({"needs": "Social:tamework"}))


def test_several_wrong_cells_of_a_row_are_all_said() -> None:
    found = problems(catalogue({"kind": "zoo", "age_min": "x", "gender": "all"}, {"lat": "100"}))
    assert found == [(2, "kind", "“zoo”"), (2, "age_min", "“x”"), (2, "gender", "“all”"), (3, "lat", "“100”")]


def test_home_visits_need_a_radius_and_nothing_else_may_have_one() -> None:
    assert "delivery is home" in allowed(catalogue({}, {}, {"home_visit_radius_km": ""}))


def test_a_commissioned_programme_says_how_many_places_it_has() -> None:
    assert "commissioned" in allowed(catalogue({"capacity": "", "places_left": ""}))


def test_a_drop_in_may_leave_its_places_blank() -> None:
    row = dict(read_catalogue(CATALOGUE.encode()).rows)[6]
    assert (row.capacity, row.places_left) == (None, None)


def test_what_families_pay_may_not_be_blank() -> None:
    assert "families pay" in allowed(catalogue({}, {}, {}, {"cost_gbp": ""}))


def test_blank_cells_mean_what_the_documentation_says() -> None:
    blank = dict.fromkeys(
        ["description", "interests", "needs", "town", "postcode_area", "region", "lat", "lon", "by_arrangement", "term", "cost_gbp",
         "languages", "gender", "step_free", "accessibility", "sibling_min_age", "parent_must_stay", "group_size", "referrals_last_year"], ""
    )
    row = only(catalogue(blank, rows=1))
    assert (row.languages, str(row.gender), row.cost_pence, row.latitude, row.sibling_min_age) == (["en"], "any", 0, None, None)
    assert row.season is Season.BOTH  # as its sessions say


def test_an_id_counts_once_in_a_file() -> None:
    reading = read_catalogue(catalogue({}, {"id": "a1"}))
    assert [(p.row, p.column) for p in reading.problems] == [(3, "id")]
    assert "row 2" in reading.problems[0].allowed
    assert len(reading.rows) == 4


def test_rows_are_counted_as_a_spreadsheet_shows_them() -> None:
    text = CATALOGUE.replace("Boards are out all morning.", '"Boards\nare out\nall morning."').replace("a3,", "\na3,").replace(",5,9,", ",x,9,")
    assert problems(text.encode()) == [(5, "age_min", "“x”")]


def test_broken_quotes_stop_only_their_row() -> None:
    reading = read_catalogue(CATALOGUE.replace("Boards are", '"Boards are').encode())
    assert (3, "the whole row") in [(p.row, p.column) for p in reading.problems]
    assert [row.ref for _, row in reading.rows] == ["a1", "a3", "a4", "a5"]


def test_a_cell_of_a_megabyte_stops_only_its_row() -> None:
    reading = read_catalogue(CATALOGUE.replace("Boards are", "B" * 1_000_000).encode())
    assert [row.ref for _, row in reading.rows] == ["a1", "a3", "a4", "a5"]


def test_bytes_that_are_not_utf8_stop_only_their_row() -> None:
    reading = read_catalogue(CATALOGUE.encode().replace(b"Hanwell", b"Hanw\xe9ll"))
    assert [(p.row, p.column) for p in reading.problems] == [(3, "town")]
    assert "UTF-8" in reading.problems[0].allowed
    reading.problems[0].sentence.encode()


def test_a_row_with_too_many_cells_is_wrong() -> None:
    reading = read_catalogue(CATALOGUE.replace("Boards are out all morning.", "Boards, pieces, tea").encode())
    assert [(p.row, p.column) for p in reading.problems] == [(3, "the whole row")]


@pytest.mark.parametrize("text", ["=2+3", "+44 sports", "-minus", "@home", "'=quoted", "''@twice", "'Tis the season", "plain"])
def test_text_that_a_spreadsheet_would_compute_goes_out_harmless_and_comes_back_the_same(text: str) -> None:
    row = only(catalogue({"title": f"'{text}" if text[0] in "=+-@'" else text}, rows=1))
    out = print_catalogue([row])
    title = next(csv.DictReader(io.StringIO(out)))["title"]
    assert title[0] not in "=+-@\t\r"
    assert only(out.encode()) == row


def test_numbers_stay_numbers_in_what_goes_out() -> None:
    cells = next(csv.DictReader(io.StringIO(print_catalogue([only(catalogue(rows=1))]))))
    assert cells["lon"] == "-0.2655"


def test_a_place_at_greenwich_is_written_in_plain_digits() -> None:
    row = only(catalogue({"lon": "-3e-06"}, rows=1))
    assert row.longitude == -3e-06
    cells = next(csv.DictReader(io.StringIO(print_catalogue([row]))))
    assert cells["lon"] == "-0.000003"


def test_the_columns_are_those_of_the_format_in_its_order() -> None:
    assert ",".join(TITLES) == CATALOGUE.partition("\n")[0]

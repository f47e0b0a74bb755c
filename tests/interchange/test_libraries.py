"""The yearly list of public libraries: who comes along, who stays out, and where they are."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from app.interchange.libraries import (
    DAYS,
    LibraryReading,
    find_spot,
    opening,
    read_coordinates,
    read_libraries,
)
from app.interchange.problems import Unusable
from tests.conftest import SHARED_DATA

COLUMNS = ("reporting", "name", "address1", "address2", "address3", "authority", "postcode", "type", "operation_23", "closed", *DAYS, "email")


def library(name: str, **given: str) -> dict[str, str]:
    return {**dict.fromkeys(COLUMNS, ""), "reporting": "Eastmarsh", "authority": "Eastmarsh", "name": name, "type": "Static Library",
            "operation_23": "LA", "postcode": "EM1 1AA", "address1": "1 Long Walk", "monday": "All Day (continuous)", **given}


def listed(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def names(reading: LibraryReading) -> list[str]:
    return [row.name for _, row in reading.rows]


def test_closed_ones_and_prisons_stay_out_and_are_said() -> None:
    reading = read_libraries(listed(
        library("Riverside"), library("Old Mill", closed="2017"), library("Quay", operation_23="Closed"),
        library("HMP Eastmarsh", type="Prison Library"), library("Prison", type="static library"),
        library("Hill", operation_23="Temporary Closure"),
    ), ["eastmarsh"])
    assert names(reading) == ["Riverside Library"]
    assert dict(reading.left_out) == {
        "closed": ["Old Mill", "Quay"], "in a prison": ["HMP Eastmarsh", "Prison"], "closed for the time being": ["Hill"],
    }


def test_only_the_authorities_asked_for_come_along() -> None:
    reading = read_libraries(listed(library("Riverside"), library("Far", authority="Westmarsh")), ["Westmarsh"])
    assert names(reading) == ["Far Library"]


def test_an_authority_that_is_not_in_the_file_is_refused_with_the_nearest() -> None:
    with pytest.raises(Unusable, match="Eastmarsh"):
        read_libraries(listed(library("Riverside")), ["East Marsh"])


def test_the_source_id_stays_the_same_when_postcode_or_case_change() -> None:
    first = read_libraries(listed(library("Riverside")), ["Eastmarsh"]).rows[0][1]
    second = read_libraries(listed(library("RIVERSIDE", postcode="EM9 9ZZ")), ["Eastmarsh"]).rows[0][1]
    assert first.ref == second.ref == "eastmarsh/riverside"


def test_two_of_one_name_are_told_apart_by_their_postcode() -> None:
    reading = read_libraries(listed(library("Mobile"), library("Mobile", postcode="EM2 1AA"), library("Mobile")), ["Eastmarsh"])
    assert [row.ref for _, row in reading.rows] == ["eastmarsh/mobile", "eastmarsh/mobile/em2-1aa", "eastmarsh/mobile/em1-1aa"]


def test_a_postcode_shared_by_different_streets_is_doubted_and_said() -> None:
    reading = read_libraries(listed(
        library("Riverside", address1="6 Wharf Steps"), library("Central", address1="Market Hall"), library("Hill", postcode="EM2 1AA"),
    ), ["Eastmarsh"])
    assert reading.doubtful == {"eastmarsh/riverside", "eastmarsh/central"}
    assert "EM1 1AA" in reading.notes[0]


def test_one_house_with_two_libraries_is_not_doubted() -> None:
    reading = read_libraries(listed(library("Central", address1="Market Hall"), library("Archive", address1="Market Hall, first floor")), ["Eastmarsh"])
    assert not reading.doubtful


def test_the_place_is_that_of_the_most_likely_name_at_the_postcode() -> None:
    spots = read_coordinates(b"name,postcode,lat,lng\nCentral,EM1  1AA,51.1,-0.1\nRiver side,EM11AA,51.2,-0.2\nNowhere,EM1 1AA,x,y\n")
    row = read_libraries(listed(library("Riverside")), ["Eastmarsh"]).rows[0][1]
    spot = find_spot(row, spots)
    assert spot is not None
    assert (spot.latitude, spot.longitude) == (51.2, -0.2)


def test_a_mobile_library_has_no_place() -> None:
    spots = read_coordinates(b"name,postcode,lat,lng\nCentral,EM1 1AA,51.1,-0.1\n")
    row = read_libraries(listed(library("Book bus", type="Mobile Library")), ["Eastmarsh"]).rows[0][1]
    assert find_spot(row, spots) is None


def test_opening_days_are_a_sentence() -> None:
    assert opening(DAYS) == "Open every day."
    assert opening(DAYS[:5]) == "Open on weekdays."
    assert opening(["monday", "saturday"]) == "Open on Monday and Saturday."
    assert opening([]) == "Ask when it is open."


def real(name: str) -> bytes:
    return (Path(SHARED_DATA) / "data" / "libraries" / name).read_bytes()


@pytest.mark.shared_data
def test_real_list_of_hammersmith_and_fulham() -> None:
    reading = read_libraries(real("libraries_england_2023.csv"), ["Hammersmith and Fulham"])
    spots = read_coordinates(real("england_libraries_2016_geo.csv"))
    assert len(reading.rows) == 5
    assert reading.left_out["in a prison"] == ["HM Prison Wormwood Scrubs"]
    assert reading.left_out["closed"] == ["Hurlingham & Chelsea School & Community Library"]
    assert all(find_spot(row, spots) for _, row in reading.rows)
    assert "hammersmith-and-fulham/shepherds-bush" in reading.doubtful  # its postcode in the list is Hammersmith's


@pytest.mark.shared_data
def test_real_list_of_every_authority_has_no_wrong_row() -> None:
    content = real("libraries_england_2023.csv")
    authorities = {row["authority"] or row["reporting"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}
    reading = read_libraries(content, sorted(authorities))
    assert not reading.problems
    assert len(reading.rows) > 3000

"""Tables of postcodes: told apart by their columns, streamed, doubtful rows said."""

from __future__ import annotations

import pytest

from app.interchange.grid import apart_km, to_degrees
from app.interchange.postcodes import PostcodeFile, tidy_code, wider_codes
from app.interchange.problems import Unusable


def read(text: str) -> tuple[PostcodeFile, dict[str, tuple[float, float]]]:
    table = PostcodeFile(text.splitlines(keepends=True))
    return table, {row.code: (row.latitude, row.longitude) for row in table.rows()}


def test_outcodes_with_latitude_and_longitude() -> None:
    _, found = read("postcode,latitude,longitude,town\nW3,51.51,-0.26,Acton\nwn1,53.55,-2.63,Wigan\n")
    assert found == {"W3": (51.51, -0.26), "WN1": (53.55, -2.63)}


def test_sectors_beside_their_outcode_are_sectors() -> None:
    _, found = read("outcode,sector,latitude,longitude,borough\nW3,W3 7,51.51,-3e-06,Ealing\n")
    assert found == {"W3 7": (51.51, -3e-06)}


def test_postcode_directory_by_its_columns() -> None:
    table, found = read("pcd,pcds,doterm,oseast1m,osnrth1m,lat,long\nW3  7DD,W3 7DD,,0520000,0180000,51.5055,-0.2716\nZZ1 1AA,ZZ1 1AA,,,,99.999999,0\n")
    assert found == {"W3 7DD": (51.5055, -0.2716)}
    assert table.placeless == 1
    assert table.wrong == 0


def test_code_point_open_without_a_row_of_titles() -> None:
    table, found = read('"W3 7DD",10,520000,180000,"E92000001","","","","",""\n"W37DE",90,0,0,"","","","","",""\n')
    assert set(found) == {"W3 7DD"}
    assert apart_km(found["W3 7DD"], (51.5055, -0.2716)) < 0.1
    assert table.placeless == 1


def test_the_national_grid_meets_the_surveys_own_example() -> None:
    assert apart_km(to_degrees(651409.903, 313177.270), (52.657979, 1.716052)) < 0.005


@pytest.mark.parametrize(("row", "column"), [
    ("W3 street,51.5,-0.2,,", "postcode"), ("W3,north,-0.2,,", "latitude"), ("W3,51.5,-200,,", "longitude"), ("W3,95,0,,", "latitude"),
    ("W3,51.5,-0.2,620000,180000", "latitude"),
])
def test_a_wrong_row_is_said_and_the_others_are_read(row: str, column: str) -> None:
    table, found = read(f"postcode,latitude,longitude,eastings,northings\n{row}\nW5,51.51,-0.3,,\n")
    assert set(found) == {"W5"}
    assert [(p.row, p.column) for p in table.problems] == [(2, column)]


def test_northern_ireland_has_a_grid_of_its_own() -> None:
    _, found = read("postcode,eastings,northings,latitude,longitude\nBT1,146300,529800,54.59941,-5.92838\n")
    assert set(found) == {"BT1"}


@pytest.mark.parametrize("text", ["", "name,age\nx,1\n", "postcode,town\nW3,Acton\n", "latitude,longitude\n1,2\n"])
def test_another_kind_of_table_is_refused(text: str) -> None:
    with pytest.raises(Unusable):
        read(text)


def test_codes_are_kept_in_one_way() -> None:
    assert [tidy_code(t) for t in ("w37dd", "W3  7DD", "w3 7", "w3", "W37", "Acton", "")] == ["W3 7DD", "W3 7DD", "W3 7", "W3", "W37", None, None]
    assert wider_codes("W3 7DD") == ["W3 7DD", "W3 7", "W3"]
    assert wider_codes("W3 7") == ["W3 7", "W3"]
    assert wider_codes("W3") == ["W3"]

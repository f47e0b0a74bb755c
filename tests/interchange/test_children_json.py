"""Reading children.json: the children room reads one child, this room reads the file."""

from __future__ import annotations

import json

import pytest

from app.interchange.children_json import print_children, read_children
from app.interchange.problems import Unusable
from tests.interchange.samples import CHILD, child, children


def problems(content: bytes) -> list[tuple[int, str]]:
    return [(p.row, p.column) for p in read_children(content).problems]


def test_what_was_read_is_printed_as_identical_objects() -> None:
    records = [CHILD, child(id="c2", lat=None, lon=None, own_words="Olá ‘ça va’", constraints={"max_group": 6, "max_cost_gbp": 3})]
    reading = read_children(children(*records))
    assert not reading.problems
    assert json.loads(print_children(record for _, record in reading.rows)) == records


def test_no_children_are_an_empty_list() -> None:
    assert json.loads(print_children([])) == []


def test_a_byte_order_mark_changes_nothing() -> None:
    assert len(read_children(b"\xef\xbb\xbf" + children(CHILD)).rows) == 1


def test_a_wrong_child_stops_nobody_else() -> None:
    reading = read_children(children(child(id="x", age="nine"), 7, CHILD, child(id="y", constraints={"max_km": -1})))
    assert [(p.row, p.column) for p in reading.problems] == [(1, "age"), (2, "row"), (4, "constraints.max_km")]
    assert [row for row, _ in reading.rows] == [3]
    assert all(p.allowed and p.found for p in reading.problems)


def test_an_id_counts_once_in_a_file() -> None:
    assert problems(children(CHILD, CHILD)) == [(2, "id")]


def test_a_key_that_stands_twice_is_wrong() -> None:
    content = children(CHILD).replace(b'"age": 10', b'"age": 10, "age": 11')
    assert problems(content) == [(1, "age")]
    assert not read_children(content).rows


def test_a_key_that_is_not_known_is_noted_and_ignored() -> None:
    reading = read_children(children(child(shoe_size=4, constraints={"likes_rain": True})))
    assert len(reading.rows) == 1
    assert "shoe_size" in reading.notes[0]
    assert "constraints.likes_rain" in reading.notes[1]


def test_text_that_no_database_can_keep_is_wrong() -> None:
    assert problems(children(child(first_name="A\x00"))) == [(1, "first_name")]
    assert problems(children(CHILD).replace(b"Mina", b"M\xe9na")) == [(1, "first_name")]
    assert problems(children(CHILD).replace(b"Mina", b"\\ud800")) == [(1, "first_name")]


def test_numbers_without_end_are_wrong_where_they_stand() -> None:
    assert problems(children(CHILD).replace(b'"lat": 51.5092', b'"lat": 1e999')) == [(1, "lat")]
    assert problems(children(CHILD).replace(b'"age": 10', b'"age": ' + b"9" * 6000)) == [(1, "age")]


@pytest.mark.parametrize(("content", "says"), [
    (b"", "line 1"), (b"[" * 100_000, "brackets"), (b"{}", "list"), (b"[NaN]", "NaN"), (b'[{"id": "a"', "line 1"), (b"\xff\xfe", "UTF-16"),
])
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(Unusable, match=says):
        read_children(content)

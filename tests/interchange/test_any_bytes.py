"""Whatever bytes arrive: rows, problems, or one refusal of the whole file. Nothing else ever."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.interchange import cells
from app.interchange.catalogue_csv import TITLES, print_catalogue, read_catalogue
from app.interchange.children_json import print_children, read_children
from app.interchange.libraries import read_coordinates, read_libraries
from app.interchange.postcodes import PostcodeFile
from app.interchange.problems import Problem, Unusable
from tests.interchange.samples import CATALOGUE, CHILD

ROW = CATALOGUE.splitlines()[1]
HEADER = CATALOGUE.splitlines()[0]
CELLS = st.one_of(
    st.text(max_size=20), st.sampled_from(next(csv.reader(io.StringIO(ROW)))),
    st.sampled_from(["", "True", "-0.2", "1e5", "٣", "Ⅷ", "²", "=cmd|' /C calc'!A0", "\x00", "a|b||c", '"', "Mon 9:00-10:00 term"]),
)


def check(problems: list[Problem]) -> None:
    for problem in problems:
        assert problem.row >= 0
        assert problem.allowed
        problem.sentence.encode()


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400))
@example(b"\x00" * 50)
def test_any_bytes_are_rows_or_problems_or_refused(content: bytes) -> None:
    for read in (read_catalogue, read_children, read_coordinates, lambda c: read_libraries(c, ["x"])):
        try:
            reading = read(content)
        except Unusable:
            continue
        check(getattr(reading, "problems", []))
    lines = io.StringIO(content.decode("utf-8", "surrogateescape"), newline="")
    try:
        table = PostcodeFile(lines)
        list(table.rows())
        check(table.problems)
    except Unusable:
        pass


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=60), st.integers(0, len(CATALOGUE)))
def test_bytes_in_the_midst_of_a_good_file(noise: bytes, at: int) -> None:
    content = CATALOGUE.encode()
    try:
        reading = read_catalogue(content[:at] + noise + content[at:])
    except Unusable:
        return
    check(reading.problems)
    check_printable(reading.rows)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=32), max_size=4))
def test_any_cells_under_the_right_header(table: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    reading = read_catalogue((HEADER + "\n" + out.getvalue()).encode("utf-8", "surrogatepass"))
    check(reading.problems)
    check_printable(reading.rows)


def check_printable(rows: list[tuple[int, object]]) -> None:
    """What was accepted goes out and comes in as the same."""
    taken = [row for _, row in rows]
    again = read_catalogue(print_catalogue(taken).encode())  # type: ignore[arg-type]
    assert not again.problems
    assert [row for _, row in again.rows] == taken


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(TITLES), CELLS))
def test_any_changes_to_a_good_row(changes: dict[str, str]) -> None:
    row = {**next(csv.DictReader(io.StringIO(CATALOGUE))), **changes}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, TITLES)
    writer.writeheader()
    writer.writerow(row)
    reading = read_catalogue(out.getvalue().encode("utf-8", "surrogatepass"))
    check(reading.problems)
    check_printable(reading.rows)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8,
)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(sorted(CHILD)), JSON), st.dictionaries(st.sampled_from(sorted(CHILD["constraints"])), JSON))
def test_any_values_in_a_child(changes: dict[str, object], inner: dict[str, object]) -> None:
    record = {**CHILD, "constraints": {**CHILD["constraints"], **inner}, **changes}
    try:
        reading = read_children(json.dumps([record]).encode())
    except Unusable:
        return
    check(reading.problems)
    taken = [child for _, child in reading.rows]
    assert bool(taken) != bool(reading.problems)
    assert [child for _, child in read_children(print_children(taken).encode()).rows] == taken


@given(st.text(max_size=40))
def test_safe_text_comes_back_the_same(text: str) -> None:
    assert cells.clean(cells.safe(text.strip(" \r\n\t\u00a0\ufeff"))) == text.strip(" \r\n\t\u00a0\ufeff")

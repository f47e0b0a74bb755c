"""Whole pence, in and out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shared import money
from app.shared.errors import Invalid


@pytest.mark.parametrize(("typed", "pence"), [
    ("45", 4500), ("£45", 4500), ("£ 45.5", 4550), ("1,200.50", 120_050), ("0", 0), ("0.01", 1), (" 12.30 ", 1230), ("1200", 120_000),
    ("1,234,567.89", 123_456_789), ("007", 700),
])
def test_pounds_are_read_as_people_type_them(typed: str, pence: int) -> None:
    assert money.parse_pounds(typed) == pence


@pytest.mark.parametrize("typed", [
    "", " ", "-5", "1.005", "12.", ".5", "1,20", "12,34.50", "1e3", "forty", "£", "45p", "1 200", "NaN", "Infinity", "１２", "4 5",
])
def test_what_is_not_an_amount_is_refused_with_what_is(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        money.parse_pounds(typed)
    assert "like 45 or 1,200.50" in refused.value.sentence


@pytest.mark.parametrize(("pence", "shown"), [
    (0, "£0"), (5, "£0.05"), (4500, "£45"), (123_450, "£1,234.50"), (-2_999, "-£29.99"), (100_000_000, "£1,000,000"),
])
def test_pounds_are_shown_without_needless_pence(pence: int, shown: str) -> None:
    assert money.pounds(pence) == shown


@given(st.integers(0, 10**12))
def test_what_is_shown_is_read_back(pence: int) -> None:
    assert money.parse_pounds(money.pounds(pence)) == pence


@pytest.mark.parametrize(("pence", "numerator", "denominator", "part"), [
    (100, 1, 3, 33), (100, 2, 3, 67), (1, 1, 2, 1), (3, 1, 2, 2), (-1, 1, 2, -1), (0, 5, 7, 0), (280_000, 50, 100, 140_000),
])
def test_a_share_is_rounded_to_the_nearest_penny_halves_away_from_nil(pence: int, numerator: int, denominator: int, part: int) -> None:
    assert money.share(pence, numerator, denominator) == part


@given(st.integers(0, 10**10), st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(sum))
def test_parts_sum_exactly_are_fair_to_a_penny_and_nobody_gets_less_than_nothing(pence: int, weights: list[int]) -> None:
    parts = money.split(pence, weights)
    assert sum(parts) == pence
    assert all(part >= 0 for part in parts)
    assert all(abs(part * sum(weights) - pence * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
    assert parts == money.split(pence, weights)


def test_a_tie_goes_to_the_earlier_part() -> None:
    assert money.split(100, [1, 1, 1]) == [34, 33, 33]
    assert money.split(2, [1, 1, 1, 1]) == [1, 1, 0, 0]


@pytest.mark.parametrize(("pence", "weights"), [(-1, [1]), (5, []), (5, [0, 0]), (5, [2, -1])])
def test_nonsense_is_not_split(pence: int, weights: list[int]) -> None:
    with pytest.raises(ValueError):
        money.split(pence, weights)

"""Who pays: pure, by example and by property."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.commissioning.split import (
    Ceiling,
    FundFacts,
    Proposal,
    Purpose,
    limits_in_words,
    misfit,
    part_of_session,
    propose,
    year_group,
)

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCHOOL = uuid.UUID(int=1)
PURPOSE = Purpose(
    need_area="Emotional", first_on=date(2026, 12, 1), last_on=date(2027, 2, 9), school_id=SCHOOL, ward="Acton Central",
    postcode_area="W3", year_group=5, gender="girl",
)
NO_CEILING = Ceiling(percent=100, cap=10**9)


def fund(name: str = "Open", left: int = 100_000, **given: object) -> FundFacts:
    values: dict[str, object] = {
        "id": uuid.uuid5(uuid.NAMESPACE_DNS, name), "name": name, "funder": f"{name} funder", "left": left,
        "starts_on": date(2026, 9, 1), "ends_on": date(2027, 8, 31), **given,
    }
    return FundFacts(**values)  # type: ignore[arg-type]


def pence(proposal: Proposal) -> dict[str, int]:
    return {part.fund.name: part.pence for part in proposal.paying}


def test_the_most_restricted_fund_pays_first() -> None:
    found = propose(30_000, [fund("Open"), fund("School", 20_000, school_id=SCHOOL)], PURPOSE, NO_CEILING)
    assert pence(found) == {"School": 20_000, "Open": 10_000}


def test_of_two_equally_restricted_funds_the_one_that_ends_sooner_pays_first() -> None:
    found = propose(5_000, [fund("Late"), fund("Soon", ends_on=date(2027, 3, 31))], PURPOSE, NO_CEILING)
    assert pence(found) == {"Soon": 5_000}


@pytest.mark.parametrize(("limit", "words"), [
    ({"school_id": uuid.UUID(int=2), "school_name": "Canal View"}, "Only for children at Canal View."),
    ({"ward": "Southfield"}, "Only for children who live in Southfield ward."),
    ({"postcode_area": "W12"}, "Only for children who live in W12."),
    ({"year_from": 0, "year_to": 2}, "Only for Reception to Year 2."),
    ({"year_from": 6}, "Only for Year 6 and older."),
    ({"year_to": 4}, "Only for Year 4 and younger."),
    ({"year_from": 4, "year_to": 4}, "Only for Year 4."),
    ({"gender": "boys"}, "Only for boys."),
    ({"need_area": "Academic"}, "Only for academic needs."),
    ({"ends_on": date(2026, 11, 30)}, "It ends on 30 November 2026, before the first session on 1 December 2026."),
    ({"ends_on": date(2027, 1, 31)}, "It ends on 31 January 2027, before the last session on 9 February 2027."),
    ({"starts_on": date(2026, 12, 2)}, "It starts on 2 December 2026, after the first session on 1 December 2026."),
    ({"is_closed": True}, "This fund is closed."),
])
def test_a_fund_that_does_not_fit_gives_nothing_and_says_why(limit: Any, words: Any) -> None:
    found = propose(1_000, [fund("Narrow", **limit)], PURPOSE, NO_CEILING)
    assert found.found == 0
    assert found.parts[0].why.startswith(words)


@pytest.mark.parametrize("limit", [
    {"school_id": SCHOOL}, {"ward": "acton  central"}, {"postcode_area": "W3"}, {"postcode_area": "W"}, {"year_from": 5},
    {"year_to": 5}, {"year_from": 4, "year_to": 6}, {"gender": "Girls"}, {"need_area": "Emotional"},
    {"starts_on": date(2026, 12, 1), "ends_on": date(2027, 2, 9)},
])
def test_a_fund_whose_limit_is_met_pays(limit: Any) -> None:
    assert propose(1_000, [fund("Narrow", **limit)], PURPOSE, NO_CEILING).is_complete


@pytest.mark.parametrize(("limit", "unknown", "says"), [
    ({"ward": "X"}, {"ward": ""}, "We do not know this child's ward."),
    ({"postcode_area": "W3"}, {"postcode_area": ""}, "We do not know this child's postcode area."),
    ({"year_from": 1}, {"year_group": None}, "We do not know this child's year."),
])
def test_what_is_not_known_of_a_child_does_not_meet_a_limit(limit: Any, unknown: Any, says: Any) -> None:
    assert says in misfit(fund("Narrow", **limit), replace(PURPOSE, **unknown))


def test_w1_is_not_in_w12_nor_w12_in_w1() -> None:
    assert misfit(fund(postcode_area="W1"), replace(PURPOSE, postcode_area="W12"))
    assert misfit(fund(postcode_area="W12"), replace(PURPOSE, postcode_area="W1"))


def test_every_fund_says_why_it_pays_or_does_not() -> None:
    funds = [
        fund("School", 1_000, school_id=SCHOOL, school_name="St Aldhelm’s"), fund("Empty", 0), fund("Open", 9_000), fund("Spare"),
        fund("Boys", gender="boys"),
    ]
    whys = {part.fund.name: part.why for part in propose(5_000, funds, PURPOSE, NO_CEILING).parts}
    assert whys == {
        "School": "It is kept for children at St Aldhelm’s, so it is spent first; it ends on 31 August 2027.",
        "Open": "It is open to every child in the Zone; it ends on 31 August 2027.",
        "Empty": "Nothing is left in it.", "Spare": "Not needed: the funds above it are spent first.", "Boys": "Only for boys.",
    }


def test_what_is_missing_says_how_much_is_left() -> None:
    found = propose(60_000, [fund("Open", 30_000)], PURPOSE, NO_CEILING)
    assert (found.shortfall, found.left_words, found.is_complete) == (30_000, "£300 left", False)


def test_a_funder_gives_up_to_the_ceiling_over_all_its_funds() -> None:
    funds = [fund("A", funder="Council"), fund("B", funder="Council"), fund("C", funder="Trust")]
    found = propose(100_000, funds, PURPOSE, Ceiling(50, 80_000, {"Council": 30_000}))
    by_funder = {f: sum(p.pence for p in found.paying if p.fund.funder == f) for f in ("Council", "Trust")}
    assert by_funder == {"Council": 50_000, "Trust": 50_000}
    assert not found.over


def test_a_funder_at_its_ceiling_says_so() -> None:
    found = propose(1_000, [fund("A", funder="Council")], PURPOSE, Ceiling(50, 140_000, {"Council": 140_000}))
    assert found.parts[0].why == "Council already gives this child's year the 50% it may (£1,400)."


def test_past_the_ceiling_only_what_would_else_be_missing_is_taken_and_the_funder_is_named() -> None:
    funds = [fund("A", funder="Council"), fund("B", 20_000, funder="Trust")]
    found = propose(60_000, funds, PURPOSE, Ceiling(50, 30_000), past_ceiling=True)
    assert pence(found) == {"A": 40_000, "B": 20_000}
    assert found.over == ("Council",) and found.needs_override


def test_limits_read_as_a_sentence() -> None:
    narrow = fund(
        gender="girls", year_from=4, year_to=6, school_id=SCHOOL, school_name="St Aldhelm’s", ward="Southfield", need_area="Social"
    )
    assert limits_in_words(narrow) == "girls in Year 4 to Year 6 at St Aldhelm’s who live in Southfield ward with social needs"


@pytest.mark.parametrize(("text", "group"), [
    ("Year 5", 5), ("year 11", 11), ("Reception", 0), ("Nursery", -1), ("", None), ("Leaver", None),
])
def test_year_groups_are_read(text: Any, group: Any) -> None:
    assert year_group(text) == group


funds_drawn = st.lists(
    st.builds(
        lambda n, left, funder, limited, ends: fund(
            f"F{n}", left, funder=f"G{funder}", ends_on=date(2027, 3, 1 + ends), **({"need_area": "Emotional"} if limited else {})
        ),
        st.integers(0, 10**6), st.integers(0, 90_000), st.integers(0, 3), st.booleans(), st.integers(0, 20),
    ), max_size=7, unique_by=lambda f: f.id,
)
ceilings = st.builds(
    lambda cap, used: Ceiling(50, cap, used), st.integers(0, 120_000),
    st.dictionaries(st.sampled_from(["G0", "G1", "G2", "G3"]), st.integers(0, 90_000)),
)


@QUICK
@given(st.integers(0, 200_000), funds_drawn, ceilings)
def test_a_split_is_whole_legal_and_as_large_as_there_is_money_for(total: int, funds: list[FundFacts], ceiling: Ceiling) -> None:
    found = propose(total, funds, PURPOSE, ceiling)
    assert len(found.parts) == len(funds) and all(part.why for part in found.parts)
    assert all(0 <= part.pence <= part.fund.left for part in found.parts)
    by_funder: dict[str, int] = {}
    for part in found.parts:
        by_funder[part.fund.funder] = by_funder.get(part.fund.funder, 0) + part.pence
    assert all(given_ <= ceiling.room(funder) for funder, given_ in by_funder.items())
    most = sum(
        min(ceiling.room(funder), sum(f.left for f in funds if f.funder == funder)) for funder in {f.funder for f in funds}
    )
    assert found.found == min(total, most)
    assert found.found + found.shortfall == total


@QUICK
@given(st.integers(0, 200_000), funds_drawn, ceilings, st.randoms(use_true_random=False))
def test_the_order_funds_are_given_in_changes_nothing(total: int, funds: list[FundFacts], ceiling: Ceiling, random: Any) -> None:
    shuffled = list(funds)
    random.shuffle(shuffled)
    assert propose(total, shuffled, PURPOSE, ceiling) == propose(total, funds, PURPOSE, ceiling)


@QUICK
@given(st.integers(0, 200_000), funds_drawn, ceilings)
def test_an_open_fund_pays_only_when_the_restricted_ones_can_pay_no_more(total: int, funds: list[FundFacts], ceiling: Ceiling) -> None:
    found = propose(total, funds, PURPOSE, ceiling)
    given_by = {part.fund.id: part.pence for part in found.parts}
    used = {f.funder: sum(given_by[o.id] for o in funds if o.funder == f.funder) for f in funds}
    if any(given_by[f.id] for f in funds if not f.restrictions):
        for kept in (f for f in funds if f.restrictions):
            assert given_by[kept.id] == kept.left or used[kept.funder] == ceiling.room(kept.funder)


@QUICK
@given(st.integers(1, 200_000), funds_drawn, ceilings)
def test_past_the_ceiling_every_penny_there_is_can_be_used(total: int, funds: list[FundFacts], ceiling: Ceiling) -> None:
    found = propose(total, funds, PURPOSE, ceiling, past_ceiling=True)
    assert found.found == min(total, sum(f.left for f in funds))
    within = propose(total, funds, PURPOSE, ceiling)
    assert bool(found.over) == (found.found > within.found)


@QUICK
@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=6), st.lists(st.integers(0, 100), max_size=40))
def test_pence_are_never_lost_over_many_sessions(shares: list[int], percents: list[int]) -> None:
    remaining = list(shares)
    for percent in percents:
        due = sum(remaining) * percent // 100
        parts = part_of_session(remaining, due)
        assert sum(parts) == due
        remaining = [left - part for left, part in zip(remaining, parts, strict=True)]
        assert all(left >= 0 for left in remaining)
    last = part_of_session(remaining, sum(remaining))
    assert last == remaining


def test_more_than_is_left_is_refused() -> None:
    with pytest.raises(ValueError, match="more than is left"):
        part_of_session([100, 50], 151)

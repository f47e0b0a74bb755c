"""Of the ranked only those are asked who was shown of late that a turn could bring among the first ten; the list is the one of asking all."""

from __future__ import annotations

import uuid
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching import ranking
from app.matching.ranking import Found, turns_of
from app.matching.turns import BAND, Turn, spread
from app.matching.weights import WEIGHTS
from benchmarks.judged import shelf as judged
from tests.matching.test_filtering import told_apart
from tests.matching.test_rules import CHILD, OFFERING

MANY, TEN = 90, 10
PROVIDERS = [uuid.UUID(int=number) for number in range(1, 31)]
RANKED = ranking.rank(judged.shelf_of(told_apart([OFFERING] * MANY)), CHILD, "", WEIGHTS)


def found_of(scores: list[int], providers: list[int]) -> Found:
    """The same offerings with other scores, in hundredths, and of other providers."""
    ranked = RANKED.rankings[0]
    columns = replace(ranked.columns, organisations=PROVIDERS, organisation=np.array(providers, np.int32))
    return replace(RANKED, rankings=[replace(ranked, columns=columns, scores=np.array(scores) / 100)])


def said(turns: list[Turn]) -> list[tuple[int, float]]:
    return [(turn.place, turn.score) for turn in turns]


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 120).flatmap(lambda most: st.lists(st.integers(0, most), min_size=MANY, max_size=MANY)),
    st.integers(0, len(PROVIDERS) - 1).flatmap(lambda last: st.lists(st.integers(0, last), min_size=MANY, max_size=MANY)),
    st.lists(st.integers(0, 12), min_size=len(PROVIDERS), max_size=len(PROVIDERS)), st.sets(st.integers(0, MANY - 1), max_size=4), st.sampled_from([1, TEN, 25]),
)
def test_whose_turn_it_is_hangs_on_nobody_who_was_not_asked(
    scores: list[int], providers: list[int], times: list[int], under_way: set[int], top: int
) -> None:
    found = found_of(scores, providers)
    assert len(found.rankings[0].positions) == MANY
    shown = dict(zip(PROVIDERS, times, strict=True))
    every = turns_of(found, MANY, BAND)
    assert len(every) == MANY
    assert said(spread(turns_of(found, top, BAND), top, shown)) == said(spread(every, top, shown))
    assert said(spread(turns_of(found, top, 0.0), top, {})) == said(spread(every, top, {}))
    # what the child is on the way to is left out, so as many more are asked
    some, rest = ([turn for turn in turns if turn.place not in under_way] for turns in (turns_of(found, top + len(under_way), BAND), every))
    assert said(spread(some, top, shown)) == said(spread(rest, top, shown))


def test_few_are_asked_where_scores_are_far_apart() -> None:
    found = found_of(list(range(0, 10 * MANY, 10)), [at % len(PROVIDERS) for at in range(MANY)])
    assert len(turns_of(found, TEN, BAND)) == TEN + 2
    assert len(turns_of(found, TEN, 0.0)) == TEN
